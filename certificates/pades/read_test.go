package pades

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/pades/padestest"
	"hengjian/internal/errs"
)

// code is the code of a refusal.
func code(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Code
	}
	return ""
}

func mustRead(tb testing.TB, pdf []byte) *File {
	tb.Helper()
	f, err := Read(pdf)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestWhatWasSignedIsReadBack(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	base := drawn(t, allFields...)
	pdf := mustSign(t, base, "inspector", b.signer(t, padestest.Request{Name: "inspector"}))
	first := len(pdf)
	pdf = mustSign(t, pdf, "seal", b.signer(t, padestest.Request{Name: "seal", Key: padestest.RSA(t)}))
	f, err := Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Base, base) || strings.Join(f.Fields(), " ") != strings.Join(allFields, " ") || f.Validation != nil {
		t.Errorf("base of %d bytes, want %d; fields %v", len(f.Base), len(base), f.Fields())
	}
	verified := f.Verify(b.trust)
	if len(verified) != 2 {
		t.Fatalf("%d signatures", len(verified))
	}
	for i, want := range []string{"inspector", "seal"} {
		v := verified[i]
		if v.Fault != nil || v.Field != want || v.Level != LevelB || !v.Signer.Trusted || v.Signer.Certificate().Subject.CommonName != want ||
			!v.Claim.Time.Equal(at) || v.Claim.Name != "张三（"+want+"）" || v.Claim.Reason != "批准" || v.Claim.Location != "济南" {
			t.Errorf("%s: %+v", want, v)
		}
	}
	if end := verified[0].end; end != first {
		t.Errorf("the first signature ends at %d, want %d", end, first)
	}
	changed := bytes.Clone(pdf)
	changed[len(base)/2] ^= 1
	if f, err = Read(changed); err != nil {
		t.Fatal(err)
	}
	for _, v := range f.Verify(b.trust) {
		if code(v.Fault) != "signature_changed" {
			t.Errorf("one byte changed, %s: %v", v.Field, v.Fault)
		}
	}
}

// TestFileInsideThatLooksLikeAnEnd: where the drawn file ends is not to be mistaken, whatever is attached to it.
func TestFileInsideThatLooksLikeAnEnd(t *testing.T) {
	t.Parallel()
	const end = "\nstartxref\n100\n%%EOF\n"
	noise := incompressible(1 << 17) // is attached as it is
	pdf := drawnWith(t, slices.Concat(noise[:1<<16], []byte(end), noise[1<<16:]), "seal")
	if !bytes.Contains(pdf, []byte(end)) {
		t.Fatal("the text was packed")
	}
	if f := mustRead(t, pdf); len(f.Base) != len(pdf) {
		t.Errorf("a base of %d bytes, want %d", len(f.Base), len(pdf))
	}
}

