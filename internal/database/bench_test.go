package database_test

import (
	"testing"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// BenchmarkGet reads one row by its key: what a prepared statement costs through all layers.
func BenchmarkGet(b *testing.B) {
	db := dbtest.New(b)
	for b.Loop() {
		var name string
		if err := db.Get(b.Context(), &name, `SELECT datname FROM pg_database WHERE oid = $1`, 1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInTx is a transaction of two statements.
func BenchmarkInTx(b *testing.B) {
	db := dbtest.New(b)
	for b.Loop() {
		err := db.InTx(b.Context(), func(tx *database.Tx) error {
			var name string
			if err := tx.Get(b.Context(), &name, `SELECT datname FROM pg_database WHERE oid = $1`, 1); err != nil {
				return err
			}
			_, err := tx.Exec(b.Context(), `SELECT set_config('lock_timeout', $1, true)`, "5s")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
