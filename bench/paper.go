package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// paperRows runs the benchmarks of certificates/paper: a one-page document, the same as it is issued, its texts drawn by
// gofpdf alone with the whole fonts, and printed by headless Chromium.
func paperRows(ctx context.Context) ([]row, error) {
	figures, err := benchmarks(ctx, "./certificates/paper", "^Benchmark(OnePage|Pipeline|Naive)$", "50x")
	if err != nil {
		return nil, err
	}
	printed, err := benchmarks(ctx, "./certificates/paper", "^BenchmarkChromium$", "1x")
	if err != nil {
		return nil, err
	}
	ours, naive, chromium := figures["BenchmarkOnePage"], figures["BenchmarkNaive"], printed["BenchmarkChromium"]
	whole := figures["BenchmarkPipeline"]
	const cpu, garbage = "cpu-ms/op", "B/op"
	if ours[cpu] == 0 || naive[cpu] == 0 || ours[garbage] == 0 || naive[garbage] == 0 || whole[cpu] == 0 || chromium[cpu] == 0 {
		return nil, fmt.Errorf("the benchmarks printed no figures: %v, %v", figures, printed)
	}
	const base = "gofpdf with whole fonts"
	return []row{
		beside("one-page PDF, processor time", "ms", ours[cpu], base, naive[cpu], "< 15 ms"),
		beside("one-page PDF, processor time", "ms", ours[cpu], "headless Chromium, running", chromium[cpu], ""),
		beside("one-page PDF, allocated", "MB", ours[garbage]/1e6, base, naive[garbage]/1e6, ""),
		beside("with PDF/A-3, 20 KB inside, ECDSA signature", "ms", whole[cpu], base, naive[cpu], "ratio 1/8"),
		beside("the same, allocated", "MB", whole[garbage]/1e6, base, naive[garbage]/1e6, "< 8 MB"),
	}, nil
}

// benchmarks runs the benchmarks of a package that match.
func benchmarks(ctx context.Context, folder, match, times string) (map[string]map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", match, "-benchtime", times, folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w: %s", err, out)
	}
	return benchmarkFigures(string(out)), nil
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
