package cms

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha512" // authorities may hash with SHA-384 or SHA-512
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Stamp is what a timestamp says (RFC 3161): the signature was there at the time.
type Stamp struct {
	Time    time.Time
	Chain   []*x509.Certificate // the authority's own certificate, then those that came with it
	Trusted bool                // the chain ends at a root that is trusted; false only where no roots were given
}

// Stamper asks a timestamp authority for timestamps.
type Stamper struct {
	URL    string
	Roots  []*x509.Certificate // that its certificate must end at
	Client *http.Client        // with a limit of time
	Random io.Reader
}

// nonceBits is the size of the number that ties an answer to its question.
const nonceBits = 64

// stamp asks for a timestamp of a signature and returns its token, and the time that it says.
func (s *Stamper) stamp(ctx context.Context, signature []byte) ([]byte, time.Time, error) {
	token, err := s.token(ctx, signature)
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(s.Roots) == 0 {
		return nil, time.Time{}, errUntrusted.With(errors.New("no roots are known for the timestamp authority"))
	}
	read, err := readStamp(token, signature, s.Roots)
	return token, read.Time, err
}

// token asks for a timestamp and sees that the answer is to the question.
func (s *Stamper) token(ctx context.Context, signature []byte) ([]byte, error) {
	nonce := make([]byte, nonceBits/8)
	if _, err := io.ReadFull(s.Random, nonce); err != nil {
		return nil, fmt.Errorf("timestamp: %w", err)
	}
	request := timestamp.Request{
		HashAlgorithm: crypto.SHA256, HashedMessage: sumSHA256(signature), Certificates: true, Nonce: new(big.Int).SetBytes(nonce),
	}
	body, err := request.Marshal()
	if err != nil {
		return nil, fmt.Errorf("timestamp: %w", err)
	}
	answer, err := s.ask(ctx, body)
	if err != nil {
		return nil, errTSA.With(err)
	}
	stamp, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, errTSA.With(err)
	}
	if stamp.Nonce == nil || stamp.Nonce.Cmp(request.Nonce) != 0 {
		return nil, errTSA.With(errors.New("the answer is to another question: its nonce differs"))
	}
	return stamp.RawToken, nil
}

// ask sends a request and returns the answer, of bounded size.
func (s *Stamper) ask(ctx context.Context, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	response, err := s.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", s.URL, response.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(answer) > MaxSize {
		return nil, fmt.Errorf("%s answers with more than %d bytes", s.URL, MaxSize)
	}
	return answer, nil
}

var (
	oidTimestampInfo = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidExtKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// readStamp reads a token, which must be of the signature, and by an authority that ends at one of the roots where there
// are any.
func readStamp(token, signature []byte, roots []*x509.Certificate) (Stamp, error) {
	parsed, err := timestamp.Parse(token) // which verifies it against the certificate inside
	if err != nil {
		return Stamp{}, errStamp.With(err)
	}
	if !parsed.HashAlgorithm.Available() || parsed.HashAlgorithm.Size() < crypto.SHA256.Size() {
		return Stamp{}, errStamp.With(fmt.Errorf("it uses %s", parsed.HashAlgorithm))
	}
	h := parsed.HashAlgorithm.New()
	h.Write(signature)
	if !bytes.Equal(h.Sum(nil), parsed.HashedMessage) {
		return Stamp{}, errStamp.With(errors.New("it is of another signature"))
	}
	chain, err := stampChain(token)
	if err != nil {
		return Stamp{}, errStamp.With(err)
	}
	if err := chained(rsaAlgorithm, chain, roots, parsed.Time, x509.ExtKeyUsageTimeStamping); err != nil {
		return Stamp{}, err
	}
	return Stamp{Time: parsed.Time, Chain: chain, Trusted: len(roots) > 0}, nil
}

// stampChain returns the certificates of a token, the authority's own first. A certificate that is also for something
// else than timestamps is refused (RFC 3161 2.3).
func stampChain(token []byte) ([]*x509.Certificate, error) {
	p7, err := pkcs7.Parse(token)
	if err != nil {
		return nil, err
	}
	own := p7.GetOnlySigner()
	if own == nil {
		return nil, errors.New("it does not come with the authority's certificate")
	}
	var kind asn1.ObjectIdentifier
	if err := p7.UnmarshalSignedAttribute(oidContentType, &kind); err != nil || !kind.Equal(oidTimestampInfo) {
		return nil, errors.New("what is signed is not a timestamp")
	}
	if !onlyForStamps(own) {
		return nil, fmt.Errorf("%s is not for timestamps alone", own.Subject)
	}
	chain := []*x509.Certificate{own}
	for _, c := range p7.Certificates {
		if !c.Equal(own) {
			chain = append(chain, c)
		}
	}
	return chain, nil
}

func onlyForStamps(c *x509.Certificate) bool {
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Critical && e.Id.Equal(oidExtKeyUsage) })
	return critical && len(c.ExtKeyUsage) == 1 && c.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping && len(c.UnknownExtKeyUsage) == 0
}
