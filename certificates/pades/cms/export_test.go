package cms

import (
	"crypto/rand"
	"encoding/asn1"

	"github.com/emmansun/gmsm/sm2"
)

type (
	SignedData = signedData
	Attribute  = attribute
)

// Tamper changes a signature as no scheme would.
func Tamper(der []byte, change func(*SignedData)) []byte {
	var info contentInfo
	var data signedData
	for _, part := range []struct {
		der  func() []byte
		into any
	}{{func() []byte { return der }, &info}, {func() []byte { return info.Content.Bytes }, &data}} {
		if _, err := asn1.Unmarshal(part.der(), part.into); err != nil {
			panic(err)
		}
	}
	change(&data)
	inner, err := asn1.Marshal(data)
	if err != nil {
		panic(err)
	}
	out, err := asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: inner}})
	if err != nil {
		panic(err)
	}
	return out
}

// SignUnchecked signs with whatever identity it is given.
func SignUnchecked(id Identity, content []byte) []byte {
	a, _ := standardFor(id.Key)
	if _, ok := id.Key.(*sm2.PrivateKey); ok {
		a = sm2Algorithm
	}
	attrs, err := attributes(a, a.sum(content), id.Chain[0])
	if err != nil {
		panic(err)
	}
	p := parts{algorithm: a, chain: id.Chain, attributes: attrs}
	if p.signature, err = a.sign(id.Key, rand.Reader, attrs); err != nil {
		panic(err)
	}
	der, err := p.encode()
	if err != nil {
		panic(err)
	}
	return der
}

// ReadStamp reads a timestamp as Verify does.
func ReadStamp(token, signature []byte) (Stamp, error) { return readStamp(token, signature, nil) }

// Token is the timestamp of a signature.
func Token(der []byte) (token, signature []byte) {
	p, err := decode(der, []algorithm{rsaAlgorithm, ecdsaAlgorithm})
	if err != nil {
		panic(err)
	}
	return p.token, p.signature
}
