package main

import (
	"context"
	"fmt"

	"hengjian/internal/database"
)

// createFloor makes the table of the bare inserts, on a server that keeps what it commits.
func createFloor(ctx context.Context, db *database.DB) error {
	var fsync, commit string
	if err := db.Get(ctx, &fsync, `SHOW fsync`); err != nil {
		return err
	}
	if err := db.Get(ctx, &commit, `SHOW synchronous_commit`); err != nil {
		return err
	}
	if fsync != "on" || commit != "on" {
		return fmt.Errorf("fsync is %s and synchronous_commit %s: both must be on", fsync, commit)
	}
	_, err := db.Exec(ctx, `CREATE TABLE bench_floor (id bigint PRIMARY KEY, form jsonb NOT NULL)`)
	return err
}

// insertFloor inserts one row and commits it.
func insertFloor(ctx context.Context, db *database.DB, id int, form string) error {
	_, err := db.Exec(ctx, `
		INSERT INTO bench_floor (id, form)
		VALUES ($1, $2)`, id, form)
	return err
}
