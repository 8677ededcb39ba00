package pades

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"time"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
	"hengjian/internal/errs"
)

// SealField is the field that the bureau signs, after all others.
const SealField = "seal"

// Signatory is a person who signs a document, and the field for it.
type Signatory struct {
	Field  string // such as inspector
	Person string // the name that the person signs in with
	Name   string // as the signature says it
	Reason string
}

// Signers hold the keys that sign documents; the zero value has none. They are safe for concurrent use.
type Signers struct {
	ring     *keys.Ring
	seal     *cms.Standard
	people   map[string]*cms.Standard
	sm2      *cms.SM2
	trust    cms.Trust
	stamper  *cms.Stamper // nil where no timestamps are wanted
	lists    *revocations // nil where no validation data are wanted
	sealName string
	now      func() time.Time
}

// How long others may take to answer.
const (
	stampPatience = 20 * time.Second
	listPatience  = 30 * time.Second
)

func errNoKey(field string) error {
	return errs.New(errs.Invalid, "signing_key_missing", "签名设置中没有签名域“"+field+"”的密钥",
		fmt.Sprintf("the settings for signing have no key for the signature field %q", field))
}

var errNoSM2 = errs.New(errs.Invalid, "sm2_not_set", "未设置国密 SM2 密钥", "no SM2 key is set up")

// Open opens all keys of the settings. A key that could not sign now, or whose certificate does not end at the roots of
// the settings, is refused.
func Open(s Settings, now func() time.Time, random io.Reader) (*Signers, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	o := &Signers{ring: keys.NewRing(now), people: map[string]*cms.Standard{}, now: now}
	if err := o.open(s, random); err != nil {
		_ = o.ring.Close() // the fault that is told is the first
		return nil, err
	}
	return o, nil
}

func (o *Signers) open(s Settings, random io.Reader) (err error) {
	if o.trust, err = s.trust(o.now); err != nil {
		return err
	}
	if s.Timestamp != nil {
		o.stamper = &cms.Stamper{
			URL: s.Timestamp.URL, Roots: o.trust.Stampers, Client: &http.Client{Timeout: stampPatience}, Random: random,
		}
	}
	if s.LongTerm != nil {
		o.lists = &revocations{client: &http.Client{Timeout: listPatience}, now: o.now}
		for _, file := range s.LongTerm.CRLs {
			l, err := readList(file)
			if err != nil {
				return err
			}
			o.lists.given = append(o.lists.given, l)
		}
	}
	if s.Seal != nil {
		if o.seal, err = o.standard(*s.Seal); err != nil {
			return fmt.Errorf("the bureau's seal: %w", err)
		}
		o.sealName = commonName(o.seal.Chain[0])
	}
	for name, source := range s.People {
		if o.people[name], err = o.standard(source); err != nil {
			return fmt.Errorf("person %s: %w", name, err)
		}
	}
	if s.SM2 == nil {
		return nil
	}
	o.sm2 = &cms.SM2{Random: random, Trust: o.trust}
	if o.sm2.Trust, err = s.trustSM2(o.now); err != nil {
		return err
	}
	if o.sm2.Identity, err = o.ring.Open(*s.SM2); err != nil {
		return err
	}
	return o.sm2.Trusted()
}

func (o *Signers) standard(s keys.Source) (*cms.Standard, error) {
	id, err := o.ring.Open(s)
	if err != nil {
		return nil, err
	}
	scheme := &cms.Standard{Identity: id, Trust: o.trust}
	return scheme, scheme.Trusted()
}

