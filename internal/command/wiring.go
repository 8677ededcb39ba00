package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"hengjian/api"
	"hengjian/certificates"
	"hengjian/certificates/pades"
	"hengjian/instruments"
	"hengjian/internal/database"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
	"hengjian/migrations"
)

// store is where a bureau's data are; every command that touches them has these flags.
type store struct {
	Data     string `help:"Folder of the private database, documents and photos. 数据目录。" default:"var" env:"HENGJIAN_DATA" type:"path"`
	Files    string `help:"Where files are kept: a folder, or s3://bucket/prefix?endpoint=host:port; in the data folder unless set. 文件存储位置。" env:"HENGJIAN_FILES"`
	Database string `help:"PostgreSQL to use instead of the private one. 使用已有的PostgreSQL。" env:"HENGJIAN_DATABASE_URL"`
	Owner    string `help:"The same database as the owner of the tables, for migrations. 表所有者的连接。" env:"HENGJIAN_DATABASE_OWNER_URL"`
	LogKey   string `help:"Private keys of the evidence ledger, instead of files in the data folder. 证据日志私钥。" env:"HENGJIAN_LOG_KEY"`
	Origin   string `name:"log-origin" help:"How the ledger's name begins; the public address and /log unless set. 证据日志名称前缀。" env:"HENGJIAN_LOG_ORIGIN"`
	Signing  string `help:"Settings of the keys that sign the files of documents (YAML); not signed unless set. 文书电子签名设置文件。" env:"HENGJIAN_SIGNING" type:"path"`
	Address  string `help:"Public address that QR codes point to; where the server listens unless set. 二维码指向的公开地址，默认为监听地址。" env:"HENGJIAN_ADDRESS"`
}

// bureau is the opened data with the services on it.
type bureau struct {
	private  *database.Private
	db       *database.DB
	log      *ledger.Log
	contents *files.Store
	signing  certificates.Signing
	services api.Services
}

// open brings up the database (the private one unless told otherwise), its schema and the services.
func (s store) open(ctx context.Context, now func() time.Time, random io.Reader, log *slog.Logger, attach bool) (*bureau, error) {
	if err := certificates.CheckAddress(s.address()); err != nil {
		return nil, err
	}
	b := &bureau{signing: s.signing(now, random)}
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
	if b.contents, err = s.contents(ctx, os.Getenv); err != nil {
		return nil, errors.Join(err, b.close())
	}
	b.log = ledger.NewLog(b.db, now, ledger.NewKeys(filepath.Join(s.Data, "keys"), s.LogKey, random), s.origin(), log)
	b.services = s.wire(b, now, random, users.Options{Log: log})
	return b, b.load(ctx)
}

// wire puts the services together.
func (s store) wire(b *bureau, now func() time.Time, random io.Reader, hashing users.Options) api.Services {
	db := b.db
	people := users.New(db, now, hashing)
	limits := standards.New(db, now)
	metrology := instruments.New(db, now, people)
	laboratory := lims.New(db, now, limits)
	documents := certificates.New(db, now, random, s.address(), certificates.Rooms{
		Users: people, LIMS: laboratory, Instruments: metrology, Files: b.contents, Log: b.log,
		Signing: b.signing,
	})
	return api.Services{
		DB: db, Users: people, Standards: limits, Instruments: metrology, LIMS: laboratory,
		Certificates: documents, Files: b.contents, Log: b.log,
	}
}

// signing opens the keys of the settings when the first file is to be signed.
func (s store) signing(now func() time.Time, random io.Reader) certificates.Signing {
	if s.Signing == "" {
		return certificates.Unsigned
	}
	return sync.OnceValues(func() (*pades.Signers, error) {
		settings, err := pades.LoadSettings(s.Signing)
		if err != nil {
			return nil, err
		}
		return pades.Open(settings, now, random)
	})
}

func (s store) address() string { return cmp.Or(s.Address, "http://"+defaultListen) }

// origin is how the names of new logs begin: the address under which they are published, without its scheme.
func (s store) origin() string {
	_, host, found := strings.Cut(s.address(), "://")
	if !found {
		host = s.address()
	}
	return cmp.Or(s.Origin, host+"/log")
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
