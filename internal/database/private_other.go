//go:build !linux && !darwin

package database

import (
	"context"
	"log/slog"

	"hengjian/internal/errs"
)

// PrivateOptions of StartPrivate.
type PrivateOptions struct {
	Binaries string
	Attach   bool
	Settings map[string]string
	Log      *slog.Logger
}

// Private is a PostgreSQL server of our own; there is none on this system.
type Private struct{}

// StartPrivate refuses: private servers are made for Linux and macOS.
func StartPrivate(context.Context, string, PrivateOptions) (*Private, error) {
	return nil, errs.New(errs.Unavailable, "private_database_unsupported",
		"本系统不支持内置数据库：请设置 HENGJIAN_DATABASE_URL",
		"this system cannot run a private database: set HENGJIAN_DATABASE_URL")
}

// Done never reports: there is no server.
func (*Private) Done() <-chan struct{} { return nil }

// Err is nil: there is no server.
func (*Private) Err() error { return nil }

// Stop has nothing to stop.
func (*Private) Stop(context.Context) error { return nil }

// URL is empty: there is no server.
func (*Private) URL(string) string { return "" }
