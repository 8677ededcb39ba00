//go:build linux

package certificates

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"hengjian/internal/errs"
)

// childVariable makes the test binary a process that checks the file that it names and prints what is wrong.
const childVariable = "HENGJIAN_TEST_CHECK"

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		pdf, err := os.ReadFile(name)
		if err == nil {
			_, err = CheckFile(pdf, time.Now, CheckOptions{})
		}
		fmt.Println(errs.KindOf(err) == errs.Invalid, peak(), err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// peak is the most memory, in megabytes, that this process had at once.
func peak() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	var kb int
	if _, err := fmt.Sscan(line, &kb); err != nil {
		return -1
	}
	return kb >> 10
}

// pdfOf writes objects, numbered from 1, as a file whose first object is the catalog.
func pdfOf(objects ...string) []byte {
	b := bytes.NewBufferString("%PDF-1.7\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// packedZeros are so many megabytes of nothing, packed so many times over.
func packedZeros(megabytes, times int) string { return packed("", megabytes, times) }

// packed is a text and megabytes of nothing behind it. One packed megabyte follows another.
func packed(text string, megabytes, times int) string {
	var one bytes.Buffer
	w, err := flate.NewWriter(&one, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		panic(err)
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	data := []byte{0x78, 0x9c, 0, byte(len(text)), 0, ^byte(len(text)), 0xFF} // a block that is stored as it is
	data = append(append(data, text...), bytes.Repeat(one.Bytes(), megabytes)...)
	data = append(data, 1, 0, 0, 0xFF, 0xFF) // the last block, empty
	data = binary.BigEndian.AppendUint32(data, withZeros(adler32.Checksum([]byte(text)), uint64(megabytes)<<20))
	for range times - 1 {
		var again bytes.Buffer
		z := zlib.NewWriter(&again)
		if _, err := z.Write(data); err != nil {
			panic(err)
		}
		if err := z.Close(); err != nil {
			panic(err)
		}
		data = again.Bytes()
	}
	return string(data)
}

// withZeros is the checksum of what had sum before n zeros came behind it (RFC 1950 8.2). To sum up gigabytes of them takes
// the race detector half a minute.
func withZeros(sum uint32, n uint64) uint32 {
	const base = 65521
	a, b := uint64(sum&0xFFFF), uint64(sum>>16)
	return uint32((b+n%base*a)%base<<16 | a)
}

// packedObjectsOf is a file whose table of places is a stream, and in which each of n streams of 30 MB holds one of the
// objects that name the files inside.
func packedObjectsOf(n int) []byte {
	var names strings.Builder
	for i := range n {
		fmt.Fprintf(&names, "(%d) %d 0 R ", i, 1005+i)
	}
	objects := []string{strings.ReplaceAll(withFile, "(hengjian-content.json) 3 0 R", names.String()), pages, fileSpec, streamOf("", "{}")}
	for i := range n {
		objects = append(objects, streamOf("/Type /ObjStm /N 1 /First 8 /Filter /FlateDecode", packed(fmt.Sprintf("%d 0  <</UF (%d) /EF <</F 4 0 R>>>>", 1005+i, i), 30, 1)))
	}
	b := bytes.NewBufferString("%PDF-1.7\n")
	var table []byte
	entry := func(kind byte, where, n int) {
		table = binary.BigEndian.AppendUint32(append(table, kind), uint32(where))
		table = binary.BigEndian.AppendUint16(table, uint16(n))
	}
	entry(0, 0, 0xFFFF)
	for i, o := range objects {
		entry(1, b.Len(), 0)
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	for i := 5 + n; i < 1005; i++ {
		entry(0, 0, 0)
	}
	for i := range n {
		entry(2, 5+i, 0)
	}
	size, at := len(table)/7, b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", size,
		streamOf(fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R", size), string(table)), at)
	return b.Bytes()
}

func streamOf(dict, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

const (
	pages    = "<</Type /Pages /Kids [] /Count 0>>"
	withFile = "<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [(hengjian-content.json) 3 0 R]>>>>>>"
	fileSpec = "<</Type /Filespec /F (hengjian-content.json) /UF (hengjian-content.json) /EF <</F 4 0 R>>>>"
)

// hostile are files that want more than they are worth.
func hostile() map[string][]byte {
	bomb := streamOf("/Filter /FlateDecode", packedZeros(2000, 1))
	many := []string{"", pages, fileSpec, streamOf("/Filter /FlateDecode", packedZeros(30, 1))}
	names := strings.Repeat("(hengjian-content.json) 3 0 R ", 3000)
	many[0] = "<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [" + names + "]>>>>>>"
	several := []string{"", pages}
	var different strings.Builder
	for i := range 10 {
		fmt.Fprintf(&different, "(%d) %d 0 R ", i, 3+2*i)
		several = append(several, fmt.Sprintf("<</Type /Filespec /UF (%d) /EF <</F %d 0 R>>>>", i, 4+2*i), many[3])
	}
	several[0] = "<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [" + different.String() + "]>>>>>>"
	objects := append([]string{withFile, pages, fileSpec, streamOf("", "{}")}, slices.Repeat([]string{"[1 0 R]"}, 150_000)...)
	deep := "<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles 3 0 R>>>>"
	return map[string][]byte{
		"a bomb":                    pdfOf(withFile, pages, fileSpec, bomb),
		"a bomb in a bomb":          pdfOf(withFile, pages, fileSpec, streamOf("/Filter [/FlateDecode /FlateDecode /FlateDecode]", packedZeros(2000, 3))),
		"one file 3,000 times":      pdfOf(many...),
		"ten files of 30 MB":        pdfOf(several...),
		"150,000 objects":           pdfOf(objects...),
		"objects packed in streams": packedObjectsOf(maxAttachments),
		"a page of bombs":           pdfOf("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /Contents 4 0 R>>", bomb),
		"names that are their own":  pdfOf(deep, pages, "<</Kids [3 0 R 3 0 R]>>"),
		"names in a ring":           pdfOf(deep, pages, "<</Kids [4 0 R]>>", "<</Kids [3 0 R 3 0 R]>>"),
		"a file that is itself":     pdfOf(withFile, pages, "3 0 R", "4 0 R"),
		"a length that is itself":   pdfOf(withFile, pages, fileSpec, "<</Length 4 0 R>>\nstream\nx\nendstream"),
		"a length beyond the end":   pdfOf(withFile, pages, fileSpec, "<</Length 999999999999>>\nstream\nx\nendstream"),
		"pages in a ring":           pdfOf(withFile, "<</Type /Pages /Kids [2 0 R] /Count 1>>", fileSpec, streamOf("", "{}")),
		"brackets without end":      []byte("%PDF-1.7\n1 0 obj\n" + strings.Repeat("[", 5_000_000)),
		"dictionaries without end":  pdfOf(strings.Repeat("<</A ", 1_000_000)),
		"tables in a ring":          []byte("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Root 1 0 R /Prev 9>>\nstartxref\n9\n%%EOF\n"),
		"a table of 4 billion":      []byte("%PDF-1.7\nxref\n0 4294967295\n0000000000 65535 f \ntrailer\n<</Size 4294967295 /Root 1 0 R>>\nstartxref\n9\n%%EOF\n"),
		"a path for a name":         pdfOf(strings.ReplaceAll(withFile, "hengjian-content.json", "../../x"), pages, strings.ReplaceAll(fileSpec, "hengjian-content.json", "../../x"), streamOf("", "{}")),
		"64 MB of nothing":          make([]byte, MaxChecked),
		"more than is looked at":    make([]byte, MaxChecked+1),
	}
}

// Whatever a file wants, it is refused with a sentence, in bounded time and memory.
func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	const most = 1000 // MB with the race detector; without it 165. Unbounded, the bomb takes 2,000 and more
	for name, pdf := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "hostile.pdf")
			if err := os.WriteFile(file, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			child := exec.CommandContext(ctx, os.Args[0])
			child.Env = append(os.Environ(), childVariable+"="+file)
			out, err := child.CombinedOutput()
			said := string(out[:min(len(out), 300)])
			if err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			var refused bool
			var used int
			if _, err := fmt.Sscan(said, &refused, &used); err != nil || !refused {
				t.Fatalf("not refused: %s", said)
			}
			if took := child.ProcessState.UserTime(); used < 1 || used > most || took > 20*time.Second {
				t.Errorf("a file of %d kB took %d MB and %v: %s", len(pdf)>>10, used, took, said)
			}
			t.Logf("%d kB: %v, %s", len(pdf)>>10, child.ProcessState.UserTime(), said)
		})
	}
}

// A document's file that is cut off anywhere is refused, and one byte too many is seen.
func TestCutOffFilesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	pdf, _, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-1", "15.000").Number)
	b.must(err)
	for at := 0; at < len(pdf); at += 1 + len(pdf)/40 {
		if c, err := CheckFile(pdf[:at], time.Now, CheckOptions{}); err == nil && c.Holds() {
			t.Errorf("cut off at %d of %d it holds", at, len(pdf))
		} else if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Errorf("cut off at %d: %v, want a refusal", at, err)
		}
	}
	for name, changed := range map[string][]byte{"more": append(slices.Clone(pdf), '\n'), "less": pdf[:len(pdf)-1]} {
		if c, err := CheckFile(changed, time.Now, CheckOptions{}); err == nil && c.Holds() {
			t.Errorf("a byte %s: it holds", name)
		}
	}
}

// Files are read and merged at once: what the library keeps for the whole process is set before the first of them (the race
// detector sees it otherwise).
func TestFilesAreReadAtOnce(t *testing.T) {
	t.Parallel()
	file := pdfOf(withFile, "<</Type /Pages /Kids [5 0 R] /Count 1>>", fileSpec, streamOf("", "{}"),
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources <<>>>>")
	var all errgroup.Group
	for range 8 {
		all.Go(func() error {
			found, err := attachments(file)
			if err == nil && string(found["hengjian-content.json"]) != "{}" {
				err = fmt.Errorf("found %q", found)
			}
			return err
		})
		all.Go(func() error {
			_, err := appendPages(nil, "1", file, false)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
}
