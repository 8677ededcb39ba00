package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hengjian/certificates/sheet"
)

// addresses are public addresses of several lengths, the longest of which leaves no byte free.
func addresses() []string {
	random := rand.New(rand.NewPCG(7, 11))
	var out []string
	for _, bureau := range []string{
		"http://localhost:8080", "https://hj.example.gov.cn", "https://lims.changqing.example.gov.cn:84",
		"https://lims.changqing.jinan.example.cn:9", "https://a.cn", "https://scjg.example.gov.cn/hengjian",
	} {
		code := make([]byte, 18)
		for i := range code {
			code[i] = "023456789abcdefghjkmnpqrstuvwxyz"[random.IntN(32)]
		}
		out = append(out, bureau+"/v/"+string(code))
	}
	return out
}

// rendered is the place of the code on the first page, with most of its quiet zone.
func rendered(t *testing.T, file string, dpi int, how ...string) *image.Gray {
	t.Helper()
	const margin = 2.2
	px := func(mm float64) string { return strconv.Itoa(int(math.Round(mm / 25.4 * float64(dpi)))) }
	side := px(sheet.CodeSize + 2*margin)
	args := append(how, "-r", strconv.Itoa(dpi), "-x", px(codeEdge-sheet.CodeSize-margin), "-y", px(headTop-margin),
		"-W", side, "-H", side, "-f", "1", "-l", "1", file)
	page, _, err := image.Decode(strings.NewReader(run(t, "pdftoppm", append([]string{"-png"}, args...)...)))
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(page.Bounds())
	draw.Draw(gray, gray.Rect, page, page.Bounds().Min, draw.Src)
	return gray
}

// blurred passes a box of 5 pixels over the image three times, each way: close to a normal blur of sigma 2.4 pixels.
func blurred(in *image.Gray) *image.Gray {
	out := in
	for range 3 {
		for _, step := range []image.Point{{X: 1}, {Y: 1}} {
			from := out
			out = image.NewGray(from.Rect)
			for y := from.Rect.Min.Y; y < from.Rect.Max.Y; y++ {
				for x := from.Rect.Min.X; x < from.Rect.Max.X; x++ {
					sum := 0
					for k := -2; k <= 2; k++ {
						v := 255 // beyond lies paper
						if at := image.Pt(x+k*step.X, y+k*step.Y); at.In(from.Rect) {
							v = int(from.GrayAt(at.X, at.Y).Y)
						}
						sum += v
					}
					out.SetGray(x, y, color.Gray{Y: uint8(sum / 5)})
				}
			}
		}
	}
	return out
}

// onlyBlackAndWhite tells a one-bit rendering.
func onlyBlackAndWhite(in *image.Gray) bool {
	return !slices.ContainsFunc(in.Pix, func(v uint8) bool { return v != 0 && v != 255 })
}

func read(t *testing.T, code *image.Gray) string {
	t.Helper()
	file := t.TempDir() + "/code.png"
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(run(t, "zbarimg", "--quiet", "--raw", file))
}

// TestCodeIsReadOffPaper: a code is read as it is printed, as a fax or an office scanner shows it, and out of focus.
func TestCodeIsReadOffPaper(t *testing.T) {
	t.Parallel()
	faces(t)
	for n, url := range addresses() {
		t.Run(fmt.Sprint(len(url)), func(t *testing.T) {
			t.Parallel()
			c := []Content{foodReport(), scaleCertificate(), gaugeNotice()}[n%3]
			file := t.TempDir() + "/document.pdf"
			if err := os.WriteFile(file, mustDraw(t, c, Options{URL: url}), 0o600); err != nil {
				t.Fatal(err)
			}
			sharp, fax := rendered(t, file, 300), rendered(t, file, 200, "-mono")
			if !onlyBlackAndWhite(fax) || onlyBlackAndWhite(blurred(sharp)) {
				t.Error("the renderings are not what they are called")
			}
			for how, code := range map[string]*image.Gray{
				"300 dpi": sharp, "100 dpi": rendered(t, file, 100), "200 dpi, one bit": fax, "300 dpi, blurred": blurred(sharp),
			} {
				if got := read(t, code); got != url {
					t.Errorf("%s: the code reads %q, want %q", how, got, url)
				}
			}
			if w, h := inkOf(sharp); math.Abs(w-sheet.CodeSize) > 0.2 || math.Abs(h-sheet.CodeSize) > 0.2 {
				t.Errorf("the code is %.2f by %.2f mm, want %v", w, h, sheet.CodeSize)
			}
		})
	}
}

// inkOf is the size of what is dark in a rendering of 300 dpi, in millimetres.
func inkOf(in *image.Gray) (w, h float64) {
	var box image.Rectangle
	for y := in.Rect.Min.Y; y < in.Rect.Max.Y; y++ {
		for x := in.Rect.Min.X; x < in.Rect.Max.X; x++ {
			if in.GrayAt(x, y).Y < 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return float64(box.Dx()) / 300 * 25.4, float64(box.Dy()) / 300 * 25.4
}

// TestCodeIsDrawnNotPasted: no picture is in the file, so the code is as sharp as the printer.
func TestCodeIsDrawnNotPasted(t *testing.T) {
	t.Parallel()
	faces(t)
	for name, c := range samples() {
		if pdf := mustDraw(t, c, options(c)); bytes.Contains(pdf, []byte("/Subtype /Image")) {
			t.Errorf("%s holds a picture", name)
		}
	}
}
