package api

import (
	"bytes"
	order "encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

// picture is a grey picture of the size.
func picture(t *testing.T, width, height int, format string) []byte {
	t.Helper()
	in := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Gray{Y: 90}, color.White})
	var b bytes.Buffer
	err := map[string]func() error{
		"png":  func() error { return png.Encode(&b, in) },
		"jpeg": func() error { return jpeg.Encode(&b, in, nil) },
		"gif":  func() error { return gif.Encode(&b, in, nil) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claimed is a PNG whose head speaks of another size.
func claimed(t *testing.T, width, height uint32) []byte {
	t.Helper()
	b := picture(t, 1, 1, "png")
	order.BigEndian.PutUint32(b[16:], width)
	order.BigEndian.PutUint32(b[20:], height)
	order.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func (b *bureau) uploaded(name string, content []byte) reply {
	b.t.Helper()
	return b.call("zhang", "POST", "/api/v1/files?name="+url.QueryEscape(name), content, "Content-Type", "application/octet-stream")
}

// Whatever is uploaded under whatever name comes back as it was, and no browser runs it: a picture is shown, everything
// else is saved.
func TestUploadsAreNotRun(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for name, c := range map[string]struct {
		content []byte
		served  string
	}{
		"a.png":           {picture(t, 8, 8, "png"), "image/png"},
		"a.jpg":           {picture(t, 8, 8, "jpeg"), "image/jpeg"},
		"a.gif":           {picture(t, 8, 8, "gif"), "image/gif"},
		"a.webp":          {[]byte("RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00\x2f\x00\x00\x00\x00\x07\x10\xfd\x8f\xfe\x07\x22\xa2\xff\x01\x00"), "image/webp"},
		"页面.jpg":          {[]byte("<!doctype html><script>alert(1)</script>"), ""},
		"drawing.png":     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ""},
		"drawing.svg":     {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), ""},
		"script.gif":      {[]byte("GIF89a1\x001\x00\x00\x00\x00=1;alert(1)//"), "image/gif"}, // begins like a picture, and is none to a script
		"photo.bmp":       {[]byte("BM<script>alert(1)</script>"), ""},
		"a.js":            {[]byte("alert(1)"), ""},
		"paper.jpg":       {[]byte("%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"), ""},
		"huge.png":        {claimed(t, 1<<31-1, 1<<31-1), ""}, // a head that cannot be true
		"cut.png":         {picture(t, 8, 8, "png")[:20], ""},
		"":                {[]byte("no name"), ""},
		"=cmd|' !A0.xlsx": {[]byte("PK\x03\x04"), ""},
	} {
		up := b.uploaded(name, c.content)
		if up.status != http.StatusCreated {
			t.Errorf("%q: %d %s", name, up.status, up.body)
			continue
		}
		got := b.want(200, "zhang", "GET", "/api/v1/files/"+up.text("hash"), nil)
		served, how := "application/octet-stream", "attachment; filename*=UTF-8''"+url.PathEscape(name)
		if c.served != "" {
			served, how = c.served, "inline"
		}
		if got.header.Get("Content-Type") != served || got.header.Get("Content-Disposition") != how || !bytes.Equal(got.body, c.content) {
			t.Errorf("%q is served as %s, %s, %d bytes; want %s, %s", name, got.header.Get("Content-Type"), got.header.Get("Content-Disposition"),
				len(got.body), served, how)
		}
		if got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%q is served without what keeps it from being run: %v", name, got.header)
		}
	}
}

// Names that are paths, or look like something else, are refused, and so is nothing and too much.
func TestUploadsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, name := range []string{
		"../../etc/passwd", `..\..\x`, `C:\x.png`, "/x", "..", ".", "a\x00.png", "a\nb", "a\r\nX-Evil: 1", "photo\u202egpj.exe", "a\u200b.png",
		"a\u2028b", "\xff.png", strings.Repeat("长", 67),
	} {
		if r := b.uploaded(name, []byte("x")); r.status != http.StatusUnprocessableEntity && r.status != http.StatusBadRequest {
			t.Errorf("the name %q: %d %s", name, r.status, r.body)
		}
	}
	for what, content := range map[string][]byte{
		"nothing":                    {},
		"more than an upload may be": make([]byte, maxUpload+1),
		"a picture of 10 gigapixels": claimed(t, 100_000, 100_000),
	} {
		r := b.uploaded("photo.png", content)
		if r.status < 400 || r.status >= 500 || !bytes.Contains(r.body, []byte(`"zh"`)) {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
}

// A photo of 40 megapixels is taken, and neither unpacked nor copied around.
func TestLargePhoto(t *testing.T) {
	b := newBureau(t)
	photo := picture(t, 8000, 5000, "png")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	up := b.uploaded("photo.png", photo)
	runtime.ReadMemStats(&after)
	if up.status != http.StatusCreated || up.text("media_type") != "image/png" {
		t.Fatalf("%d %s", up.status, up.body)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 30<<20 { // unpacked it has 40 MB at least
		t.Errorf("a photo of 40 megapixels in %d kB took %d MB", len(photo)>>10, used>>20)
	}
}
