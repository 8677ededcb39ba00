package database_test

import (
	"context"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// TestListen receives what is sent, and says so when the connection was lost and notifications with it.
func TestListen(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	db := openAt(t, url, database.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := make(chan string, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- database.Listen(ctx, url, "job", func(payload string) { heard <- payload })
	}()
	expect := func(want, when string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("%s: heard %q, want %q", when, got, want)
			}
		case <-time.After(limit):
			t.Fatalf("%s: heard nothing, want %q", when, want)
		}
	}
	expect("", "at the start")
	mustExec(t, db, `SELECT pg_notify('job', $1)`, "17")
	expect("17", "after NOTIFY")
	mustExec(t, db, `
		SELECT pg_terminate_backend(pid)
		FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
	expect("", "after the loss of the connection")
	mustExec(t, db, `SELECT pg_notify('job', $1)`, "18")
	expect("18", "on the new connection")
	cancel()
	if err := within(t, "Listen", func() error { return <-ended }); err != nil {
		t.Errorf("Listen = %v after its context ended, want nil", err)
	}
}

// TestListenEndsWithoutServer ends a Listen that has never reached the server.
func TestListenEndsWithoutServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := within(t, "Listen", func() error {
		return database.Listen(ctx, "postgres://x@/x?host=/nonexistent", "job", func(string) {})
	})
	if err != nil {
		t.Errorf("Listen = %v, want nil", err)
	}
}
