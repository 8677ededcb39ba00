package pades

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// writer writes one update of a file: objects, a cross-reference table of them alone, and a trailer that refers to the
// table before.
type writer struct {
	revision
	out     []byte
	written []place
}

// place is where an object stands in the file.
type place struct{ number, at int }

func (w *writer) object(number int, text ...string) {
	w.written = append(w.written, place{number, w.end + len(w.out)})
	w.out = fmt.Appendf(w.out, "%d 0 obj\n", number)
	for _, t := range text {
		w.out = append(w.out, t...)
	}
	w.out = append(w.out, "\nendobj\n"...)
}

// finish writes the table and the trailer, and returns what the file is then. The update's part of the identifier is a
// hash of what is in it and of all before it.
func (w *writer) finish() revision {
	next := w.revision
	next.table = w.end + len(w.out)
	slices.SortFunc(w.written, func(a, b place) int { return a.number - b.number })
	w.out = append(w.out, "xref\n"...)
	for i := 0; i < len(w.written); {
		n := 1
		for i+n < len(w.written) && w.written[i+n].number == w.written[i].number+n {
			n++
		}
		w.out = fmt.Appendf(w.out, "%d %d\n", w.written[i].number, n)
		for _, p := range w.written[i : i+n] {
			w.out = append(w.out, entry(p.at)...)
			next.size = max(next.size, p.number+1)
		}
		i += n
	}
	sum := sha256.Sum256(append([]byte(w.last), w.out...))
	next.last = fmt.Sprintf("%X", sum[:16])
	w.out = fmt.Appendf(w.out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d\n/ID [<%s> <%s>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		next.size, next.root, next.info, w.table, next.id, next.last, next.table)
	next.end = w.end + len(w.out)
	return next
}

// span is where the digits of a signature stand in the file, with the brackets around them: all but this is signed.
type span struct{ from, to int }

func (s span) reserve() int { return (s.to - s.from - 2) / 2 }

const (
	signatureHead = "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:"
	byteRangeHead = " /ByteRange [0 "
	byteRangeSize = 3*10 + 2 // digits, and blanks between
	contentsHead  = "] /Contents "
	dateForm      = "20060102150405-0700"
)

// signature writes an update with a signature in a field, all but the signature itself, for which zeros stand.
func (r revision) signature(name string, c Claim, reserve int) ([]byte, span, revision, error) {
	i := r.field(name)
	if i < 0 || r.fields[i].signed {
		return nil, span{}, revision{}, errNoField.With(fmt.Errorf("field %q", name))
	}
	w := writer{revision: r}
	w.object(r.fields[i].number, strings.TrimSuffix(r.fields[i].text, ">>"), fmt.Sprintf(" /V %d 0 R>>", r.size))
	head := c.head()
	ranges := r.end + len(w.out) + len(fmt.Sprintf("%d 0 obj\n", r.size)) + len(head)
	digits := span{from: ranges + byteRangeSize + len(contentsHead)}
	digits.to = digits.from + 2*reserve + 2
	w.object(r.size, head, strings.Repeat(" ", byteRangeSize), contentsHead, "<", strings.Repeat("0", 2*reserve), ">>>")
	next := w.finish()
	copy(w.out[ranges-r.end:], fmt.Sprintf("%-10d %-10d %-10d", digits.from, digits.to, next.end-digits.to))
	next.fields = slices.Clone(r.fields)
	next.fields[i].signed = true
	return w.out, digits, next, nil
}

// head is the beginning of a signature's dictionary.
func (c Claim) head() string {
	var b strings.Builder
	b.WriteString(signatureHead + pdfDate(c.Time) + ")")
	for _, e := range []struct{ key, value string }{{"Name", c.Name}, {"Reason", c.Reason}, {"Location", c.Location}} {
		if e.value != "" {
			b.WriteString(" /" + e.key + " " + hexText(e.value))
		}
	}
	b.WriteString(byteRangeHead)
	return b.String()
}

// Validation is what is needed to validate the signatures in years, when those who issued it may be gone.
type Validation struct {
	Certificates []*x509.Certificate
	CRLs         []*x509.RevocationList
}

// validation writes an update with validation data, in place of any that were there.
func (r revision) validation(v Validation) ([]byte, revision) {
	w := writer{revision: r}
	w.object(r.root, strings.TrimSuffix(r.catalog, ">>"), fmt.Sprintf("/DSS %d 0 R\n>>", r.size))
	certificates, lists := r.size+1, r.size+1+len(v.Certificates)
	w.object(r.size, "<</Type /DSS /Certs [", references(certificates, len(v.Certificates)),
		"] /CRLs [", references(lists, len(v.CRLs)), "]>>")
	for i, c := range v.Certificates {
		w.object(certificates+i, streamHead(len(c.Raw)), string(c.Raw), "\nendstream")
	}
	for i, l := range v.CRLs {
		w.object(lists+i, streamHead(len(l.Raw)), string(l.Raw), "\nendstream")
	}
	next := w.finish()
	return w.out, next
}

func references(from, count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("%d 0 R", from+i)
	}
	return strings.Join(all, " ")
}

func streamHead(length int) string { return fmt.Sprintf("<</Length %d>>\nstream\n", length) }

// pdfDate is a time as PDF has it.
func pdfDate(t time.Time) string {
	zone := t.Format("-0700")
	return t.Format(dateForm[:14]) + zone[:3] + "'" + zone[3:] + "'"
}

// hexText is a text as PDF has it: UTF-16 in digits, with a mark in front.
func hexText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
