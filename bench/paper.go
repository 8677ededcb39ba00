package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// paperRows runs the benchmarks of certificates/paper: a one-page document, and the texts of the same page drawn by
// gofpdf alone with the whole fonts.
func paperRows(ctx context.Context) ([]row, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(OnePage|Naive)$",
		"-benchtime", "20x", "./certificates/paper")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w: %s", err, out)
	}
	figures := benchmarkFigures(string(out))
	ours, naive := figures["BenchmarkOnePage"], figures["BenchmarkNaive"]
	const cpu, garbage = "cpu-ms/op", "B/op"
	if ours[cpu] == 0 || naive[cpu] == 0 || ours[garbage] == 0 || naive[garbage] == 0 {
		return nil, fmt.Errorf("go test -bench printed no figures: %s", out)
	}
	const base = "gofpdf with whole fonts"
	return []row{
		beside("one-page PDF, processor time", "ms", ours[cpu], base, naive[cpu], "< 15 ms"),
		beside("one-page PDF, allocated", "MB", ours[garbage]/1e6, base, naive[garbage]/1e6, ""),
	}, nil
}

// benchmarkFigures reads lines such as "BenchmarkX-2  20  512 ns/op  1.5 cpu-ms/op": by name, then by unit.
func benchmarkFigures(out string) map[string]map[string]float64 {
	figures := map[string]map[string]float64{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name, _, _ := strings.Cut(fields[0], "-")
		units := map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				units[fields[i+1]] = v
			}
		}
		figures[name] = units
	}
	return figures
}
