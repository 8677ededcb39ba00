package pades

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"hengjian/certificates/pades/cms"
	"hengjian/internal/errs"
)

// Level is how long a signature can be validated (EN 319 142-1).
type Level string

// The levels.
const (
	LevelB  Level = "B-B"  // as long as the certificates are valid
	LevelT  Level = "B-T"  // and then as long as those of the timestamp authority are
	LevelLT Level = "B-LT" // and also without those who issued them
)

// Verified is what a signature turned out to be.
type Verified struct {
	Signature
	Signer cms.Signer // as far as it could be read
	Level  Level
	Fault  error // why it is not to be believed; nil when it is
}

var errIncomplete = errs.New(errs.Invalid, "validation_incomplete", "长期验证数据不全，或不是这一签名的",
	"the validation data in the file are incomplete, or not of this signature")

// Verify says of each signature who made it, and whether to believe it. Lists of revoked certificates in the file count;
// they must say of all certificates that they were not revoked.
func (f *File) Verify(t cms.Trust) []Verified {
	scheme := &cms.Standard{Trust: t}
	all := make([]Verified, 0, len(f.Signatures))
	for _, s := range f.Signatures {
		v := Verified{Signature: s, Level: LevelB}
		v.Signer, v.Fault = scheme.Verify(s.signed(f.data), s.cms)
		if v.Fault == nil {
			v.Fault = f.validate(&v, t)
		}
		all = append(all, v)
	}
	return all
}

// validate looks at the file's validation data for one signature.
func (f *File) validate(v *Verified, t cms.Trust) error {
	chains := [][]*x509.Certificate{f.chain(v.Signer.Chain, t.Roots)}
	at := t.Now()
	if stamp := v.Signer.Stamp; stamp != nil {
		v.Level = LevelT
		chains = append(chains, f.chain(stamp.Chain, t.Stampers))
		if stamp.Trusted {
			at = stamp.Time
		}
	}
	if f.Validation == nil {
		return nil
	}
	complete := v.Signer.Stamp != nil
	for i, chain := range chains {
		by := at
		if i > 0 {
			by = t.Now() // a timestamp is only worth what its authority is worth today
		}
		known, err := f.Validation.notRevoked(chain, by)
		if err != nil {
			return err
		}
		complete = complete && known
	}
	if !complete {
		return errIncomplete
	}
	v.Level = LevelLT
	return nil
}

// chain is the way from the first of the certificates to a root.
func (f *File) chain(certificates, roots []*x509.Certificate) []*x509.Certificate {
	among := slices.Concat(certificates[1:], roots)
	if f.Validation != nil {
		among = append(among, f.Validation.Certificates...)
	}
	return path(certificates[0], among)
}

// notRevoked says whether all of a chain but its root is known not to be revoked.
func (v *Validation) notRevoked(chain []*x509.Certificate, at time.Time) (known bool, err error) {
	known = selfIssued(chain[len(chain)-1])
	for i := range len(chain) - 1 {
		listed := false
		for _, l := range v.CRLs {
			if !covers(l, chain[i], chain[i+1]) {
				continue
			}
			if err := notRevoked(l, chain[i], at); err != nil {
				return false, err
			}
			listed = true
		}
		known = known && listed
	}
	return known, nil
}

// appendValidation appends what is needed to validate all signatures of the file in years.
func (f *File) appendValidation(ctx context.Context, t cms.Trust, lists *revocations) error {
	var v Validation
	for _, s := range f.Verify(t) {
		if s.Fault != nil {
			return fmt.Errorf("field %s: %w", s.Field, s.Fault)
		}
		chains := [][]*x509.Certificate{f.chain(s.Signer.Chain, t.Roots)}
		if s.Signer.Stamp != nil {
			chains = append(chains, f.chain(s.Signer.Stamp.Chain, t.Stampers))
		}
		for _, chain := range chains {
			if err := v.add(ctx, chain, lists); err != nil {
				return fmt.Errorf("field %s: %w", s.Field, err)
			}
		}
	}
	update, next := f.last.validation(v)
	f.data = append(slices.Clip(f.data), update...)
	f.last, f.Validation = next, &v
	return nil
}

// add takes up a chain and the lists that say that none of it is revoked.
func (v *Validation) add(ctx context.Context, chain []*x509.Certificate, lists *revocations) error {
	last := chain[len(chain)-1]
	if !selfIssued(last) {
		return errNoList.With(fmt.Errorf("%s: the certificate of its issuer is not known", last.Subject))
	}
	for i, c := range chain {
		if !slices.ContainsFunc(v.Certificates, c.Equal) {
			v.Certificates = append(v.Certificates, c)
		}
		if i+1 == len(chain) {
			break
		}
		l, err := lists.list(ctx, c, chain[i+1])
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(v.CRLs, func(other *x509.RevocationList) bool { return string(other.Raw) == string(l.Raw) }) {
			v.CRLs = append(v.CRLs, l)
		}
	}
	return nil
}
