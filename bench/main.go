// Bench measures Hengjian as it is delivered and prints one table: each figure beside the floor it can be compared
// with, both from the same run. It starts the built program on an empty folder with its private PostgreSQL, talks to
// it over HTTP on the loopback, and removes everything at the end. Figures are reported, never asserted.
//
// Read this file first; each row of the table has a file of its own, program.go runs Hengjian, load.go the clients.
// Run it from the root of the repository, after `make build`: scripts/bench.sh. With an argument only the parts with
// that word in their name are measured and nothing is written: scripts/bench.sh registration.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

const (
	limit   = 15 * time.Minute // of the whole run, on a machine however slow
	results = "bench/results.json"
)

// row is a line of the table.
type row struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
	Base  string  `json:"base"`       // what stands beside it
	Floor float64 `json:"base_value"` // the same figure of that
	Ratio float64 `json:"ratio"`      // value / base_value
	Goal  string  `json:"goal,omitempty"`
}

func beside(name, unit string, value float64, base string, floor float64, goal string) row {
	return row{name, unit, value, base, floor, value / floor, goal}
}

// report is what results.json holds.
type report struct {
	At        time.Time `json:"at"`
	Machine   string    `json:"machine"`
	LoadStart string    `json:"load_before"`
	LoadEnd   string    `json:"load_after"`
	Rows      []row     `json:"rows"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, limit)
	var err error
	if len(os.Args) == 2 && os.Args[1] == bareGin {
		err = serveBareGin(ctx)
	} else {
		err = bench(ctx)
	}
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context) (err error) {
	// The folder where a bureau's data are by default: the same disk.
	if err := os.MkdirAll("var", 0o755); err != nil { //nolint:gosec // the database's user passes through
		return err
	}
	dir, err := os.MkdirTemp("var", "bench-")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(dir))
		_ = os.Remove("var") // stays when there are data in it
	}()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the database's user passes through
		return err
	}
	r := report{At: time.Now(), Machine: machine(), LoadStart: loadAverage()}
	data := filepath.Join(dir, "data")
	for _, part := range []struct {
		name string
		do   func() ([]row, error)
	}{
		{"one-page PDF", func() ([]row, error) { return paperRows(ctx) }},
		{"start", func() ([]row, error) { return startRows(ctx, data, filepath.Join(dir, "floor")) }},
		{"registration and public check", func() ([]row, error) { return servedRows(ctx, data) }},
		{"ledger: appends", func() ([]row, error) { return appendRows(ctx, filepath.Join(dir, "ledger")) }},
		{"documents signed and stored", func() ([]row, error) { return finishRows(ctx, filepath.Join(dir, "audited"), dir) }},
		{"ledger: audit", func() ([]row, error) { return verifyRows(ctx, filepath.Join(dir, "audited"), dir) }},
	} {
		if len(os.Args) > 1 && !strings.Contains(part.name, os.Args[1]) {
			continue
		}
		fmt.Fprintf(os.Stderr, "== %s\n", part.name)
		rows, err := part.do()
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		r.Rows = append(r.Rows, rows...)
	}
	r.LoadEnd = loadAverage()
	return r.write()
}

// servedRows measures what needs a served bureau with people and documents.
func servedRows(ctx context.Context, data string) (rows []row, err error) {
	if err := fill(ctx, data); err != nil {
		return nil, err
	}
	p, _, err := start(ctx, data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	registered, err := registerRows(ctx, p, data)
	if err != nil {
		return nil, err
	}
	checked, err := checkRows(ctx, p)
	return append(registered, checked...), err
}

func (r report) write() error {
	fmt.Printf("%s; load average %s before, %s after\n\n", r.Machine, r.LoadStart, r.LoadEnd)
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "figure\tHengjian\tunit\tbeside\tits figure\tratio\tgoal") // Flush tells of a failure
	for _, x := range r.Rows {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.3g\t%s\n",
			x.Name, figure(x.Value), x.Unit, x.Base, figure(x.Floor), x.Ratio, x.Goal)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(os.Args) > 1 {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(results, append(text, '\n'), 0o600)
}

// figure prints three significant digits without an exponent.
func figure(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return fmt.Sprintf("%.3g", v)
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

// loadAverage is the system's own, "unknown" where it tells none.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	var minute string
	if _, scanErr := fmt.Sscan(string(text), &minute); err != nil || scanErr != nil {
		return "unknown"
	}
	return minute
}
