package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"hengjian/internal/database"
)

// Variable is the environment variable with the superuser's URL of the server for a whole test run.
const Variable = "HENGJIAN_TEST_DATABASE"

// scratch begins the names of the data folders of throw-away servers.
const scratch = "hengjian-test-"

// settings give up all safety for speed: nothing on the server outlives it.
var settings = map[string]string{
	"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
	"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "8GB", "checkpoint_timeout": "1h",
	"dynamic_shared_memory_type": "mmap", // in the data folder, and gone with it
	"autovacuum":                 "off", "max_connections": "400", "shared_buffers": "128MB", "log_min_duration_statement": "-1",
}

// server returns the server of this test process, and starts one when none is given. One that it starts stops when
// the process ends, whatever ends it (Linux); its folder is removed by the next test process.
var server = sync.OnceValues(func() (*cluster, error) {
	address := os.Getenv(Variable)
	if address == "" {
		s, err := Start(context.Background())
		if err != nil {
			return nil, err
		}
		address = s.URL
	}
	return connect(address)
})

// Server is a throw-away server.
type Server struct {
	URL string // of the superuser
	dir string
	own *database.Private
}

// Start starts a throw-away server in memory when there is room, else in the folder for temporary files.
func Start(ctx context.Context) (*Server, error) {
	base := base()
	sweep(base)
	dir, err := os.MkdirTemp(base, scratch)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the server's user passes through; what is in it is closed
		return nil, err
	}
	p, err := database.StartPrivate(ctx, dir, database.PrivateOptions{Settings: settings})
	if err != nil {
		_ = os.RemoveAll(dir) // the reason for the failure matters more
		return nil, err
	}
	return &Server{URL: withDatabase(p.URL("postgres"), "postgres"), dir: dir, own: p}, nil
}

// Stop ends the server and removes all that it held.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.own.Stop(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("remove the test server: %w", err)
	}
	return nil
}

// base is the folder for data folders.
func base() string {
	const memory, enough = "/dev/shm", 2 << 30
	if free(memory) > enough {
		return memory
	}
	return os.TempDir()
}

// sweep removes the folders of servers whose processes are dead. What it cannot remove, the next one will.
func sweep(base string) {
	old, err := filepath.Glob(filepath.Join(base, scratch+"*"))
	if err != nil {
		return
	}
	for _, dir := range old {
		if abandoned(dir) {
			_ = os.RemoveAll(dir)
		}
	}
}
