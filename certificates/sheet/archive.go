package sheet

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"hengjian/certificates/microfont"
)

// part is a part of ISO 19005 at conformance level B, and the version of PDF that it builds on.
type part struct {
	number  int
	version string
}

var (
	part1 = part{1, "1.4"} // has no files inside
	part3 = part{3, "1.7"} // allows files of every kind inside
)

const (
	creator  = "Hengjian"
	producer = "Hengjian sheet, gofpdf"
)

// archived makes a drawn file one that archives take: it says what it is in XMP, which colours it uses, and what the
// files inside are to it. gofpdf leaves all of this out or does it in a way that ISO 19005 does not allow.
func (d Document) archived(pdf []byte, sub *microfont.Subset, as part) ([]byte, error) {
	file, err := readDrawn(pdf)
	if err != nil {
		return nil, err
	}
	colours, err := packedProfile()
	if err != nil {
		return nil, err
	}
	for _, property := range []*string{&d.Title, &d.Author, &d.Subject} {
		*property = shortened(*property)
	}
	e := edit{version: as.version}
	add := func(object string) int {
		e.added = append(e.added, object)
		return len(file.offsets) + len(e.added) - 1
	}
	metadata := add(stream("/Type /Metadata /Subtype /XML", d.xmp(as))) // not packed, for programs that look for it
	profile := add(stream("/N 3 /Filter /FlateDecode", string(colours)))
	files, err := d.attach(add)
	if err != nil {
		return nil, err
	}
	fields, page, widgets, err := d.fields(file, add)
	if err != nil {
		return nil, err
	}
	e.objects = map[int]string{
		file.info: d.information(),
		file.root: fmt.Sprintf("<<\n/Type /Catalog\n/Pages 1 0 R\n/Lang (zh-CN)\n/ViewerPreferences <</DisplayDocTitle true%s>>\n"+
			"/Metadata %d 0 R\n/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (%s) "+
			"/DestOutputProfile %d 0 R>>]\n%s%s>>", d.scaling(), metadata, iccName, profile, files, fields),
	}
	if fields != "" {
		e.objects[page] = widgets
	}
	if err := file.replaceFont(e.objects, sub, as, add); err != nil {
		return nil, err
	}
	return file.rewrite(e)
}

// mostProperty is how many characters a property of the file has at most: a text in a file for archives has at most 32,767
// bytes (ISO 19005-3 6.1.13), and a conclusion can be longer. The pages have all of it.
const mostProperty = 2000

func shortened(s string) string {
	if runes := []rune(s); len(runes) > mostProperty {
		return string(runes[:mostProperty-1]) + "…"
	}
	return s
}

func packedStream(entries string, data []byte) (string, error) {
	packed, err := pack(data)
	if err != nil {
		return "", err
	}
	return stream(entries+" /Filter /FlateDecode", string(packed)), nil
}

// scaling asks programs that print not to fit the page to the paper, where it must be as large as it is.
func (d Document) scaling() string {
	if d.TrueSize {
		return " /PrintScaling /None"
	}
	return ""
}

func stream(entries, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", entries, len(data), data)
}

// hexText is a text as PDF holds it, in digits, so that nothing in it needs an escape.
func hexText(s string) string { return fmt.Sprintf("<%X>", utf16Text(s)) }

// date is a date as PDF holds it.
func date(t time.Time) string {
	zone := t.Format("-0700")
	return "(D:" + t.Format("20060102150405") + zone[:3] + "'" + zone[3:] + "')"
}

// information is the dictionary of the file's properties, which xmp says again.
func (d Document) information() string {
	var b strings.Builder
	b.WriteString("<<\n")
	for _, p := range []struct{ key, value string }{
		{"Title", d.Title}, {"Author", d.Author}, {"Subject", d.Subject}, {"Creator", creator}, {"Producer", producer},
	} {
		if p.value != "" {
			fmt.Fprintf(&b, "/%s %s\n", p.key, hexText(p.value))
		}
	}
	fmt.Fprintf(&b, "/CreationDate %s\n/ModDate %[1]s\n>>", date(d.Created))
	return b.String()
}

// xmp is the same properties in XMP (ISO 16684-1), with the claim to be made for archives.
func (d Document) xmp(as part) string {
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"` +
		` xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">` + "\n")
	for _, p := range []struct{ before, value, after string }{
		{"<pdfaid:part>", fmt.Sprint(as.number), "</pdfaid:part>"},
		{"<pdfaid:conformance>", "B", "</pdfaid:conformance>"},
		{`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">`, d.Title, "</rdf:li></rdf:Alt></dc:title>"},
		{"<dc:creator><rdf:Seq><rdf:li>", d.Author, "</rdf:li></rdf:Seq></dc:creator>"},
		{`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">`, d.Subject, "</rdf:li></rdf:Alt></dc:description>"},
		{"<xmp:CreatorTool>", creator, "</xmp:CreatorTool>"},
		{"<pdf:Producer>", producer, "</pdf:Producer>"},
		{"<xmp:CreateDate>", d.Created.Format(xmpDate), "</xmp:CreateDate>"},
		{"<xmp:ModifyDate>", d.Created.Format(xmpDate), "</xmp:ModifyDate>"},
	} {
		if p.value != "" {
			b.WriteString(p.before)
			_ = xml.EscapeText(&b, []byte(p.value)) // into memory, which does not fail
			b.WriteString(p.after + "\n")
		}
	}
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.String()
}

const xmpDate = "2006-01-02T15:04:05-07:00"
