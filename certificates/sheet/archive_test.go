package sheet

import (
	"bytes"
	"compress/zlib"
	"crypto/md5" //nolint:gosec // what PDF has for a checksum
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// object is the text of an object in a finished file.
func object(t *testing.T, pdf []byte, number int) []byte {
	t.Helper()
	d, err := readDrawn(pdf)
	if err != nil || number < 1 || number >= len(d.offsets) {
		t.Fatalf("object %d: %v", number, err)
	}
	end := d.table
	for _, other := range d.offsets[1:] {
		if other > d.offsets[number] {
			end = min(end, other)
		}
	}
	return bytes.TrimSuffix(pdf[d.offsets[number]:end], []byte("\nendobj\n"))
}

// referred is the object that the first match of a pattern with a number refers to.
func referred(t *testing.T, pdf, in []byte, pattern string) []byte {
	t.Helper()
	found := regexp.MustCompile(pattern).FindSubmatch(in)
	if found == nil {
		t.Fatalf("%q lacks %s", in, pattern)
	}
	var n int
	if _, err := fmt.Sscan(string(found[1]), &n); err != nil {
		t.Fatal(err)
	}
	return object(t, pdf, n)
}

// data is what a stream holds, unpacked.
func data(t *testing.T, object []byte) []byte {
	t.Helper()
	entries, body, found := bytes.Cut(object, []byte("\nstream\n"))
	body, _, _ = bytes.Cut(body, []byte("\nendstream"))
	if !found || !bytes.Contains(entries, fmt.Appendf(nil, "/Length %d>>", len(body))) {
		t.Fatalf("%q is not the head of %d bytes", entries, len(body))
	}
	if !bytes.Contains(entries, []byte("/FlateDecode")) {
		return body
	}
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func withFiles(tb testing.TB) Document {
	d := document(tb)
	d.Title, d.Author = "检定证书 <𬭎> & (1)", "机构 & 所"
	d.Created = time.Date(2026, 3, 5, 8, 0, 0, 0, time.FixedZone("CST", 8*3600))
	d.Attachments = []Attachment{
		{Name: "proof.json", Description: "证明", MediaType: "application/json", Relationship: Supplement, Content: []byte(`{"b":2}`)},
		{Name: "content.json", Description: "内容", MediaType: "application/json", Relationship: Data, Content: bytes.Repeat([]byte(`{"a":1}`), 99)},
	}
	return d
}

func mustPDF(t *testing.T, d Document) []byte {
	t.Helper()
	pdf, err := d.PDF(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// catalog is the catalog, the information dictionary and the trailer of a file.
func catalog(t *testing.T, pdf []byte) (catalog, information, trailer []byte) {
	t.Helper()
	trailer = pdf[bytes.LastIndex(pdf, []byte("trailer\n")):]
	return referred(t, pdf, trailer, `/Root (\d+) 0 R`), referred(t, pdf, trailer, `/Info (\d+) 0 R`), trailer
}

// TestFileIsMarkedForArchives: header, identifiers, colours, and the XMP that says the same as the properties.
func TestFileIsMarkedForArchives(t *testing.T) {
	t.Parallel()
	pdf := mustPDF(t, withFiles(t))
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")) {
		t.Errorf("the file begins with %q", pdf[:20])
	}
	root, information, trailer := catalog(t, pdf)
	if bytes.Contains(root, []byte("/PrintScaling")) {
		t.Error("a document asks how it is printed, as only labels do")
	}
	ids := regexp.MustCompile(`/ID \[<([0-9A-F]{32})> <([0-9A-F]{32})>\]`).FindSubmatch(trailer)
	if ids == nil || !bytes.Equal(ids[1], ids[2]) {
		t.Errorf("the trailer is %q, want two equal identifiers", trailer)
	}
	if other := mustPDF(t, document(t)); ids != nil && bytes.Contains(other, ids[1]) {
		t.Error("two documents have the same identifier")
	}
	for _, want := range []string{"/Type /Catalog", "/Pages 1 0 R", "/Lang (zh-CN)",
		"/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) "} {
		if !bytes.Contains(root, []byte(want)) {
			t.Errorf("the catalog %q lacks %s", root, want)
		}
	}
	colours := referred(t, pdf, root, `/DestOutputProfile (\d+) 0 R`)
	if got := data(t, colours); !bytes.Contains(colours, []byte("/N 3 ")) || !bytes.Equal(got, profile()) {
		t.Errorf("%q holds %d bytes, want the profile of three colours", colours[:60], len(got))
	}
	metadata := referred(t, pdf, root, `/Metadata (\d+) 0 R`)
	if !bytes.Contains(metadata, []byte(" obj\n<</Type /Metadata /Subtype /XML /Length ")) {
		t.Errorf("the metadata begins with %.60q, want a plain stream", metadata)
	}
	wantSame(t, data(t, metadata), information)
}

// wantSame compares XMP with the information dictionary.
func wantSame(t *testing.T, metadata, information []byte) {
	t.Helper()
	var x struct {
		Part        int    `xml:"RDF>Description>part"`
		Conformance string `xml:"RDF>Description>conformance"`
		Title       string `xml:"RDF>Description>title>Alt>li"`
		Author      string `xml:"RDF>Description>creator>Seq>li"`
		Subject     string `xml:"RDF>Description>description>Alt>li"`
		Creator     string `xml:"RDF>Description>CreatorTool"`
		Producer    string `xml:"RDF>Description>Producer"`
		Created     string `xml:"RDF>Description>CreateDate"`
		Modified    string `xml:"RDF>Description>ModifyDate"`
	}
	if err := xml.Unmarshal(metadata, &x); err != nil {
		t.Fatalf("%s: %v", metadata, err)
	}
	if x.Part != 3 || x.Conformance != "B" {
		t.Errorf("the file claims part %d, level %q, want 3 and B", x.Part, x.Conformance)
	}
	for key, want := range map[string]string{
		"Title": x.Title, "Author": x.Author, "Subject": x.Subject, "Creator": x.Creator, "Producer": x.Producer,
	} {
		if got := property(t, information, key); got != want || got == "" {
			t.Errorf("%s is %q, and %q in XMP", key, got, want)
		}
	}
	if want := withFiles(t).Title; x.Title != want {
		t.Errorf("the title is %q, want %q", x.Title, want)
	}
	if x.Created != "2026-03-05T08:00:00+08:00" || x.Modified != x.Created {
		t.Errorf("created %s, changed %s", x.Created, x.Modified)
	}
	for _, want := range []string{"/CreationDate (D:20260305080000+08'00')", "/ModDate (D:20260305080000+08'00')"} {
		if !bytes.Contains(information, []byte(want)) {
			t.Errorf("%q lacks %s", information, want)
		}
	}
}

// A property that is longer than files for archives allow is cut off, in both places.
func TestLongPropertiesAreCutOff(t *testing.T) {
	t.Parallel()
	d := withFiles(t)
	d.Subject = strings.Repeat("𬭎", 20_000)
	pdf := mustPDF(t, d)
	root, information, _ := catalog(t, pdf)
	wantSame(t, data(t, referred(t, pdf, root, `/Metadata (\d+) 0 R`)), information)
	got := []rune(property(t, information, "Subject"))
	if len(got) != mostProperty || string(got[mostProperty-2:]) != "𬭎…" {
		t.Errorf("the subject has %d characters and ends with %q", len(got), string(got[max(0, len(got)-2):]))
	}
}

// property is a text in a dictionary.
func property(t *testing.T, dictionary []byte, key string) string {
	t.Helper()
	found := regexp.MustCompile(`/` + key + ` <FEFF([0-9A-F]*)>`).FindSubmatch(dictionary)
	if found == nil {
		t.Fatalf("%q lacks the text %s", dictionary, key)
	}
	raw, err := hex.DecodeString(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	var units []uint16
	for pair := range slices.Chunk(raw, 2) {
		units = append(units, uint16(pair[0])<<8|uint16(pair[1]))
	}
	return string(utf16.Decode(units))
}

// TestFilesInside: each attachment is listed by name, associated with the document, and described as it is.
func TestFilesInside(t *testing.T) {
	t.Parallel()
	d := withFiles(t)
	pdf := mustPDF(t, d)
	root, _, _ := catalog(t, pdf)
	for i, a := range []Attachment{d.Attachments[1], d.Attachments[0]} { // by name
		nth := strings.Repeat(`\d+ 0 R `, i)
		file := referred(t, pdf, root, `/AF \[`+nth+`(\d+) 0 R`)
		listed := referred(t, pdf, root, `/Names <</EmbeddedFiles <</Names \[.*\(`+regexp.QuoteMeta(a.Name)+`\) (\d+) 0 R`)
		if !bytes.Equal(file, listed) {
			t.Errorf("%s: associated is %q, listed %q", a.Name, file, listed)
		}
		for _, want := range []string{"/Type /Filespec", "/F (" + a.Name + ")", "/AFRelationship /" + string(a.Relationship)} {
			if !bytes.Contains(file, []byte(want)) {
				t.Errorf("%q lacks %s", file, want)
			}
		}
		if name, about := property(t, file, "UF"), property(t, file, "Desc"); name != a.Name || about != a.Description {
			t.Errorf("called %q, %q, want %q, %q", name, about, a.Name, a.Description)
		}
		content := referred(t, pdf, file, `/EF <</F (\d+) 0 R /UF \d+ 0 R>>`)
		if got := data(t, content); !bytes.Equal(got, a.Content) {
			t.Errorf("%s holds %q, want %q", a.Name, got, a.Content)
		}
		sum := md5.Sum(a.Content) //nolint:gosec // as above
		want := fmt.Sprintf("/Type /EmbeddedFile /Subtype /application#2Fjson /Params <</ModDate (D:20260305080000+08'00') /Size %d /CheckSum <%X>>>",
			len(a.Content), sum)
		if !bytes.Contains(content, []byte(want)) {
			t.Errorf("%q lacks %s", content, want)
		}
	}
	slices.Reverse(d.Attachments)
	if again := mustPDF(t, d); !bytes.Equal(again, pdf) {
		t.Error("the order in which attachments are given shows in the file")
	}
}

func TestNoFilesInside(t *testing.T) {
	t.Parallel()
	root, _, _ := catalog(t, mustPDF(t, document(t)))
	for _, empty := range []string{"/AF", "/Names", "/EmbeddedFiles"} {
		if bytes.Contains(root, []byte(empty)) {
			t.Errorf("the catalog %q of a document without attachments has %s", root, empty)
		}
	}
}

func TestAttachmentsAreRefused(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, change := range map[string]func(a *Attachment){
		"a name outside of ASCII":   func(a *Attachment) { a.Name = "内容.json" },
		"a name with a bracket":     func(a *Attachment) { a.Name = "a).json" },
		"a name that is there":      func(a *Attachment) { a.Name = "proof.json" },
		"no media type":             func(a *Attachment) { a.MediaType = "" },
		"a media type with a space": func(a *Attachment) { a.MediaType = "application/json /X" },
		"no relationship":           func(a *Attachment) { a.Relationship = "" },
	} {
		d := withFiles(t)
		change(&d.Attachments[1])
		if _, err := d.PDF(set); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
