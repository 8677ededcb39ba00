package pades

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"hengjian/certificates/pades/padestest"
)

// TestListsCountOnlyWhereTheyAreComplete: a list that would not name the certificate even if it were revoked says nothing.
func TestListsCountOnlyWhereTheyAreComplete(t *testing.T) {
	t.Parallel()
	const address = "http://example.org/1.crl"
	root := padestest.NewRoot(t, "root")
	c := root.Issue(t, padestest.Request{Name: "seal", Lists: []string{address}}).Chain[0]
	scoped := func(s scope) []pkix.Extension {
		der, err := asn1.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return []pkix.Extension{{Id: oidScope, Critical: true, Value: der}}
	}
	point := func(address string) asn1.RawValue {
		uri := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(address)}
		for range 2 { // the name, the full name
			der, err := asn1.Marshal(uri)
			if err != nil {
				t.Fatal(err)
			}
			uri = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}
		}
		return uri
	}
	for _, tc := range []struct {
		name       string
		by         *padestest.Authority
		extensions []pkix.Extension
		want       bool
	}{
		{"of all", root, nil, true},
		{"of another authority", padestest.NewRoot(t, "other"), nil, false},
		{"of another authority of that name", padestest.NewRoot(t, "root"), nil, false},
		{"changes only", root, []pkix.Extension{{Id: oidDelta, Critical: true, Value: []byte{2, 1, 1}}}, false},
		{"of users", root, scoped(scope{OnlyUsers: true}), true},
		{"of authorities", root, scoped(scope{OnlyCAs: true}), false},
		{"of attributes", root, scoped(scope{OnlyAttributes: true}), false},
		{"of others' certificates", root, scoped(scope{Indirect: true}), false},
		{"for some reasons", root, scoped(scope{Reasons: asn1.BitString{Bytes: []byte{0x40}, BitLength: 2}}), false},
		{"the part of it", root, scoped(scope{Point: point(address)}), true},
		{"another part", root, scoped(scope{Point: point("http://example.org/2.crl")}), false},
		{"not to be read", root, []pkix.Extension{{Id: oidScope, Critical: true, Value: []byte{1}}}, false},
	} {
		l, err := x509.ParseRevocationList(tc.by.ListWith(t, at, tc.extensions))
		if err != nil {
			t.Fatal(err)
		}
		if got := covers(l, c, root.Certificate); got != tc.want {
			t.Errorf("%s: %t", tc.name, got)
		}
	}
}
