package pades

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"hengjian/internal/errs"
)

var (
	errRevoked = errs.New(errs.Blocked, "certificate_revoked", "证书已被吊销", "the certificate is revoked")
	errNoList  = errs.New(errs.Unavailable, "revocation_unavailable", "无法取得证书的吊销信息",
		"whether the certificate is revoked cannot be found out")
)

// revocations finds the lists of revoked certificates (RFC 5280): among those given, or where the certificates say that
// they are published. Safe for concurrent use.
type revocations struct {
	given  []*x509.RevocationList
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	fetched map[string]fetchedList // by address
}

type fetchedList struct {
	list *x509.RevocationList
	at   time.Time
}

const (
	maxList  = 1 << 22   // bytes of a list
	maxPath  = 8         // certificates, from the signer's to the root
	keepList = time.Hour // a list that was fetched is not fetched again within
)

// list returns the list that says whether a certificate is revoked, which it must not be.
func (r *revocations) list(ctx context.Context, c, issuer *x509.Certificate) (*x509.RevocationList, error) {
	for _, l := range r.given {
		if r.current(l) && covers(l, c, issuer) {
			return l, notRevoked(l, c, r.now())
		}
	}
	failures := []error{fmt.Errorf("%s (%X)", c.Subject, c.SerialNumber)}
	for _, address := range c.CRLDistributionPoints {
		l, err := r.fetch(ctx, address)
		switch {
		case err != nil:
			failures = append(failures, err)
		case !r.current(l) || !covers(l, c, issuer):
			failures = append(failures, fmt.Errorf("the list at %s is out of date, or not of this certificate", address))
		default:
			return l, notRevoked(l, c, r.now())
		}
	}
	if len(c.CRLDistributionPoints) == 0 {
		failures = append(failures, errors.New("it does not say where its list is, and no file that was given holds it"))
	}
	return nil, errNoList.With(errors.Join(failures...))
}

func (r *revocations) current(l *x509.RevocationList) bool {
	now := r.now()
	return !now.Before(l.ThisUpdate) && !now.After(l.NextUpdate)
}

// fetch returns the list at an address, from memory where it was fetched a short while ago.
func (r *revocations) fetch(ctx context.Context, address string) (*x509.RevocationList, error) {
	r.mu.Lock()
	f, known := r.fetched[address]
	r.mu.Unlock()
	if known && r.now().Sub(f.at) < keepList && r.current(f.list) {
		return f.list, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("lists are not fetched from %q", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, response.Status)
	}
	der, err := io.ReadAll(io.LimitReader(response.Body, maxList+1))
	if err != nil {
		return nil, err
	}
	if len(der) > maxList {
		return nil, fmt.Errorf("the list at %s has more than %d bytes", address, maxList)
	}
	l, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, fmt.Errorf("the list at %s: %w", address, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fetched == nil {
		r.fetched = map[string]fetchedList{}
	}
	r.fetched[address] = fetchedList{l, r.now()}
	return l, nil
}

var (
	oidDelta = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidScope = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// scope says for which certificates a list is (RFC 5280 5.2.5).
type scope struct {
	Point          asn1.RawValue  `asn1:"optional,tag:0"`
	OnlyUsers      bool           `asn1:"optional,tag:1"`
	OnlyCAs        bool           `asn1:"optional,tag:2"`
	Reasons        asn1.BitString `asn1:"optional,tag:3"`
	Indirect       bool           `asn1:"optional,tag:4"`
	OnlyAttributes bool           `asn1:"optional,tag:5"`
}

// covers says whether a list is by the issuer and would name the certificate if it were revoked.
func covers(l *x509.RevocationList, c, issuer *x509.Certificate) bool {
	if !bytes.Equal(l.RawIssuer, c.RawIssuer) || l.CheckSignatureFrom(issuer) != nil {
		return false
	}
	for _, e := range l.Extensions {
		switch {
		case e.Id.Equal(oidDelta):
			return false
		case e.Id.Equal(oidScope):
			var s scope
			if rest, err := asn1.Unmarshal(e.Value, &s); err != nil || len(rest) > 0 || !s.holds(c) {
				return false
			}
		}
	}
	return true
}

// holds says whether a certificate is in the scope. Of a list in parts, the part is the one that the certificate names.
func (s scope) holds(c *x509.Certificate) bool {
	if s.OnlyAttributes || s.Indirect || s.Reasons.BitLength > 0 || s.OnlyUsers && c.IsCA || s.OnlyCAs && !c.IsCA {
		return false
	}
	return len(s.Point.Bytes) == 0 || slices.ContainsFunc(c.CRLDistributionPoints, func(address string) bool {
		return bytes.Contains(s.Point.Bytes, []byte(address))
	})
}

// notRevoked says whether a list has a certificate as revoked by a time.
func notRevoked(l *x509.RevocationList, c *x509.Certificate, at time.Time) error {
	for _, e := range l.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 && !e.RevocationTime.After(at) {
			return errRevoked.With(fmt.Errorf("%s (%X) at %s", c.Subject, c.SerialNumber, e.RevocationTime.Format(time.RFC3339)))
		}
	}
	return nil
}

// path follows the issuers of a certificate among others, up to one that issued itself. Without such an end, or with too
// long a way to it, it ends earlier.
func path(c *x509.Certificate, among []*x509.Certificate) []*x509.Certificate {
	all := []*x509.Certificate{c}
	for len(all) < maxPath && !selfIssued(c) {
		i := slices.IndexFunc(among, func(other *x509.Certificate) bool {
			return bytes.Equal(other.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(other) == nil
		})
		if i < 0 {
			break
		}
		c = among[i]
		all = append(all, c)
	}
	return all
}

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }
