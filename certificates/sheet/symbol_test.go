package sheet

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// label is paper of a roll printer.
var label = Paper{70, 50}

// labelled is a document of one page for each set of codes.
func labelled(t *testing.T, pages [][]Code) []byte {
	t.Helper()
	d := Document{Title: "标签", Created: time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC), Paper: label, TrueSize: true}
	for _, codes := range pages {
		d.Pages = append(d.Pages, &Page{Codes: codes})
	}
	data, err := d.PDF(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// run runs a tool that reads codes, and skips the test where the tool is not installed, but not in CI. Readers that find
// nothing say so by their exit status, which is for the caller to judge.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: codes cannot be read back", name)
		}
		t.Skipf("%s is not installed: apt-get install poppler-utils zbar-tools dmtx-utils", name)
	}
	out, _ := exec.CommandContext(t.Context(), name, args...).Output()
	return string(out)
}

// ways are how a printer may set the dots of a page: its nominal resolution, the true one of a printer with 8 dots to
// the millimetre, in shades of grey and, as thermal printers do, dark or not.
var ways = []struct {
	dpi   DPI
	print string
	mono  bool
}{
	{203, "203", false}, {203, "203", true}, {203, "203.2", false}, {203, "203.2", true},
	{300, "300", false}, {300, "300", true}, {600, "600", false}, {600, "600", true},
	{203, "600", true}, // made for another printer
}

// raster prints a file as images, one a page.
func raster(t *testing.T, pdf []byte, resolution string, mono bool) []string {
	t.Helper()
	file := saved(t, pdf)
	args := []string{"-r", resolution, "-png", file, strings.TrimSuffix(file, ".pdf")}
	if mono {
		args = append([]string{"-mono"}, args...)
	}
	run(t, "pdftoppm", args...)
	images, err := filepath.Glob(strings.TrimSuffix(file, ".pdf") + "*.png")
	if err != nil || len(images) == 0 {
		t.Fatalf("nothing was printed: %v", err)
	}
	slices.Sort(images)
	return images
}

