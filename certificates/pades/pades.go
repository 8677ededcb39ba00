// Package pades signs the PDFs that certificates/sheet draws, as ETSI EN 319 142-1 wants it (PAdES B-B, B-T and B-LT),
// and reads such files back strictly. A signature fills in a field that stands in the drawn file; each is one update
// appended to the file, and so are the data to validate them by in years. Every update is byte for byte what this
// package writes of the values in it, and what is not is refused: nothing but signatures and validation data can be
// appended to a document. Read file.go first, then update.go and read.go; signers.go is how a bureau's keys are set up.
package pades

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hengjian/certificates/pades/cms"
	"hengjian/internal/errs"
)

var (
	errForm = errs.New(errs.Invalid, "pdf_form", "文件不是本系统签发的形式，或签发后附加了不属于签名的内容",
		"the file is not of the form in which documents are issued, or something other than signatures was appended")
	errNoField = errs.New(errs.Invalid, "signature_field", "文件中没有可供签名的该签名域",
		"the file has no such signature field that is not signed yet")
	errReserve = errs.New(errs.Internal, "signature_size", "签名数据超出预留的空间", "the signature is larger than the space kept for it")
	errClaim   = errs.New(errs.Invalid, "signature_claim", "签名说明有误：不得超过 200 个字符，且须有时间",
		"what a signature says must be text of at most 200 characters, with a time")
)

// Claim is what a signature says beside itself. Nobody vouches for it but the signer.
type Claim struct {
	Time     time.Time // to the second
	Name     string    // of the signer; the following may be empty
	Reason   string
	Location string
}

const maxClaim = 200 // characters

func (c Claim) check() error {
	if c.Time.IsZero() || c.Time.Year() < 1 || c.Time.Year() > 9999 {
		return errClaim
	}
	for _, s := range []string{c.Name, c.Reason, c.Location} {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxClaim {
			return errClaim
		}
	}
	return nil
}

// Sign signs a file in one of its fields and returns the longer file.
func Sign(ctx context.Context, pdf []byte, field string, c Claim, by *cms.Standard) ([]byte, error) {
	f, err := Read(pdf)
	if err != nil {
		return nil, err
	}
	if err := f.sign(ctx, field, c, by); err != nil {
		return nil, err
	}
	return f.data, nil
}

// sign appends a signature.
func (f *File) sign(ctx context.Context, field string, c Claim, by *cms.Standard) error {
	if err := c.check(); err != nil {
		return err
	}
	update, contents, next, err := f.last.signature(field, c, by.Reserve())
	if err != nil {
		return err
	}
	f.data = append(slices.Clip(f.data), update...) // never into the caller's bytes
	s := Signature{Field: field, Claim: c, contents: contents, end: next.end}
	if s.cms, err = by.Sign(ctx, s.signed(f.data)); err != nil {
		return fmt.Errorf("field %s: %w", field, err)
	}
	if len(s.cms) > contents.reserve() {
		return errReserve.With(fmt.Errorf("field %s: %d of %d bytes", field, len(s.cms), contents.reserve()))
	}
	copy(f.data[contents.from+1:], strings.ToUpper(hex.EncodeToString(s.cms)))
	f.last = next
	f.Signatures = append(f.Signatures, s)
	return nil
}
