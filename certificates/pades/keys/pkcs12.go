package keys

import (
	"crypto"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"

	"hengjian/certificates/pades/cms"
)

// openPKCS12 reads a key and its chain from a file, in today's form (AES) or in that of old (RC2, 3DES).
func openPKCS12(s Source) (cms.Identity, error) {
	data, err := readPrivate(s.PKCS12)
	if err != nil {
		return cms.Identity{}, err
	}
	password, err := s.Password.read()
	if err != nil {
		return cms.Identity{}, err
	}
	key, own, above, err := pkcs12.DecodeChain(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return cms.Identity{}, errPassword
	case err != nil:
		return cms.Identity{}, errFile.With(err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return cms.Identity{}, errFile.With(fmt.Errorf("a key of type %T", key))
	}
	id := cms.Identity{Key: signer}
	id.Chain, err = ordered(id, append(above, own))
	return id, err
}
