//go:build cgo

package keys

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/ThalesGroup/crypto11"

	"hengjian/certificates/pades/cms"
	"hengjian/internal/errs"
)

var errToken = errs.New(errs.Unavailable, "key_token", "密码设备（PKCS#11）无法使用", "the device for keys (PKCS#11) cannot be used")

// token is an open token with a pool of sessions, so that many can sign at once.
type token struct{ *crypto11.Context }

// openPKCS11 finds a key in a token, which is opened once for all keys in it.
func (r *Ring) openPKCS11(s Source) (cms.Identity, error) {
	place := s.PKCS11.Module + "\x00" + s.PKCS11.Token
	open, known := r.tokens[place]
	if !known {
		pin, err := s.Password.read()
		if err != nil {
			return cms.Identity{}, err
		}
		context, err := crypto11.Configure(&crypto11.Config{Path: s.PKCS11.Module, TokenLabel: s.PKCS11.Token, Pin: pin})
		if err != nil {
			return cms.Identity{}, errToken.With(err)
		}
		open = token{context}
		r.tokens[place] = open
	}
	return open.identity(*s.PKCS11)
}

// identity is a key of a label, with the certificate of the same label if it is in the token.
func (o token) identity(t Token) (cms.Identity, error) {
	key, err := o.FindKeyPair(nil, []byte(t.Label))
	if err == nil && key == nil {
		err = errors.New("no such key")
	}
	if err != nil {
		return cms.Identity{}, errToken.With(fmt.Errorf("key %q: %w", t.Label, err))
	}
	id := cms.Identity{Key: key}
	own, err := o.FindCertificate(nil, []byte(t.Label), nil)
	if err != nil {
		return cms.Identity{}, errToken.With(fmt.Errorf("certificate %q: %w", t.Label, err))
	}
	if own != nil {
		id.Chain = []*x509.Certificate{own}
	}
	return id, nil
}
