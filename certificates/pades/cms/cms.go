// Package cms makes and reads detached signatures (CMS, RFC 5652) as CAdES has them (ETSI EN 319 122-1): by RSA or
// ECDSA with SHA-256, with a timestamp where an authority for it is named, and by SM2 with SM3 (GM/T 0009, GB/T 32918).
// Pure but for the request to the timestamp authority. Read scheme.go first; this file holds the form, chain.go whom
// to believe, stamp.go the timestamps.
package cms

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// MaxSize is the largest signature that is read, in bytes.
const MaxSize = 1 << 16

var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

	oidContentType        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // version 2, RFC 5035
	oidTimestamp          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Signed       encapsulated
	Certificates []asn1.RawValue `asn1:"optional,tag:0"` // a SET whose order is kept: the signer's first
	Signers      []signerInfo    `asn1:"set"`
}

// encapsulated has no content: what is signed stands elsewhere.
type encapsulated struct {
	Type asn1.ObjectIdentifier
}

type signerInfo struct {
	Version   int
	Signer    issuerAndSerial
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue // attributes, [0]
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
	Unsigned  []attribute `asn1:"set,optional,omitempty,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// signingCertificate binds the signer's certificate into what is signed, so that none can be put in its place.
type signingCertificate struct {
	Certificates []certificateID
}

type certificateID struct {
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"` // SHA-256 when it is left out
	Hash      []byte
}

// The tags under which the signed attributes are hashed, and stand in the signature.
const (
	tagSet      = 0x31
	tagImplicit = 0xA0
)

// attributes are the signed attributes as they are hashed. There is no signing time among them: in a PDF it stands in
// the signature's dictionary, and EN 319 142-1 forbids to say it twice.
func attributes(a algorithm, digest []byte, signer *x509.Certificate) ([]byte, error) {
	id := certificateID{Hash: a.sum(signer.Raw)}
	if !a.digest.Equal(oidSHA256) {
		id.Algorithm.Algorithm = a.digest
	}
	var all []attribute
	for _, at := range []struct {
		kind  asn1.ObjectIdentifier
		value any
	}{
		{oidContentType, oidData},
		{oidMessageDigest, digest},
		{oidSigningCertificate, signingCertificate{[]certificateID{id}}},
	} {
		der, err := asn1.Marshal(at.value)
		if err != nil {
			return nil, fmt.Errorf("signed attributes: %w", err)
		}
		all = append(all, attribute{at.kind, []asn1.RawValue{{FullBytes: der}}})
	}
	out, err := asn1.MarshalWithParams(all, "set")
	if err != nil {
		return nil, fmt.Errorf("signed attributes: %w", err)
	}
	return out, nil
}

// parts are what is particular to one signature.
type parts struct {
	algorithm  algorithm
	chain      []*x509.Certificate // the signer's first
	attributes []byte              // as they are hashed
	signature  []byte
	token      []byte // of the timestamp, or nil
}

// encode writes the signature.
func (p parts) encode() ([]byte, error) {
	implicit := bytes.Clone(p.attributes)
	implicit[0] = tagImplicit
	info := signerInfo{
		Version:   1,
		Signer:    issuerAndSerial{asn1.RawValue{FullBytes: p.chain[0].RawIssuer}, p.chain[0].SerialNumber},
		Digest:    pkix.AlgorithmIdentifier{Algorithm: p.algorithm.digest},
		Signed:    asn1.RawValue{FullBytes: implicit},
		Algorithm: p.algorithm.id,
		Signature: p.signature,
	}
	if p.token != nil {
		info.Unsigned = []attribute{{oidTimestamp, []asn1.RawValue{{FullBytes: p.token}}}}
	}
	data := signedData{
		Version: 1, Digests: []pkix.AlgorithmIdentifier{info.Digest}, Signed: encapsulated{oidData}, Signers: []signerInfo{info},
	}
	for _, c := range p.chain {
		data.Certificates = append(data.Certificates, asn1.RawValue{FullBytes: c.Raw})
	}
	inner, err := asn1.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	out, err := asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: inner}})
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return out, nil
}

// decode reads a signature by one of the algorithms. It is strict: what encode would not write of the same parts is
// refused, so that nothing can stand in a signature that nobody looks at.
func decode(der []byte, allowed []algorithm) (parts, error) {
	if len(der) > MaxSize {
		return parts{}, errShape.With(fmt.Errorf("%d bytes", len(der)))
	}
	var info contentInfo
	var data signedData
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return parts{}, errShape.With(err)
	}
	if !info.Type.Equal(oidSignedData) {
		return parts{}, errShape
	}
	if _, err := asn1.Unmarshal(info.Content.Bytes, &data); err != nil {
		return parts{}, errShape.With(err)
	}
	if len(data.Signers) != 1 || len(data.Certificates) == 0 {
		return parts{}, errShape
	}
	p, err := data.parts(allowed)
	if err != nil {
		return parts{}, err
	}
	again, err := p.encode()
	if err != nil || !bytes.Equal(again, der) {
		return parts{}, errShape
	}
	return p, nil
}

func (d signedData) parts(allowed []algorithm) (parts, error) {
	s := d.Signers[0]
	var p parts
	for _, a := range allowed {
		if a.id.Algorithm.Equal(s.Algorithm.Algorithm) && a.digest.Equal(s.Digest.Algorithm) {
			p.algorithm = a
		}
	}
	if p.algorithm.digest == nil {
		return parts{}, errScheme.With(fmt.Errorf("algorithms %v, %v", s.Algorithm.Algorithm, s.Digest.Algorithm))
	}
	for _, c := range d.Certificates {
		parsed, err := p.algorithm.parse(c.FullBytes)
		if err != nil {
			return parts{}, errShape.With(err)
		}
		p.chain = append(p.chain, parsed)
	}
	if len(s.Signed.FullBytes) == 0 || s.Signed.FullBytes[0] != tagImplicit {
		return parts{}, errShape
	}
	p.attributes = bytes.Clone(s.Signed.FullBytes)
	p.attributes[0] = tagSet
	p.signature = s.Signature
	for _, u := range s.Unsigned {
		if !u.Type.Equal(oidTimestamp) || len(u.Values) != 1 || p.token != nil {
			return parts{}, errShape
		}
		p.token = u.Values[0].FullBytes
	}
	return p, nil
}

// messageDigest reads the digest of the content out of the signed attributes, which must be exactly ours.
func (p parts) messageDigest() ([]byte, error) {
	var all []attribute
	if rest, err := asn1.UnmarshalWithParams(p.attributes, &all, "set"); err != nil || len(rest) > 0 {
		return nil, errShape
	}
	var digest []byte
	for _, a := range all {
		if a.Type.Equal(oidMessageDigest) && len(a.Values) == 1 {
			digest = a.Values[0].Bytes
		}
	}
	again, err := attributes(p.algorithm, digest, p.chain[0])
	if err != nil || !bytes.Equal(again, p.attributes) {
		return nil, errShape
	}
	return digest, nil
}