func commonName(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// trust reads the roots.
func (s Settings) trust(now func() time.Time) (t cms.Trust, err error) {
	t.Now = now
	if s.Roots != "" {
		if t.Roots, err = keys.ReadCertificates(s.Roots, x509.ParseCertificate); err != nil {
			return t, err
		}
	}
	if s.Timestamp != nil {
		t.Stampers, err = keys.ReadCertificates(s.Timestamp.Roots, x509.ParseCertificate)
	}
	return t, err
}

func (s Settings) trustSM2(now func() time.Time) (t cms.Trust, err error) {
	t.Now = now
	if s.SM2Roots != "" {
		t.Roots, err = keys.ReadCertificates(s.SM2Roots, keys.ParseSM2)
	}
	return t, err
}

// Close lets go of the keys that are in devices.
func (o *Signers) Close() error {
	if o.ring == nil {
		return nil // the zero value, which signs nothing
	}
	return o.ring.Close()
}

// Trust is whom to believe about signatures in files.
func (o *Signers) Trust() cms.Trust { return o.trust }

// Fields are the names of the fields that a document needs: those of the people who have a key, and the seal's.
func (o *Signers) Fields(people ...Signatory) []string {
	fields := []string{}
	for _, p := range people {
		if o.people[p.Person] != nil {
			fields = append(fields, p.Field)
		}
	}
	if o.seal != nil {
		fields = append(fields, SealField)
	}
	return fields
}

// Key names the key that signs a field (cms.KeyID); empty when there is none.
func (o *Signers) Key(field string, people ...Signatory) string {
	if _, by := o.signer(field, people); by != nil {
		return cms.KeyID(by.Chain[0])
	}
	return ""
}

// ContentKey names the key that signs content by SM2; empty when there is none.
func (o *Signers) ContentKey() string {
	if o.sm2 == nil {
		return ""
	}
	return cms.KeyID(o.sm2.Chain[0])
}

// Level is that of the signatures that are made.
func (o *Signers) Level() Level {
	switch {
	case o.lists != nil:
		return LevelLT
	case o.stamper != nil:
		return LevelT
	}
	return LevelB
}

// At returns signers with the same keys whose signatures are of a level, for which the settings must have what it takes.
func (o *Signers) At(level Level) (*Signers, error) {
	other := *o
	switch level {
	case LevelLT:
		if o.lists == nil {
			return nil, errNoLists
		}
	case LevelT:
		if o.stamper == nil {
			return nil, errNoStamps
		}
		other.lists = nil
	case LevelB:
		other.stamper, other.lists = nil, nil
	default:
		return nil, errs.New(errs.Internal, "signature_level_unknown", "未知的签名级别", "the level of signatures is not known")
	}
	return &other, nil
}

var errNoStamps = errs.New(errs.Invalid, "timestamp_not_set", "签名设置中没有时间戳机构（timestamp）",
	"the settings for signing have no timestamp authority, which the file needs")

var errNoLists = errs.New(errs.Invalid, "long_term_not_set", "签名设置中没有长期验证数据（long_term）",
	"the settings for signing have no long_term, which the file needs")

// Sign signs all fields of a drawn file, in their order: that of the seal, and those of the people; then it appends
// validation data where they are wanted. Without any fields the file comes back as it is; a field for which there is no key
// is refused.
func (o *Signers) Sign(ctx context.Context, pdf []byte, people ...Signatory) ([]byte, error) {
	f, err := Read(pdf)
	if err != nil {
		return nil, err
	}
	for _, field := range f.Fields() {
		claim, by := o.signer(field, people)
		if by == nil {
			return nil, errNoKey(field)
		}
		stamped := *by
		stamped.Stamper = o.stamper
		if err := f.sign(ctx, field, claim, &stamped); err != nil {
			return nil, err
		}
	}
	if o.lists != nil && len(f.Signatures) > 0 {
		if err := f.appendValidation(ctx, o.trust, o.lists); err != nil {
			return nil, err
		}
	}
	return f.data, nil
}

// signer is whose signature a field is for, nil when there is no key for it.
func (o *Signers) signer(field string, people []Signatory) (Claim, *cms.Standard) {
	if field == SealField {
		return Claim{Time: o.now(), Name: o.sealName}, o.seal
	}
	for _, p := range people {
		if p.Field == field {
			return Claim{Time: o.now(), Name: p.Name, Reason: p.Reason}, o.people[p.Person]
		}
	}
	return Claim{}, nil
}

// SignsContent says whether content can be signed by SM2.
func (o *Signers) SignsContent() bool { return o.sm2 != nil }

// SignContent signs a document's content by SM2. The signature is apart from it.
func (o *Signers) SignContent(ctx context.Context, content []byte) ([]byte, error) {
	if o.sm2 == nil {
		return nil, errNoSM2
	}
	return o.sm2.Sign(ctx, content)
}
