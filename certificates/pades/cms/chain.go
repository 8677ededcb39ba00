package cms

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Trust is whom to believe.
type Trust struct {
	Roots    []*x509.Certificate // of signers; without any, a chain is what the signature says of itself
	Stampers []*x509.Certificate // roots of timestamp authorities; only their time counts as the time of a signature
	Now      func() time.Time
}

// judge says whether the signer is to be believed at the time of the signature: that of a timestamp that is trusted, and
// now where there is none, since the signer could claim any.
func (t Trust) judge(p parts) (Signer, error) {
	s := Signer{Chain: p.chain}
	at := t.Now()
	if p.token != nil {
		stamp, err := readStamp(p.token, p.signature, t.Stampers)
		if err != nil {
			return s, err
		}
		s.Stamp = &stamp
		if stamp.Trusted {
			at = stamp.Time
		}
	}
	if err := usable(p.chain[0], at); err != nil {
		return s, err
	}
	if err := chained(p.algorithm, p.chain, t.Roots, at, x509.ExtKeyUsageAny); err != nil {
		return s, err
	}
	s.Trusted = len(t.Roots) > 0
	return s, nil
}

// chained checks that a chain ends at one of the roots, or holds together where there are none.
func chained(a algorithm, chain, roots []*x509.Certificate, at time.Time, usage x509.ExtKeyUsage) error {
	if len(roots) == 0 {
		roots = chain[min(1, len(chain)-1):]
	}
	err := a.build(chain, roots, x509.VerifyOptions{CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage}})
	if err == nil {
		return nil
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		switch invalid.Reason { //nolint:exhaustive // the others are a matter of trust
		case x509.Expired:
			return errExpired.With(err)
		case x509.IncompatibleUsage:
			return errUsage.With(err)
		}
	}
	return errUntrusted.With(fmt.Errorf("%s: %w", chain[0].Subject, err))
}

// usable checks that a certificate is for signing, with a key that is strong enough, at a time.
func usable(c *x509.Certificate, at time.Time) error {
	if !strong(c.PublicKey) {
		return errWeak.With(fmt.Errorf("%s: a key of type %T", c.Subject, c.PublicKey))
	}
	if c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errUsage.With(fmt.Errorf("%s: key usage %b", c.Subject, c.KeyUsage))
	}
	if at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return errExpired.With(fmt.Errorf("%s: valid from %s to %s, not at %s", c.Subject, c.NotBefore.Format(time.RFC3339),
			c.NotAfter.Format(time.RFC3339), at.Format(time.RFC3339)))
	}
	return nil
}
