package files

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
