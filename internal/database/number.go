package database

import (
	"context"
	"fmt"
)

// NextNumber allots the next number of a kind of thing in a division and year, from 1 and without a gap: it is counted
// in the caller's transaction, so a rollback takes it back, and a second caller waits for the first. Call it late. The
// advisory lock makes those who wait come in turn: row locks alone let whoever asks at the right moment overtake them.
// The transaction then commits without waiting for the disk, and InTx waits afterwards: a slow disk keeps nobody in the
// queue, and who comes next writes behind it, so that a crash takes back the last numbers only.
func NextNumber(ctx context.Context, tx *Tx, division, kind string, year int) (int, error) {
	var n int
	err := tx.Get(ctx, &n, `
		WITH turn AS MATERIALIZED (
			SELECT pg_advisory_xact_lock(hashtext('number_series'), hashtext($1 || $2)),
				set_config('synchronous_commit', 'off', true))
		INSERT INTO number_series (division, kind, year, last)
		SELECT $1, $2, $3, 1 FROM turn
		ON CONFLICT (division, kind, year)
		DO UPDATE SET last = number_series.last + 1
		RETURNING last`, division, kind, year)
	if err != nil {
		return 0, fmt.Errorf("next %s number: %w", kind, err)
	}
	tx.hurried = true
	return n, nil
}
