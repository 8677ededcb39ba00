package files

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

func insertFile(ctx context.Context, tx *database.Tx, f File) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO file (hash, size, media_type, name, division, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')::uuid, $7)
		ON CONFLICT (hash) DO NOTHING`,
		f.Hash[:], f.Size, f.MediaType, f.Name, f.Division, f.CreatedBy, f.CreatedAt)
	if err != nil {
		return fmt.Errorf("record file %s: %w", f.Hash, err)
	}
	return nil
}

func selectFile(ctx context.Context, q database.Queryer, division string, hash Hash) (File, error) {
	var row struct {
		Size      int64     `db:"size"`
		MediaType string    `db:"media_type"`
		Name      string    `db:"name"`
		CreatedBy string    `db:"created_by"`
		CreatedAt time.Time `db:"created_at"`
	}
	err := q.Get(ctx, &row, `
		SELECT size, media_type, name, coalesce(created_by::text, '') AS created_by, created_at
		FROM file
		WHERE hash = $1 AND division = $2`, hash[:], division)
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, errs.New(errs.NotFound, "file_missing", "文件不存在", "there is no such file")
	}
	if err != nil {
		return File{}, fmt.Errorf("file %s: %w", hash, err)
	}
	return File{hash, row.Size, row.MediaType, row.Name, division, row.CreatedBy, row.CreatedAt}, nil
}

// fileLocks is the space of the advisory locks on contents; the first digits of the hash say which. Two contents that
// share a lock wait for each other, which harms nobody.
const fileLocks = 0x66696c65

func lockOf(hash Hash) int32 { return int32(binary.BigEndian.Uint32(hash[:4])) }

// holdFile keeps the content from sweeps until the transaction ends.
func holdFile(ctx context.Context, tx *database.Tx, hash Hash) error {
	if _, err := tx.Exec(ctx, `
		SELECT pg_advisory_xact_lock_shared($1, $2)`, fileLocks, lockOf(hash)); err != nil {
		return fmt.Errorf("hold file %s: %w", hash, err)
	}
	return nil
}

// seizeFile is false while somebody records the content.
func seizeFile(ctx context.Context, tx *database.Tx, hash Hash) (free bool, err error) {
	if err := tx.Get(ctx, &free, `
		SELECT pg_try_advisory_xact_lock($1, $2)`, fileLocks, lockOf(hash)); err != nil {
		return false, fmt.Errorf("seize file %s: %w", hash, err)
	}
	return free, nil
}

// selectNamed returns those of the hashes that a row names, be it one that has not expired.
func selectNamed(ctx context.Context, q database.Queryer, among map[Hash]item, at time.Time) ([]Hash, error) {
	if len(among) == 0 {
		return nil, nil
	}
	var named [][]byte
	err := q.Select(ctx, &named, `
		SELECT hash
		FROM file
		WHERE hash = ANY ($1::bytea[])
		UNION
		SELECT hash
		FROM made_file
		WHERE hash = ANY ($1::bytea[]) AND expires_at > $2`, database.Array(bytesOf(maps.Keys(among))), at)
	if err != nil {
		return nil, fmt.Errorf("named files: %w", err)
	}
	hashes := make([]Hash, len(named))
	for i, h := range named {
		hashes[i] = Hash(h)
	}
	return hashes, nil
}

func insertMade(ctx context.Context, tx *database.Tx, job string, m Made) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO made_file (job_id, number, hash, size, media_type, name, made_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (job_id, number) DO NOTHING`,
		job, m.Number, m.Hash[:], m.Size, m.MediaType, m.Name, m.At, m.Expires)
	if err != nil {
		return fmt.Errorf("record file %d of job %s: %w", m.Number, job, err)
	}
	return nil
}

func selectMade(ctx context.Context, q database.Queryer, job string) ([]Made, error) {
	var rows []struct {
		Number    int       `db:"number"`
		Hash      []byte    `db:"hash"`
		Size      int64     `db:"size"`
		MediaType string    `db:"media_type"`
		Name      string    `db:"name"`
		MadeAt    time.Time `db:"made_at"`
		ExpiresAt time.Time `db:"expires_at"`
	}
	err := q.Select(ctx, &rows, `
		SELECT number, hash, size, media_type, name, made_at, expires_at
		FROM made_file
		WHERE job_id::text = $1
		ORDER BY number`, job)
	if err != nil {
		return nil, fmt.Errorf("files of job %s: %w", job, err)
	}
	made := make([]Made, len(rows))
	for i, r := range rows {
		made[i] = Made{r.Number, Hash(r.Hash), r.Size, r.MediaType, r.Name, r.MadeAt.UTC(), r.ExpiresAt.UTC()}
	}
	return made, nil
}

func bytesOf(hashes iter.Seq[Hash]) [][]byte {
	var all [][]byte
	for h := range hashes {
		all = append(all, h[:])
	}
	return all
}

func countFiles(ctx context.Context, q database.Queryer) (n int, err error) {
	if err := q.Get(ctx, &n, `
		SELECT count(*)
		FROM file`); err != nil {
		return 0, fmt.Errorf("count files: %w", err)
	}
	return n, nil
}

// selectFiles reads a page of all files in the order of their hashes; after is nil for the first.
func selectFiles(ctx context.Context, q database.Queryer, after []byte, limit int) ([]File, error) {
	var rows []struct {
		Hash      []byte    `db:"hash"`
		Size      int64     `db:"size"`
		MediaType string    `db:"media_type"`
		Name      string    `db:"name"`
		Division  string    `db:"division"`
		CreatedBy string    `db:"created_by"`
		CreatedAt time.Time `db:"created_at"`
	}
	err := q.Select(ctx, &rows, `
		SELECT hash, size, media_type, name, division, coalesce(created_by::text, '') AS created_by, created_at
		FROM file
		WHERE hash > $1
		ORDER BY hash
		LIMIT $2`, append([]byte{}, after...), limit)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	files := make([]File, len(rows))
	for i, r := range rows {
		files[i] = File{Hash(r.Hash), r.Size, r.MediaType, r.Name, r.Division, r.CreatedBy, r.CreatedAt}
	}
	return files, nil
}
