package certificates

import (
	"context"
	"fmt"
	"slices"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/paper"
	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// Signing opens the keys that sign the files of documents; a bureau without any has none to open. It is asked for each
// file, so it remembers what it opened.
type Signing func() (*pades.Signers, error)

// Unsigned signs nothing.
func Unsigned() (*pades.Signers, error) { return new(pades.Signers), nil }

var errSigning = errs.New(errs.Unavailable, "signing_failed", "文书文件暂时无法签名，系统将自动重试",
	"the document's file cannot be signed at the moment; it is tried again")

// bearing says which signatures the file of a document bears. It is settled when the document is issued and stands in that
// event: whoever takes signatures off a file, or a program without the keys, cannot make it one that needs none.
type bearing struct {
	Fields []string `json:"fields" doc:"signature fields in the file, in the order in which they are signed"`
	Keys   []string `json:"keys,omitempty" doc:"of each field the key that signs it: SHA-256 of the public key, hexadecimal"`
	// Level: timestamps and validation data need no key of the bureau, so anybody could take them off or append some.
	Level  pades.Level `json:"level,omitempty" doc:"of the signatures (EN 319 142-1): B-B, B-T with timestamps, B-LT with validation data too"`
	SM2    bool        `json:"sm2" doc:"whether an SM2 signature of the content lies in the file"`
	SM2Key string      `json:"sm2_key,omitempty" doc:"the key of the SM2 signature, named in the same way"`
}

// key names the key that was settled for a field; empty when none was.
func (b bearing) key(field string) string {
	if i := slices.Index(b.Fields, field); i >= 0 && i < len(b.Keys) {
		return b.Keys[i]
	}
	return ""
}

func (b bearing) any() bool { return b.SM2 || len(b.Fields) > 0 }

// as compares what a file bears with what it is to bear.
func (b bearing) as(wanted bearing) error {
	for _, field := range wanted.Fields {
		if !slices.Contains(b.Fields, field) {
			return fault("signature_missing", "缺少签名："+field, "the signature of "+field+" is missing")
		}
	}
	switch {
	case wanted.SM2 && !b.SM2:
		return fault("signature_missing", "缺少国密SM2签名", "the SM2 signature is missing")
	case len(b.Fields) > len(wanted.Fields) || b.SM2 && !wanted.SM2:
		return fault("signature_unexpected", "文件附有签发时未定的签名", "the file bears a signature that was not settled at its issue")
	}
	return nil
}

// ofLevel refuses a signature with less to validate it than was settled, or with more.
func (b bearing) ofLevel(level pades.Level) error {
	if b.Level == "" || b.Level == level { // an early event tells none
		return nil
	}
	return fault("signature_level", fmt.Sprintf("签名为%s级，签发时所定为%s级", level, b.Level),
		fmt.Sprintf("the signature is of level %s, and %s was settled at the issue", level, b.Level))
}

// settled refuses a signature by another key than was settled at the issue, as anybody can make one under any name. A key
// may have been renewed until the file was made: then a certificate from a trusted authority is wanted.
func settled(s cms.Signer, key string) error {
	if key == "" || s.Trusted || cms.KeyID(s.Certificate()) == key {
		return nil
	}
	return fault("signature_key", "签名所用的密钥不是签发时所定的，且其证书未与根证书核对（--roots）",
		"the signature is by another key than was settled at the issue, and its certificate was not held against any root (--roots)")
}

// bearingOf is what a document that is issued now is to bear.
func (s *Service) bearingOf(ctx context.Context, q database.Queryer, c paper.Content) (bearing, error) {
	signers, err := s.signing()
	if err != nil {
		return bearing{}, errSigning.With(err)
	}
	people, err := signatories(ctx, q, c)
	if err != nil {
		return bearing{}, err
	}
	return bearingBy(signers, people), nil
}

func bearingBy(signers *pades.Signers, people []pades.Signatory) bearing {
	b := bearing{Fields: signers.Fields(people...), SM2: signers.SignsContent(), SM2Key: signers.ContentKey()}
	for _, field := range b.Fields {
		b.Keys = append(b.Keys, signers.Key(field, people...))
	}
	if len(b.Fields) > 0 {
		b.Level = signers.Level()
	}
	return b
}

// signatories are those who signed a document in the system, in their order, each with the field for it in the file.
func signatories(ctx context.Context, q database.Queryer, c paper.Content) ([]pades.Signatory, error) {
	signed := paper.Signatories(c)
	ids := make([]string, len(signed))
	for i, one := range signed {
		ids[i] = one.PersonID
	}
	logins, err := selectLogins(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	all := make([]pades.Signatory, len(signed))
	for i, one := range signed {
		all[i] = pades.Signatory{Field: one.Field, Person: logins[one.PersonID], Name: one.Name, Reason: one.Reason}
	}
	return all, nil
}
