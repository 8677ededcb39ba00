// Package keys opens the keys that sign documents: from a PKCS#12 file, from a device or program that speaks PKCS#11, and
// for SM2 from a PEM file. Passwords come from files that nobody else can read, or from the environment. Read this file
// first; pkcs12.go, pkcs11.go and sm2.go are the three sources.
package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"hengjian/certificates/pades/cms"
	"hengjian/internal/errs"
)

// Source says where a key is: exactly one of PKCS12, PKCS11 and PEM.
type Source struct {
	PKCS12 string `yaml:"pkcs12"`
	PKCS11 *Token `yaml:"pkcs11"`
	PEM    string `yaml:"pem"` // an SM2 key as PKCS#8, which a password may protect

	Password     Secret `yaml:"password"`     // or PIN
	Certificates string `yaml:"certificates"` // PEM: the key's own and those above it, where they are not beside the key
}

// Token is a key in a device or program that speaks PKCS#11.
type Token struct {
	Module string `yaml:"module"` // the library to load
	Token  string `yaml:"token"`  // label of the token
	Label  string `yaml:"label"`  // of the key, and of its certificate
}

// Secret says where a password is.
type Secret struct {
	File string `yaml:"file"` // its first line, in a file that only we can read
	Env  string `yaml:"env"`  // name of a variable of the environment
}

// Ring opens keys, and holds the tokens open that they are in.
type Ring struct {
	now    func() time.Time
	tokens map[string]token // by module and label
}

// NewRing makes a ring that judges certificates by a clock.
func NewRing(now func() time.Time) *Ring { return &Ring{now: now, tokens: map[string]token{}} }

// Close closes the tokens; keys in them sign no longer.
func (r *Ring) Close() error {
	var failures []error
	for _, t := range r.tokens {
		failures = append(failures, t.Close())
	}
	r.tokens = map[string]token{}
	return errors.Join(failures...)
}

// Open opens a key, which is refused with a reason when it cannot sign documents now.
func (r *Ring) Open(s Source) (cms.Identity, error) {
	id, err := r.open(s)
	if err != nil {
		return cms.Identity{}, fmt.Errorf("key in %s: %w", s, err)
	}
	if err := id.Check(r.now()); err != nil {
		return cms.Identity{}, fmt.Errorf("key in %s: %w", s, err)
	}
	return id, nil
}

func (r *Ring) open(s Source) (id cms.Identity, err error) {
	switch {
	case s.PKCS12 != "" && s.PKCS11 == nil && s.PEM == "":
		id, err = openPKCS12(s)
	case s.PKCS11 != nil && s.PKCS12 == "" && s.PEM == "":
		id, err = r.openPKCS11(s)
	case s.PEM != "" && s.PKCS12 == "" && s.PKCS11 == nil:
		return openSM2(s)
	default:
		return cms.Identity{}, errSource
	}
	if err == nil && s.Certificates == "" && len(id.Chain) == 0 {
		err = errNoCertificate
	}
	if err != nil || s.Certificates == "" {
		return id, err
	}
	more, err := ReadCertificates(s.Certificates, x509.ParseCertificate)
	if err != nil {
		return cms.Identity{}, err
	}
	id.Chain, err = ordered(id, append(id.Chain, more...))
	return id, err
}

var (
	errSource = errs.New(errs.Invalid, "key_source", "密钥来源须恰为 pkcs12、pkcs11、pem 之一",
		"the source of a key is exactly one of pkcs12, pkcs11 and pem")
	errFile     = errs.New(errs.Invalid, "key_file", "密钥文件无法读取", "the file of the key cannot be read")
	errPassword = errs.New(errs.Invalid, "key_password", "密钥的口令不正确", "the password of the key is wrong")
	errSecret   = errs.New(errs.Invalid, "key_secret", "口令须由只含口令的文件（file）或环境变量（env）给出，且不得为空",
		"a password comes from a file (file) or a variable of the environment (env), and is not empty")
	errMode = errs.New(errs.Invalid, "key_file_mode", "文件可被他人读取，请改为仅属主可读（chmod 600）",
		"others can read the file: make it readable by its owner only (chmod 600)")
	errCertificates = errs.New(errs.Invalid, "certificate_file", "证书文件中没有可读取的证书",
		"the file holds no certificates that can be read")
	errNoCertificate = errs.New(errs.Invalid, "certificate_missing", "没有与私钥匹配的证书",
		"none of the certificates is of the private key")
)

// String says where the key is, without anything secret.
func (s Source) String() string {
	switch {
	case s.PKCS12 != "":
		return s.PKCS12
	case s.PKCS11 != nil:
		return fmt.Sprintf("%s, token %q, label %q", s.PKCS11.Module, s.PKCS11.Token, s.PKCS11.Label)
	}
	return s.PEM
}

// Below returns the source with its files found from a folder, unless they are found from everywhere.
func (s Source) Below(folder string) Source {
	if s.PKCS11 != nil {
		t := *s.PKCS11
		t.Module = Below(folder, t.Module)
		s.PKCS11 = &t
	}
	for _, file := range []*string{&s.PKCS12, &s.PEM, &s.Certificates, &s.Password.File} {
		*file = Below(folder, *file)
	}
	return s
}

// Below finds a file from a folder, unless it is found from everywhere or none.
func Below(folder, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(folder, file)
}

// read returns the password, or none where none is named.
func (s Secret) read() (string, error) {
	var value string
	switch {
	case s.File != "" && s.Env != "":
		return "", errSecret
	case s.File != "":
		data, err := readPrivate(s.File)
		if err != nil {
			return "", err
		}
		value, _, _ = strings.Cut(string(data), "\n")
		value = strings.TrimSuffix(value, "\r")
	case s.Env != "":
		value = os.Getenv(s.Env)
	default:
		return "", nil
	}
	if value == "" {
		return "", errSecret
	}
	return value, nil
}

// readPrivate reads a file that only its owner can read.
func readPrivate(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, errFile.With(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, errMode.With(fmt.Errorf("%s has mode %04o", name, info.Mode().Perm()))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, errFile.With(err)
	}
	return data, nil
}

// ReadCertificates reads the certificates in a PEM file; there must be one.
func ReadCertificates(name string, parse func(der []byte) (*x509.Certificate, error)) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, errCertificates.With(err)
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, errCertificates.With(fmt.Errorf("%s holds a %s", name, block.Type))
		}
		c, err := parse(block.Bytes)
		if err != nil {
			return nil, errCertificates.With(fmt.Errorf("%s: %w", name, err))
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, errCertificates.With(errors.New(name))
	}
	return all, nil
}

const maxChain = 8 // certificates

// ordered puts the key's own certificate first and each issuer after what it issued; others are left out.
func ordered(id cms.Identity, certificates []*x509.Certificate) ([]*x509.Certificate, error) {
	i := slices.IndexFunc(certificates, id.Owns)
	if i < 0 {
		return nil, errNoCertificate
	}
	c := certificates[i]
	chain := []*x509.Certificate{c}
	for len(chain) < maxChain && !bytes.Equal(c.RawSubject, c.RawIssuer) {
		i := slices.IndexFunc(certificates, func(other *x509.Certificate) bool { return bytes.Equal(other.RawSubject, c.RawIssuer) })
		if i < 0 {
			break
		}
		c = certificates[i]
		chain = append(chain, c)
	}
	return chain, nil
}
