package paper

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// childVariable makes the test binary a process that draws the samples and prints their hashes.
const childVariable = "HENGJIAN_TEST_DRAW"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(m.Run())
	case "long":
		fmt.Println(drawLong())
	default:
		for _, name := range slices.Sorted(maps.Keys(samples())) {
			data, err := Draw(samples()[name], withProof(samples()[name]))
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Printf("%s %x\n", name, sha256.Sum256(data))
		}
	}
}

// drawLong draws as many rows as a table may have, each filled, and tells the size of the file, the most memory that the
// process had at once (Linux tells) and the time, in megabytes and milliseconds.
func drawLong() (file, memory int, took int64) {
	c := foodReport()
	c.Items = slices.Repeat(c.Items[:1], maxRows)
	started := time.Now()
	data, err := Draw(c, Options{URL: testURL, Proof: []byte("{}")})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	took = time.Since(started).Milliseconds()
	status, err := os.ReadFile("/proc/self/status")
	if _, line, ok := strings.Cut(string(status), "VmHWM:"); err == nil && ok {
		_, _ = fmt.Sscan(line, &memory) // 0 says that it is not known
	}
	return len(data) >> 20, memory >> 10, took
}

// TestLongTableInBounds: a document of ten thousand rows takes neither minutes nor a machine's memory.
func TestLongTableInBounds(t *testing.T) {
	t.Parallel()
	faces(t)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=long")
	child.Stderr = os.Stderr
	out, err := child.Output()
	var file, memory, took int
	if _, scanned := fmt.Sscan(string(out), &file, &memory, &took); err != nil || scanned != nil {
		t.Fatalf("%v, %v: %s", err, scanned, out)
	}
	t.Logf("%d MB of file, %d MB of memory, %d ms", file, memory, took)
	if file > 8 || memory > 1500 || took > 180_000 || // with the race detector; without it 300 MB and some seconds
		memory == 0 && runtime.GOOS == "linux" {
		t.Errorf("%d rows take %d MB of file, %d MB of memory and %d ms", maxRows, file, memory, took)
	}
}

// withProof are the options of a file as it is stored.
func withProof(c Content) Options {
	o := options(c)
	o.Proof = []byte("{}")
	return o
}

// TestSameContentSameBytes draws a report and a certificate a hundred times at once, and the others thrice, each time
// from what was frozen.
func TestSameContentSameBytes(t *testing.T) {
	t.Parallel()
	faces(t)
	for name, c := range samples() {
		want := mustDraw(t, c, options(c))
		frozen, err := Freeze(c)
		if err != nil {
			t.Fatal(err)
		}
		times := 3
		if name == "food" || name == "certificate" {
			times = 100
		}
		var wg sync.WaitGroup
		for range times {
			wg.Go(func() {
				thawed, err := Thaw(frozen)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := Draw(thawed, options(c))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: %d other bytes, %v", name, len(got), err)
				}
			})
		}
		wg.Wait()
	}
}

// TestSameInEveryProcess: neither another process nor its clock's zone, language, processors or memory change a byte.
func TestSameInEveryProcess(t *testing.T) {
	t.Parallel()
	faces(t)
	var want string
	for _, settings := range [][]string{
		{"TZ=UTC", "LANG=C"},
		{"TZ=Asia/Shanghai", "LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8", "GOMAXPROCS=1"},
		{"TZ=America/St_Johns", "LANG=tr_TR.UTF-8", "GOMAXPROCS=7", "GOGC=10"},
		{"TZ=Pacific/Kiritimati", "GOGC=off", "GODEBUG=randautoseed=1,cpu.all=off"},
	} {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), append(settings, childVariable+"=1")...)
		child.Dir = t.TempDir()
		child.Stderr = os.Stderr
		out, err := child.Output()
		if err != nil {
			t.Fatalf("%q: %v", settings, err)
		}
		if want == "" {
			want = string(out)
		}
		if string(out) != want || strings.Count(want, "\n") != len(samples()) {
			t.Errorf("%q: other bytes:\n%s", settings, cmp.Diff(want, string(out)))
		}
	}
}

// TestFilesAreAsTheyWere holds the hash of each sample's file; -update writes them anew. Whoever changes one, be it by
// another version of the library that packs streams, changes what `hengjian check` draws from the contents of files that
// were issued before.
func TestFilesAreAsTheyWere(t *testing.T) {
	t.Parallel()
	faces(t)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(samples())) {
		fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(mustDraw(t, samples()[name], withProof(samples()[name]))))
	}
	golden := filepath.Join("testdata", "files.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the files changed (- was, + is):\n%s", diff)
	}
}