// bars reads the Code 128 and QR codes of an image, squares its DataMatrix codes.
func bars(t *testing.T, image string) []string {
	return strings.Fields(run(t, "zbarimg", "--quiet", "--nodbus", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", image))
}

// squares looks at every second dot only where there are many: it is slow.
func squares(t *testing.T, image, resolution string) string {
	every := "-S1"
	if resolution == "600" {
		every = "-S2"
	}
	return run(t, "dmtxread", "-N1", "-m5000", every, image)
}

// numbers are of all kinds that the system gives, and of seals as others print them.
var numbers = []string{
	"YP26-370113-00001", "YP26-370113-99999-12", "QJ26-370113-00417", "JDZ26-370113-00033", "SB26-370113-0007", "FT-2026-00311",
	"F000001-1", "7", "370113202600123456", "No.A_88/x", strings.Repeat("AB-", 13) + "Z",
}

func must(t *testing.T) func(Code, error) Code {
	return func(c Code, err error) Code {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// TestCodesAreRead prints every kind of code of every kind of number and reads it back.
func TestCodesAreRead(t *testing.T) {
	t.Parallel()
	const url = "https://hj.example.gov.cn/v/k7m2q9x4w3t8r5n6cd"
	for _, w := range ways {
		t.Run(fmt.Sprintf("%d at %s mono %v", w.dpi, w.print, w.mono), func(t *testing.T) {
			t.Parallel()
			var pages [][]Code
			for i, n := range numbers {
				off := 0.031 * float64(i) // anywhere between two dots
				page := []Code{
					must(t)(DataMatrix(n, w.dpi, 12)).At(3+off, 3+off), must(t)(QR(url, w.dpi, 17)).At(30+off, 4+off),
				}
				if bar, err := Code128(n, w.dpi, 68, 10); err == nil {
					page = append(page, bar.At(1+bar.QuietX+off, 30+off))
				} else if !errors.Is(err, ErrNoRoom) || len(n) < 30 {
					t.Error(err)
				}
				pages = append(pages, page)
			}
			for i, image := range raster(t, labelled(t, pages), w.print, w.mono) {
				if got := squares(t, image, w.print); got != numbers[i] {
					t.Errorf("the DataMatrix of %s reads %q", numbers[i], got)
				}
				want := []string{"QR-Code:" + url}
				if len(pages[i]) > 2 {
					want = append(want, "CODE-128:"+numbers[i])
				}
				if got := bars(t, image); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
					t.Errorf("%s: reads %q, want %q", numbers[i], got, want)
				}
			}
		})
	}
}

// TestWholeDotsMatter draws bars of 0.222 mm, which are not whole dots, as no printer of 203 dpi can: were they read as
// well, snapping would be for nothing.
func TestWholeDotsMatter(t *testing.T) {
	t.Parallel()
	read := func(snapped bool) int {
		var pages [][]Code
		for i := range 20 {
			c := must(t)(Code128("YP26-370113-00001-1", 203, 68, 10))
			if !snapped {
				c.W = 0.222
			}
			pages = append(pages, []Code{c.At(4+0.021*float64(i), 10)})
		}
		n := 0
		for _, image := range raster(t, labelled(t, pages), "203", true) {
			n += len(bars(t, image))
		}
		return n
	}
	if snapped, loose := read(true), read(false); snapped != 20 || loose > 10 {
		t.Errorf("of 20 bar codes on the dots %d are read, of 20 between them %d; want 20, and at most 10", snapped, loose)
	}
}

// TestModulesAreWholeDots: whatever the place, every edge of a bar lies on a dot, but for what bars are drawn narrower.
func TestModulesAreWholeDots(t *testing.T) {
	t.Parallel()
	for _, dpi := range []DPI{203, 300, 600} {
		for _, make := range []func() (Code, error){
			func() (Code, error) { return Code128("YP26-370113-00001", dpi, 60, 8.03) },
			func() (Code, error) { return DataMatrix("YP26-370113-00001", dpi, 10) },
			func() (Code, error) { return QR("https://hj.example.gov.cn/v/k7m2q9x4w3", dpi, 16) },
		} {
			c := must(t)(make()).At(7.7777, 3.3333)
			for _, b := range c.bars() {
				for _, edge := range []float64{b.X/c.Dot - inset, b.Right()/c.Dot + inset, b.Y / c.Dot, b.Bottom() / c.Dot} {
					if math.Abs(edge-math.Round(edge)) > 1e-6 {
						t.Fatalf("%d dpi: an edge of %v lies at %v dots", dpi, b, edge)
					}
				}
			}
		}
	}
}

func TestNoRoom(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]func() (Code, error){
		"bars":         func() (Code, error) { return Code128("YP26-370113-00001-1", 203, 47, 8) },
		"a DataMatrix": func() (Code, error) { return DataMatrix("YP26-370113-00001", 203, 4.5) },
		"a QR code":    func() (Code, error) { return QR("https://hj.example.gov.cn/v/k7m2q9x4w3t8r5n6cd", 300, 12) },
	} {
		if _, err := c(); !errors.Is(err, ErrNoRoom) {
			t.Errorf("%s too small to be read: %v, want ErrNoRoom", what, err)
		}
	}
	for _, n := range []string{"", "封2026-1", "a\tb", "é"} {
		if _, err := DataMatrix(n, 203, 12); !errors.Is(err, errNotASCII) {
			t.Errorf("DataMatrix of %q: %v, want a refusal", n, err)
		}
		if _, err := Code128(n, 203, 60, 8); !errors.Is(err, errNotASCII) {
			t.Errorf("Code 128 of %q: %v, want a refusal", n, err)
		}
	}
	if _, err := DataMatrix("7", 0, 12); err == nil {
		t.Error("a printer without dots was drawn for")
	}
}

// TestQuietZones: 10 modules beside bars, two around a DataMatrix, four around a QR code, and all of it in its room.
func TestQuietZones(t *testing.T) {
	t.Parallel()
	bar := must(t)(Code128("YP26-370113-00001", 300, 44, 8))
	matrix := must(t)(DataMatrix("YP26-370113-00001", 300, 9))
	qr := must(t)(QR("https://hj.example.gov.cn/v/k7m2q9x4w3", 300, 16))
	for _, c := range []struct {
		code  Code
		quiet float64
		room  float64
	}{{bar, 10, 44}, {matrix, 2, 9}, {qr, 4, 16}} {
		if got := c.code.QuietX / c.code.W; math.Abs(got-c.quiet) > 1e-9 || c.code.Quiet().W > c.room {
			t.Errorf("%d modules: a quiet zone of %v, %v wide in all; want %v in %v", len(c.code.Modules), got, c.code.Quiet().W, c.quiet, c.room)
		}
	}
}

// TestPaperSize reads the size of the pages back: wider than high is not turned.
func TestPaperSize(t *testing.T) {
	t.Parallel()
	if got := run(t, "pdfinfo", saved(t, labelled(t, [][]Code{nil}))); !strings.Contains(got, "198.43 x 141.73 pts") {
		t.Errorf("a label of 70 by 50 mm is\n%s", got)
	}
	if got := run(t, "pdfinfo", saved(t, mustPDF(t, document(t)))); !strings.Contains(got, "595.28 x 841.89 pts (A4)") {
		t.Errorf("a document is\n%s", got)
	}
}
