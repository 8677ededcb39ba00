package keys

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/smx509"

	"hengjian/certificates/pades/cms"
)

// openSM2 reads an SM2 key as PKCS#8 in PEM, with or without a password.
func openSM2(s Source) (cms.Identity, error) {
	data, err := readPrivate(s.PEM)
	if err != nil {
		return cms.Identity{}, err
	}
	password, err := s.Password.read()
	if err != nil {
		return cms.Identity{}, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" && block.Type != "ENCRYPTED PRIVATE KEY" {
		return cms.Identity{}, errFile.With(errors.New("no PRIVATE KEY in PEM (PKCS#8) in it"))
	}
	var passwords [][]byte
	if block.Type == "ENCRYPTED PRIVATE KEY" {
		if password == "" {
			return cms.Identity{}, errPassword
		}
		passwords = append(passwords, []byte(password))
	}
	key, err := pkcs8.ParsePKCS8PrivateKeySM2(block.Bytes, passwords...)
	if err != nil {
		if passwords != nil {
			return cms.Identity{}, errPassword.With(err)
		}
		return cms.Identity{}, errFile.With(err)
	}
	certificates, err := ReadCertificates(s.Certificates, ParseSM2)
	if err != nil {
		return cms.Identity{}, err
	}
	id := cms.Identity{Key: key}
	id.Chain, err = ordered(id, certificates)
	return id, err
}

// ParseSM2 parses a certificate whose key may be SM2.
func ParseSM2(der []byte) (*x509.Certificate, error) {
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return c.ToX509(), nil
}
