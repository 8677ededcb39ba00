// Package migrations holds the schema as numbered SQL files in goose's notation; internal/database applies them.
// Start with 00001_base.sql: roles, the append-only guard and the event table that every change writes to.
package migrations

import "embed"

// FS holds the numbered migrations.
//
//go:embed *.sql
var FS embed.FS
