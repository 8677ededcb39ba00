package pades

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
)

// revision is what must be known of a file so far in order to append to it.
type revision struct {
	end        int    // where it ends
	table      int    // where its cross-reference table stands
	size       int    // the first number of an object that is not taken
	root, info int    // numbers of the catalog and of the information dictionary
	id, last   string // of the file, and of this revision of it, as in the trailer
	catalog    string // as drawn, without what was appended
	fields     []field
}

// field is a signature field.
type field struct {
	name   string
	number int
	text   string // as drawn
	signed bool
}

var fieldText = regexp.MustCompile(`^<</Type /Annot /Subtype /Widget /FT /Sig /T \(([a-z][a-z0-9_]{0,31})\) /F 132 ` +
	`/Rect \[0 0 0 0\] /P \d{1,9} 0 R /AP <</N \d{1,9} 0 R>>>>$`)

const (
	maxFields  = 16
	maxSize    = 1 << 28 // bytes of a file
	startMark  = "\nstartxref\n"
	endMark    = "\n%%EOF\n"
	trailerFmt = "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%s> <%s>]\n>>\nstartxref\n%d\n%%%%EOF\n"
)

// readBase reads the drawn file at the beginning of a file.
func readBase(pdf []byte) (revision, error) {
	if len(pdf) > maxSize {
		return revision{}, errForm.With(fmt.Errorf("%d bytes", len(pdf)))
	}
	r, found := findEnd(pdf)
	if !found {
		return revision{}, errForm
	}
	s := scanner{data: pdf[:r.end], at: r.table}
	s.literal("xref\n0 ")
	r.size = s.number()
	s.literal("\n")
	entries := s.at
	s.skip(r.size * len(entry(0)))
	trailer := s.at
	s.literal("trailer\n<<\n/Size ")
	s.number()
	s.literal("\n/Root ")
	r.root = s.number()
	s.literal(" 0 R\n/Info ")
	r.info = s.number()
	s.literal(" 0 R\n/ID [<")
	r.id = string(s.until("> <", 64))
	r.last = r.id
	if s.bad || string(pdf[trailer:r.end]) != fmt.Sprintf(trailerFmt, r.size, r.root, r.info, r.id, r.id, r.table) {
		return revision{}, errForm
	}
	o := objects{data: pdf[:r.table], entries: pdf[entries:trailer], size: r.size}
	if r.catalog = o.text(r.root); r.catalog == "" {
		return revision{}, errForm
	}
	return r, r.readFields(o)
}

// findEnd finds the first end of a file in the bytes.
func findEnd(pdf []byte) (revision, bool) {
	for from := 0; ; {
		i := bytes.Index(pdf[from:], []byte(startMark))
		if i < 0 {
			return revision{}, false
		}
		s := scanner{data: pdf, at: from + i + len(startMark)}
		table := s.number()
		s.literal(endMark)
		if !s.bad && table < from+i {
			return revision{end: s.at, table: table}, true
		}
		from += i + len(startMark)
	}
}

// readFields reads the fields that the catalog names; a file may have none.
func (r *revision) readFields(o objects) error {
	const head = "\n/AcroForm <</Fields ["
	i := bytes.Index([]byte(r.catalog), []byte(head))
	if i < 0 {
		return nil
	}
	s := scanner{data: []byte(r.catalog), at: i + len(head)}
	for more := true; more; more = s.next(" ") {
		number := s.number()
		s.literal(" 0 R")
		text := o.text(number)
		parsed := fieldText.FindStringSubmatch(text)
		if s.bad || parsed == nil || len(r.fields) == maxFields || r.field(parsed[1]) >= 0 {
			return errForm
		}
		r.fields = append(r.fields, field{name: parsed[1], number: number, text: text})
	}
	s.literal("] /SigFlags 3>>\n")
	if s.bad {
		return errForm
	}
	return nil
}

// field is the place of a field among them, or -1.
func (r *revision) field(name string) int {
	return slices.IndexFunc(r.fields, func(f field) bool { return f.name == name })
}

// objects finds objects in a drawn file by its cross-reference table.
type objects struct {
	data    []byte // without the table
	entries []byte
	size    int
}

// text is what an object says, or nothing when there is no such object.
func (o objects) text(number int) string {
	if number < 1 || number >= o.size {
		return ""
	}
	width := len(entry(0))
	s := scanner{data: o.entries, at: number * width}
	at := s.number()
	s.literal(" 00000 n \n")
	if s.bad || s.at != (number+1)*width || at >= len(o.data) {
		return ""
	}
	s = scanner{data: o.data, at: at}
	s.literal(fmt.Sprintf("%d 0 obj\n", number))
	text := s.until("\nendobj\n", 1<<16)
	if s.bad {
		return ""
	}
	return string(text)
}

// entry is a line of a cross-reference table.
func entry(at int) string { return fmt.Sprintf("%010d 00000 n \n", at) }
