package files

import (
	"context"
	"fmt"
	"maps"

	"hengjian/internal/database"
)

// findUses says of each failure what refers to its content.
func findUses(ctx context.Context, q database.Queryer, failures []Failure) error {
	if len(failures) == 0 {
		return nil
	}
	of := map[Hash]*Failure{}
	for i := range failures {
		of[failures[i].Hash] = &failures[i]
	}
	var uses []struct {
		Hash   []byte `db:"hash"`
		Kind   string `db:"kind"`
		Number string `db:"number"`
	}
	err := q.Select(ctx, &uses, `
		WITH uses AS (
			SELECT f.file_hash AS hash, 'document' AS kind, d.number
			FROM document_file f
			JOIN document d ON d.id = f.document_id
			UNION ALL
			SELECT p.file_hash, 'sample', s.number
			FROM sample_photo p
			JOIN sample s ON s.id = p.sample_id
			UNION ALL
			SELECT photo_hash, 'seal', number
			FROM seal
			UNION ALL
			SELECT c.file_hash, 'equipment', e.number || ' ' || c.number
			FROM equipment_certificate c
			JOIN equipment e ON e.id = c.equipment_id
			UNION ALL
			SELECT file_hash, 'import', id::text
			FROM instrument_import
		)
		SELECT hash, kind, number
		FROM uses
		WHERE hash = ANY ($1::bytea[])
		ORDER BY hash, kind, number`, database.Array(bytesOf(maps.Keys(of))))
	if err != nil {
		return fmt.Errorf("uses of files: %w", err)
	}
	for _, u := range uses {
		f := of[Hash(u.Hash)]
		f.UsedBy = append(f.UsedBy, Use{u.Kind, u.Number})
	}
	return nil
}
