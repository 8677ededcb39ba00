package certificates

import (
	"context"

	"hengjian/certificates/pades"
	"hengjian/certificates/paper"
	"hengjian/internal/errs"
)

// Signing opens the keys that sign the files of documents; a bureau without any has none to open. It is asked for each
// file, so it remembers what it opened.
type Signing func() (*pades.Signers, error)

// Unsigned signs nothing.
func Unsigned() (*pades.Signers, error) { return new(pades.Signers), nil }

var errSigning = errs.New(errs.Unavailable, "signing_failed", "文书文件暂时无法签名，系统将自动重试",
	"the document's file cannot be signed at the moment; it is tried again")

// signatories are those who signed a document in the system, in their order, each with the field for it in the file.
func (s *Service) signatories(ctx context.Context, c paper.Content) ([]pades.Signatory, error) {
	signed := signaturesOf(c)
	ids := make([]string, len(signed))
	for i, one := range signed {
		ids[i] = one.by.PersonID
	}
	logins, err := selectLogins(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	all := make([]pades.Signatory, len(signed))
	for i, one := range signed {
		all[i] = pades.Signatory{Field: one.field, Person: logins[one.by.PersonID], Name: one.by.Name, Reason: one.meaning}
	}
	return all, nil
}

// signature is one of those that a document names.
type signature struct {
	field, meaning string
	by             paper.Signature
}

func signaturesOf(c paper.Content) []signature {
	switch c := c.(type) {
	case paper.ReportContent:
		return []signature{
			{"inspector", "主检 inspected", c.Signatures.Inspector}, {"reviewer", "审核 reviewed", c.Signatures.Reviewer},
			{"approver", "批准 approved", c.Signatures.Approver},
		}
	case paper.VerificationContent:
		return []signature{
			{"verifier", "检定 verified", c.Signatures.Verifier}, {"checker", "核验 checked", c.Signatures.Checker},
			{"approver", "批准 approved", c.Signatures.Approver},
		}
	}
	return nil
}
