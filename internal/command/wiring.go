package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"hengjian/api"
	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/database"
	"hengjian/internal/files"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
	"hengjian/migrations"
)

// store is where a bureau's data are; every command that touches them has these flags.
type store struct {
	Data     string `help:"Folder of the private database, documents and photos. 数据目录。" default:"var" env:"HENGJIAN_DATA" type:"path"`
	Database string `help:"PostgreSQL to use instead of the private one. 使用已有的PostgreSQL。" env:"HENGJIAN_DATABASE_URL"`
	Owner    string `help:"The same database as the owner of the tables, for migrations. 表所有者的连接。" env:"HENGJIAN_DATABASE_OWNER_URL"`
	Address  string `help:"Public address that QR codes point to; where the server listens unless set. 二维码指向的公开地址，默认为监听地址。" env:"HENGJIAN_ADDRESS"`
}

// bureau is the opened data with the services on it.
type bureau struct {
	private  *database.Private
	db       *database.DB
	services api.Services
}

// open brings up the database (the private one unless told otherwise), its schema and the services.
func (s store) open(ctx context.Context, now func() time.Time, random io.Reader, log *slog.Logger, attach bool) (*bureau, error) {
	b := &bureau{}
	owner, app, role := s.Owner, s.Database, ""
	if s.Database == "" {
		var err error
		b.private, err = database.StartPrivate(ctx, filepath.Join(s.Data, "postgres"),
			database.PrivateOptions{Attach: attach, Log: log})
		if err != nil {
			return nil, err
		}
		owner, app = b.private.URL(database.OwnerRole), b.private.URL(database.AppRole)
	} else if owner == "" {
		owner, role = s.Database, database.AppRole
	}
	if _, err := database.Migrate(ctx, owner, migrations.FS); err != nil {
		return nil, errors.Join(err, b.close())
	}
	var err error
	if b.db, err = database.Open(ctx, app, database.Options{Role: role}); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if b.services, err = s.wire(b.db, now, random, log); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, b.load(ctx)
}

// wire puts the services together.
func (s store) wire(db *database.DB, now func() time.Time, random io.Reader, log *slog.Logger) (api.Services, error) {
	return s.wireWith(db, now, random, log, users.Options{Log: log})
}

func (s store) wireWith(db *database.DB, now func() time.Time, random io.Reader, log *slog.Logger, hashing users.Options,
) (api.Services, error) {
	contents, err := files.Open(filepath.Join(s.Data, "files"))
	if err != nil {
		return api.Services{}, err
	}
	hashing.Log = log
	people := users.New(db, now, hashing)
	limits := standards.New(db, now)
	metrology := instruments.New(db, now, people)
	laboratory := lims.New(db, now, limits)
	documents := certificates.New(db, now, random, cmp.Or(s.Address, "http://"+defaultListen), certificates.Rooms{
		Users: people, LIMS: laboratory, Instruments: metrology, Files: contents,
	})
	return api.Services{
		DB: db, Users: people, Standards: limits, Instruments: metrology, LIMS: laboratory,
		Certificates: documents, Files: contents,
	}, nil
}

// load brings the limits, methods and procedures that ship with the program into the database.
func (b *bureau) load(ctx context.Context) error {
	if err := b.services.Standards.Load(ctx); err != nil {
		return errors.Join(fmt.Errorf("load limits: %w", err), b.close())
	}
	if err := b.services.Instruments.LoadProcedures(ctx); err != nil {
		return errors.Join(fmt.Errorf("load procedures: %w", err), b.close())
	}
	return nil
}

func (b *bureau) close() error {
	var failures []error
	if b.db != nil {
		failures = append(failures, b.db.Close())
	}
	if b.private != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		failures = append(failures, b.private.Stop(ctx))
	}
	return errors.Join(failures...)
}
