package pades

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"hengjian/certificates/pades/cms"
)

// File is a drawn document with the signatures that were appended to it.
type File struct {
	Base       []byte // the drawn document without what was appended; whether it is ours is for the caller to see
	Signatures []Signature
	Validation *Validation // nil where none was appended
	data       []byte
	last       revision
}

// Signature is one signature in a file. It covers all of the file up to its own end, but for itself.
type Signature struct {
	Field    string
	Claim    Claim
	cms      []byte
	contents span
	end      int
}

// Read reads a file as the sheet package draws it and Sign signs it. It says nothing yet of who signed: see Verify.
// Whatever was appended in another form, or holds anything else, is errs.Invalid.
func Read(pdf []byte) (*File, error) {
	r, err := readBase(pdf)
	if err != nil {
		return nil, err
	}
	f := &File{Base: pdf[:r.end], data: pdf, last: r}
	for f.last.end < len(pdf) { // at most once for each field, and for validation data
		if err := f.readUpdate(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Fields are the names of the signature fields, whether they are signed or not.
func (f *File) Fields() []string {
	var names []string
	for _, fd := range f.last.fields {
		names = append(names, fd.name)
	}
	return names
}

// readUpdate reads the next update and moves past it.
func (f *File) readUpdate() error {
	s := scanner{data: f.data, at: f.last.end}
	number := s.number()
	s.literal(" 0 obj\n")
	if s.bad || f.Validation != nil { // which come last, once
		return errForm
	}
	if number == f.last.root && len(f.Signatures) > 0 { // else there is nothing to validate
		return f.readValidation(s)
	}
	i := slices.IndexFunc(f.last.fields, func(fd field) bool { return fd.number == number })
	if i < 0 {
		return errForm
	}
	return f.readSignature(s, f.last.fields[i])
}

// readSignature reads the values of a signature's update and sees that the update is what is written of them.
func (f *File) readSignature(s scanner, fd field) error {
	s.literal(strings.TrimSuffix(fd.text, ">>") + " /V ")
	s.number()
	s.literal(" 0 R>>\nendobj\n")
	s.number()
	s.literal(" 0 obj\n" + signatureHead)
	claim := s.claim()
	s.literal(byteRangeHead)
	s.skip(byteRangeSize)
	s.literal(contentsHead + "<")
	digits := s.until(">", 2*cms.MaxSize)
	if s.bad {
		return errForm
	}
	update, contents, next, err := f.last.signature(fd.name, claim, len(digits)/2)
	if err != nil {
		return err
	}
	der := make([]byte, len(digits)/2)
	if _, err := hex.Decode(der, digits); err != nil {
		return errForm
	}
	if err := claim.check(); err != nil {
		return err
	}
	var value asn1.RawValue
	rest, err := asn1.Unmarshal(der, &value)
	if err != nil || len(bytes.Trim(rest, "\x00")) > 0 {
		return errForm
	}
	copy(update[contents.from+1-f.last.end:], strings.ToUpper(hex.EncodeToString(der)))
	if !bytes.HasPrefix(f.data[f.last.end:], update) {
		return errForm
	}
	f.Signatures = append(f.Signatures, Signature{
		Field: fd.name, Claim: claim, cms: value.FullBytes, contents: contents, end: next.end,
	})
	f.last = next
	return nil
}

// claim reads what a signature says, up to where its range of bytes stands.
func (s *scanner) claim() Claim {
	var c Claim
	date := string(s.until(")", len("20060102150405-07'00'")))
	at, err := time.Parse(dateForm, strings.ReplaceAll(date, "'", ""))
	if err != nil {
		s.bad = true
	}
	c.Time = at
	for _, e := range []struct {
		key   string
		value *string
	}{{"Name", &c.Name}, {"Reason", &c.Reason}, {"Location", &c.Location}} {
		if s.next(" /" + e.key + " <FEFF") {
			*e.value = fromHexText(s.until(">", 8*maxClaim))
		}
	}
	return c
}

// fromHexText is the text of its digits; what is no text is not written back the same.
func fromHexText(digits []byte) string {
	raw := make([]byte, len(digits)/2)
	if _, err := hex.Decode(raw, digits[:2*len(raw)]); err != nil {
		return ""
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}

// readValidation reads an update with validation data and sees that it is what is written of them.
func (f *File) readValidation(s scanner) error {
	s.literal(strings.TrimSuffix(f.last.catalog, ">>") + "/DSS ")
	s.number()
	s.literal(" 0 R\n>>\nendobj\n")
	s.number()
	s.literal(" 0 obj\n<</Type /DSS /Certs [")
	const maxReferences = 1 << 12 // bytes
	certificates := bytes.Count(s.until("] /CRLs [", maxReferences), []byte("R"))
	lists := bytes.Count(s.until("]>>\nendobj\n", maxReferences), []byte("R"))
	var v Validation
	for range certificates {
		c, err := x509.ParseCertificate(s.stream())
		if err != nil {
			return errForm.With(err)
		}
		v.Certificates = append(v.Certificates, c)
	}
	for range lists {
		l, err := x509.ParseRevocationList(s.stream())
		if err != nil {
			return errForm.With(err)
		}
		v.CRLs = append(v.CRLs, l)
	}
	if s.bad {
		return errForm
	}
	update, next := f.last.validation(v)
	if !bytes.HasPrefix(f.data[f.last.end:], update) {
		return errForm
	}
	f.Validation, f.last = &v, next
	return nil
}

// stream reads an object that is a stream.
func (s *scanner) stream() []byte {
	s.number()
	s.literal(" 0 obj\n<</Length ")
	length := s.number()
	s.literal(">>\nstream\n")
	data := s.skip(length)
	s.literal("\nendstream\nendobj\n")
	return data
}

// signed is what a signature is of: two pieces of the file in one.
func (s Signature) signed(data []byte) []byte {
	out := make([]byte, 0, s.end-(s.contents.to-s.contents.from))
	return append(append(out, data[:s.contents.from]...), data[s.contents.to:s.end]...)
}