func TestOnlyFieldsThatAreThereAreSigned(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	by := b.signer(t, padestest.Request{})
	claim := Claim{Time: at}
	pdf := drawn(t, "seal")
	signed := mustSign(t, pdf, "seal", by)
	for name, tc := range map[string]struct {
		pdf   []byte
		field string
		claim Claim
		want  string
	}{
		"no such field":   {pdf, "inspector", claim, "signature_field"},
		"signed already":  {signed, "seal", claim, "signature_field"},
		"no fields":       {drawn(t), "seal", claim, "signature_field"},
		"no time":         {pdf, "seal", Claim{}, "signature_claim"},
		"long reason":     {pdf, "seal", Claim{Time: at, Reason: strings.Repeat("长", 201)}, "signature_claim"},
		"no text":         {pdf, "seal", Claim{Time: at, Name: "\xff"}, "signature_claim"},
		"no PDF":          {[]byte("%PDF-1.7\n"), "seal", claim, "pdf_form"},
		"nothing":         {nil, "seal", claim, "pdf_form"},
		"cut off":         {signed[:len(signed)-1], "seal", claim, "pdf_form"},
		"something after": {append(bytes.Clone(pdf), '\n'), "seal", claim, "pdf_form"},
	} {
		if _, err := Sign(t.Context(), tc.pdf, tc.field, tc.claim, by); code(err) != tc.want {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	if f, err := Read(drawn(t)); err != nil || len(f.Fields()) != 0 {
		t.Errorf("a file without fields: %v, %v", f, err)
	}
}

// TestSigningLeavesTheCallersBytesAlone: also those behind the file, where it is part of something larger.
func TestSigningLeavesTheCallersBytesAlone(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	pdf := drawn(t, "seal")
	larger := append(slices.Grow(bytes.Clone(pdf), 1<<17), "what stands behind"...)
	before := bytes.Clone(larger)
	mustSign(t, larger[:len(pdf)], "seal", b.signer(t, padestest.Request{}))
	if !bytes.Equal(larger, before) {
		t.Error("signing wrote into the bytes it was given")
	}
}

// TestNothingIsHiddenInAnUpdate tries what attacks on signed PDFs append or put in between (shadow attacks, incremental
// saving): each is refused, though the signature itself is in order.
func TestNothingIsHiddenInAnUpdate(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	base := drawn(t, "inspector", "seal")
	by := b.signer(t, padestest.Request{})
	pdf := mustSign(t, base, "inspector", by)
	last := func(s string) string { return fmt.Sprint(strings.LastIndex(s, "xref\n0 ")) }
	update := func(objects string, prev string) string {
		return objects + "xref\n4 1\n0000000100 00000 n \ntrailer\n<<\n/Size 60\n/Root 1 0 R\n/Prev " + prev + ">>\nstartxref\n0\n%%EOF\n"
	}
	replaced := func(old, new string) []byte {
		if strings.Count(string(pdf[len(base):]), old) == 0 {
			t.Fatalf("%q is not in the update", old)
		}
		return append(bytes.Clone(base), strings.Replace(string(pdf[len(base):]), old, new, 1)...)
	}
	count := mustRead(t, base).last.size
	size, otherSize := fmt.Sprintf("/Size %d\n", count), fmt.Sprintf("/Size %d\n", count+1)
	// the signature is made anew over the changed update, so that it is in order
	resigned := func(insert string) []byte {
		f := mustRead(t, base)
		changed, contents, next, err := f.last.signature("inspector", Claim{Time: at}, by.Reserve())
		if err != nil {
			t.Fatal(err)
		}
		out := append(bytes.Clone(base), strings.Replace(string(changed), "xref\n", insert+"xref\n", 1)...)
		s := Signature{contents: contents, end: next.end + len(insert)}
		der, err := by.Sign(t.Context(), s.signed(out))
		if err != nil {
			t.Fatal(err)
		}
		copy(out[contents.from+1:], strings.ToUpper(hex.EncodeToString(der)))
		return out
	}
	if _, err := Read(resigned("")); err != nil {
		t.Fatal(err)
	}
	lower := bytes.Clone(pdf)
	digits := lower[bytes.Index(lower, []byte("/Contents <"))+len("/Contents <"):][:200]
	copy(digits, bytes.ToLower(digits))
	for name, attack := range map[string][]byte{
		"another page content":     append(bytes.Clone(pdf), update("4 0 obj\n<</Length 1>>\nstream\nx\nendstream\nendobj\n", last(string(pdf)))...),
		"the same, signed over":    resigned("4 0 obj\n<</Length 1>>\nstream\nx\nendstream\nendobj\n"),
		"a comment, signed over":   resigned("% comment\n"),
		"something behind":         append(bytes.Clone(pdf), "% comment"...),
		"the base once more":       append(bytes.Clone(pdf), base...),
		"another reason":           replaced("/Reason <FEFF", "/Reason <FEFF0041"),
		"another key":              replaced("/Type /Sig", "/Type /Sig /Lock 1 0 R"),
		"another range":            replaced("/ByteRange [0 ", "/ByteRange [1 "),
		"lower case":               lower,
		"a blank among the digits": replaced("/Contents <30", "/Contents <3 0"),
		"another place":            replaced(" 00000 n \n", " 00001 n \n"),
		"another name":             replaced("/Root ", "/Root 0"),
		"a shown field":            replaced("/Rect [0 0 0 0]", "/Rect [0 0 9 9]"),
		"another size in the base": bytes.Replace(base, []byte(size), []byte(otherSize), 1),
		"an update in between":     append(append(bytes.Clone(base), update("", last(string(base)))...), pdf[len(base):]...),
		"signed twice":             append(bytes.Clone(pdf), pdf[len(base):]...),
	} {
		if f, err := Read(attack); code(err) != "pdf_form" && code(err) != "signature_field" {
			t.Errorf("%s: %v, %v", name, f != nil, err)
		}
	}
	long, contents, next, err := mustRead(t, base).last.signature("inspector", Claim{Time: at, Reason: strings.Repeat("长", 201)}, by.Reserve())
	if err != nil {
		t.Fatal(err)
	}
	if der, err := by.Sign(t.Context(), Signature{contents: contents, end: next.end}.signed(append(bytes.Clone(base), long...))); err != nil {
		t.Fatal(err)
	} else {
		copy(long[contents.from+1-len(base):], strings.ToUpper(hex.EncodeToString(der)))
	}
	if _, err := Read(append(bytes.Clone(base), long...)); code(err) != "signature_claim" {
		t.Errorf("a reason too long: %v", err)
	}
	// what stands behind the signature in the space kept for it
	from := bytes.Index(pdf, []byte("00>>>\nendobj\n"))
	if from < 0 {
		t.Fatal("no space is kept")
	}
	hidden := bytes.Clone(pdf)
	hidden[from] = '1'
	if _, err := Read(hidden); code(err) != "pdf_form" {
		t.Errorf("something behind the signature: %v", err)
	}
}

// TestValidationDataAreReadStrictly: nothing else stands in their update.
func TestValidationDataAreReadStrictly(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	base := mustSign(t, drawn(t, "seal"), "seal", b.signer(t, padestest.Request{}))
	update, _ := mustRead(t, base).last.validation(Validation{Certificates: b.signer(t, padestest.Request{}).Chain})
	read := func(old, new string) error {
		_, err := Read(append(bytes.Clone(base), strings.Replace(string(update), old, new, 1)...))
		return err
	}
	if err := read("", ""); err != nil {
		t.Fatal(err)
	}
	twice := append(append(bytes.Clone(base), update...), update...)
	once := mustRead(t, twice[:len(base)+len(update)])
	again, _ := once.last.validation(*once.Validation)
	if _, err := Read(append(twice[:len(base)+len(update)], again...)); code(err) != "pdf_form" {
		t.Errorf("validation data twice: %v", err)
	}
	for name, change := range map[string][2]string{
		"another page tree": {"/Pages 1 0 R", "/Pages 9 0 R"}, "an action": {"\n/DSS ", "\n/OpenAction 1 0 R\n/DSS "}, "a comment": {"xref\n", "%\nxref\n"},
		"an object more": {"xref\n", "99 0 obj\nnull\nendobj\nxref\n"}, "another place": {" 00000 n \n", " 00001 n \n"}, "no certificate": {"\nstream\n\x30", "\nstream\n\x31"},
	} {
		if err := read(change[0], change[1]); code(err) != "pdf_form" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzRead: whatever is appended to a drawn file is refused or is signatures, and nothing panics.
func FuzzRead(f *testing.F) {
	b := newBureau(f)
	base := drawn(f, "inspector", "seal")
	pdf := mustSign(f, base, "inspector", b.signer(f, padestest.Request{}))
	update, _ := mustRead(f, pdf).last.validation(Validation{Certificates: b.signer(f, padestest.Request{}).Chain})
	f.Add([]byte{}, true)
	f.Add(pdf[len(base):], true)
	f.Add(append(bytes.Clone(pdf[len(base):]), update...), true)
	f.Add(base[max(0, len(base)-4000):], false)
	f.Fuzz(func(t *testing.T, data []byte, appended bool) {
		if appended {
			data = append(bytes.Clone(base), data...)
		}
		file, err := Read(data)
		if err != nil {
			return
		}
		for _, v := range file.Verify(b.trust) {
			if v.Fault == nil && !v.Signer.Trusted {
				t.Error("a signature by somebody unknown")
			}
		}
	})
}

// TestSignatureThatDoesNotFit: a timestamp authority with a very large chain is an error, and nothing is cut off.
func TestSignatureThatDoesNotFit(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	issuer := padestest.NewRoot(t, "time")
	root := issuer.Certificate
	for range 6 {
		issuer = issuer.Below(t, strings.Repeat("t", 1500))
	}
	tsa := issuer.Issue(t, padestest.Request{For: []asn1.ObjectIdentifier{padestest.ForStamps}})
	by := b.signer(t, padestest.Request{})
	by.Stamper = padestest.Stamper(padestest.NewStamper(t, tsa, at, nil), root)
	if _, err := Sign(t.Context(), drawn(t, "seal"), "seal", Claim{Time: at}, by); code(err) != "signature_size" {
		t.Errorf("%v", err)
	}
}

// TestSpaceForASignature: the space that is kept is enough, and not much more.
func TestSpaceForASignature(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	by := b.signer(t, padestest.Request{Key: padestest.RSA(t)})
	signature, err := by.Sign(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if len(signature) > by.Reserve() || by.Reserve() > len(signature)+2048 {
		t.Errorf("%d bytes are kept for a signature of %d", by.Reserve(), len(signature))
	}
}
