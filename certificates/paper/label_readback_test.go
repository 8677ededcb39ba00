package paper

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/sheet"
)

// TestLabelsAreRead prints each label as a thermal printer does, dark or not, and in shades of grey, and reads every code
// that is on it: the numbers are those that people read beside them.
func TestLabelsAreRead(t *testing.T) {
	t.Parallel()
	set := faces(t)
	everyLabelWay(func(o LabelOptions) {
		if o.Sheet != Roll {
			return
		}
		t.Run(fmt.Sprintf("%s at %d", o.Size, o.DPI), func(t *testing.T) {
			t.Parallel()
			pages := mustLayOutLabels(t, set, labelSamples(), o)
			for _, way := range []string{"-mono", "-gray"} {
				if way == "-gray" && o.DPI != 203 {
					continue // finer dots read more easily in shades
				}
				for i, image := range rastered(t, labelSamples(), o, way) {
					wantRead(t, image, labelSamples()[i].face(), pages[i].Codes, o)
				}
			}
		})
	})
}

// rastered are the images of the pages.
func rastered(t *testing.T, labels []Label, o LabelOptions, way string) []string {
	t.Helper()
	data, err := DrawLabels(labels, o)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "labels.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pdftoppm", way, "-r", fmt.Sprint(o.DPI), "-png", file, strings.TrimSuffix(file, ".pdf"))
	images, err := filepath.Glob(strings.TrimSuffix(file, ".pdf") + "-*.png")
	if err != nil || len(images) == 0 {
		t.Fatalf("nothing was printed: %v", err)
	}
	slices.Sort(images)
	return images
}

func wantRead(t *testing.T, image string, f face, codes []sheet.Code, o LabelOptions) {
	t.Helper()
	var want []string
	for _, c := range codes {
		switch {
		case len(c.Modules) == 1:
			want = append(want, "CODE-128:"+f.number)
		case len(c.Modules) >= 25: // the DataMatrix of these numbers is smaller
			want = append(want, "QR-Code:"+f.url)
		}
	}
	if f.url != "" && !slices.Contains(want, "QR-Code:"+f.url) {
		t.Errorf("%s at %d dpi: no QR code", o.Size, o.DPI)
	}
	if o.Size == Label70x50 && !slices.Contains(want, "CODE-128:"+f.number) {
		t.Errorf("%s at %d dpi: no bars of %s", o.Size, o.DPI, f.number)
	}
	slices.Sort(want)
	var got []string
	if len(want) > 0 { // zbarimg fails where it finds nothing
		got = strings.Fields(run(t, "zbarimg", "--quiet", "--nodbus", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", image))
		slices.Sort(got)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s at %d dpi: reads %q, want %q", o.Size, o.DPI, got, want)
	}
	every := "-S1" // dot; every second one is enough where they are small
	if o.DPI == 600 {
		every = "-S2"
	}
	if got := run(t, "dmtxread", "-N1", "-m9000", every, image); got != f.number {
		t.Errorf("%s at %d dpi: the DataMatrix reads %q, want %s", o.Size, o.DPI, got, f.number)
	}
}

// TestNumberWithoutCode: a number that scanners would garble has no code, and the label says so.
func TestNumberWithoutCode(t *testing.T) {
	t.Parallel()
	set := faces(t)
	l := sealLabel()
	l.Number = "长市监封〔2026〕311号"
	everyLabelWay(func(o LabelOptions) {
		pages := mustLayOutLabels(t, set, []Label{l}, o)
		if on := pageTexts(pages); len(pages[0].Codes) > 0 || !strings.Contains(on, "未印条码") || !strings.Contains(on, l.Number) {
			t.Errorf("%+v: %d codes; %s", o, len(pages[0].Codes), on)
		}
		for _, fault := range labelCollisions(pages, o) {
			t.Errorf("%+v: %s", o, fault)
		}
	})
}
