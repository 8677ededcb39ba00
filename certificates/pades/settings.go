package pades

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"hengjian/certificates/pades/keys"
	"hengjian/internal/errs"
)

// Settings say who signs documents, and whom to believe. They hold no secrets: passwords are elsewhere (keys.Secret).
type Settings struct {
	Seal      *keys.Source           `yaml:"seal"`   // the bureau's key, which signs the field "seal", last
	People    map[string]keys.Source `yaml:"people"` // keys of signatories, by the name they sign in with
	Timestamp *TimestampSettings     `yaml:"timestamp"`
	LongTerm  *LongTermSettings      `yaml:"long_term"`
	SM2       *keys.Source           `yaml:"sm2"` // signs content, beside the PDF
	Roots     string                 `yaml:"roots"`
	SM2Roots  string                 `yaml:"sm2_roots"` // both PEM; who issued the certificates must end at one of them
}

// TimestampSettings say which authority stamps signatures.
type TimestampSettings struct {
	URL   string `yaml:"url"`
	Roots string `yaml:"roots"` // PEM
}

// LongTermSettings ask for validation data in the files. Lists of revoked certificates that are not given are fetched
// from where the certificates say they are.
type LongTermSettings struct {
	CRLs []string `yaml:"crls"` // files, DER or PEM
}

const maxSettings = 1 << 20 // bytes

var errSettings = errs.New(errs.Invalid, "signing_settings", "签名设置文件无法读取", "the settings for signing cannot be read")

// LoadSettings reads settings in YAML. Files in them are found from the folder of the settings.
func LoadSettings(file string) (Settings, error) {
	in, err := os.Open(file)
	if err != nil {
		return Settings{}, errSettings.With(err)
	}
	defer func() { _ = in.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(in, maxSettings))
	if err != nil {
		return Settings{}, errSettings.With(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var s Settings
	if err := d.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return Settings{}, errSettings.With(err)
	}
	return s.below(filepath.Dir(file)), s.check()
}

func (s Settings) check() error {
	var l errs.List
	if s.Timestamp != nil {
		u, err := url.Parse(s.Timestamp.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			l.Add("timestamp.url", "invalid", "时间戳服务地址须为 http 或 https 地址，且不含口令", "is an http or https URL without a password")
		}
		l.Require("timestamp.roots", s.Timestamp.Roots, "时间戳服务的根证书", "the file of the authority's roots")
	}
	if s.LongTerm != nil && s.Timestamp == nil {
		l.Add("long_term", "without_timestamp", "长期验证数据须与时间戳一并使用", "needs a timestamp beside it")
	}
	if s.LongTerm != nil {
		l.Require("roots", s.Roots, "使用长期验证数据时，签名证书的根证书", "with long-term data, the file of the signers' roots")
	}
	if s.SM2 != nil && s.SM2.PEM == "" {
		l.Add("sm2.pem", "required", "国密 SM2 密钥须以 pem 给出", "an SM2 key is given as pem")
	}
	for _, name := range slices.Sorted(maps.Keys(s.People)) {
		if s.People[name].PEM != "" {
			l.Add("people."+name, "pem", "签署 PDF 的密钥须以 pkcs12 或 pkcs11 给出", "a key that signs the PDF is given as pkcs12 or pkcs11")
		}
	}
	if s.Seal != nil && s.Seal.PEM != "" {
		l.Add("seal", "pem", "签署 PDF 的密钥须以 pkcs12 或 pkcs11 给出", "a key that signs the PDF is given as pkcs12 or pkcs11")
	}
	return l.Err()
}

// below finds the files from a folder.
func (s Settings) below(folder string) Settings {
	for _, source := range []**keys.Source{&s.Seal, &s.SM2} {
		if *source != nil {
			found := (*source).Below(folder)
			*source = &found
		}
	}
	s.People = maps.Clone(s.People)
	for name, source := range s.People {
		s.People[name] = source.Below(folder)
	}
	s.Roots, s.SM2Roots = keys.Below(folder, s.Roots), keys.Below(folder, s.SM2Roots)
	if s.Timestamp != nil {
		t := *s.Timestamp
		t.Roots = keys.Below(folder, t.Roots)
		s.Timestamp = &t
	}
	if s.LongTerm != nil {
		var l LongTermSettings
		for _, file := range s.LongTerm.CRLs {
			l.CRLs = append(l.CRLs, keys.Below(folder, file))
		}
		s.LongTerm = &l
	}
	return s
}

// readList reads a list of revoked certificates.
func readList(file string) (*x509.RevocationList, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, errSettings.With(err)
	}
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	l, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, errSettings.With(fmt.Errorf("%s: %w", file, err))
	}
	return l, nil
}
