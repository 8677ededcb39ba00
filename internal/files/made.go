package files

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// Made is a file that a job made of what is stored elsewhere, and that can be made again: a ZIP of documents, say. From
// Expires on a sweep may take its content away. Files of a job are numbered from 1.
type Made struct {
	Number    int
	Hash      Hash
	Size      int64
	MediaType string
	Name      string
	At        time.Time
	Expires   time.Time
}

// RecordMade names a stored content as the file of a job, in the transaction that needs it. Of two runners that made the
// same file, the first is heard, and it is no fault.
func (s *Store) RecordMade(ctx context.Context, tx *database.Tx, job string, m Made) error {
	if err := s.hold(ctx, tx, m.Hash); err != nil {
		return err
	}
	return insertMade(ctx, tx, job, m)
}

// MadeBy lists the files of a job in their order.
func MadeBy(ctx context.Context, q database.Queryer, job string) ([]Made, error) {
	return selectMade(ctx, q, job)
}

// Due tells whether the file is gone, or may be gone, at a time.
func (m Made) Due(at time.Time) error {
	if at.Before(m.Expires) {
		return nil
	}
	return errs.New(errs.NotFound, "file_expired",
		fmt.Sprintf("文件%s只保留到%s，已清理，请重新生成", m.Name, m.Expires.In(shanghai).Format(time.DateOnly)),
		fmt.Sprintf("the file %s was kept until %s only: have it made again", m.Name, m.Expires.In(shanghai).Format(time.DateOnly)))
}

var shanghai = time.FixedZone("CST", 8*60*60)
