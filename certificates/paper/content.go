package paper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Content is what a document says: all of it, so that the page can be drawn from it alone. Frozen as canonical JSON it
// never changes. The implementations are ReportContent, VerificationContent and CalibrationContent, which are issued, and
// SamplingFormContent, CustodyContent and FollowUpContent, which are papers printed from the records.
type Content interface {
	// DocumentKind is the kind of document.
	DocumentKind() Kind
	// Title is the heading of the document.
	Title() string
	// Conclusion is the overall result in words, computed from the items; empty where nothing is concluded.
	Conclusion() string
	// Validate lists all that is missing or contradictory.
	Validate() error

	head() head
	faults(l *errs.List, draft bool)
	layout(p *press)
}

// head is what every content has.
type head struct {
	number    string
	body      Body
	issuedOn  calendar.Date
	signed    time.Time // the last signature, or the printing
	source    string    // of a printed paper: the records that it is drawn from
	bilingual bool

	signatories []Signatory
}

// Freeze validates c and returns it as canonical JSON (RFC 8785): what is hashed, stored, and drawn from.
func Freeze(c Content) ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	data, err := ledger.Canonical(c)
	if err != nil {
		return nil, fmt.Errorf("freeze %s: %w", c.head().number, err)
	}
	return data, nil
}

// Thaw reads what Freeze wrote. A field that this version does not know is an error: it would be left off the page.
func Thaw(frozen []byte) (Content, error) {
	var of struct {
		Kind Kind `json:"kind"`
	}
	if err := json.Unmarshal(frozen, &of); err != nil {
		return nil, unreadable.With(err)
	}
	switch of.Kind {
	case InspectionReport:
		return thaw[ReportContent](frozen)
	case VerificationCertificate, VerificationNotice:
		return thaw[VerificationContent](frozen)
	case CalibrationCertificate:
		return thaw[CalibrationContent](frozen)
	case SamplingForm:
		return thaw[SamplingFormContent](frozen)
	case CustodySheet:
		return thaw[CustodyContent](frozen)
	case RetestApplication, RetestDecision, RetestHandover, ResultNotice, HandlingNotice, SampleDisposal:
		return thaw[FollowUpContent](frozen)
	}
	return nil, unreadable.With(fmt.Errorf("kind %q", of.Kind))
}

var unreadable = errs.New(errs.Invalid, "content_unreadable", "文书内容无法识别", "the document's content cannot be read")

func thaw[C Content](frozen []byte) (Content, error) {
	var c C
	d := json.NewDecoder(bytes.NewReader(frozen))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, unreadable.With(err)
	}
	return c, nil
}

// Body is the issuing body (检验检测机构, 检定机构).
type Body struct {
	Division      string `json:"division"`                // six digits of GB/T 2260
	Name          string `json:"name"`                    // full name as on the seal
	Address       string `json:"address"`                 //
	Postcode      string `json:"postcode,omitempty"`      //
	Phone         string `json:"phone,omitempty"`         //
	Fax           string `json:"fax,omitempty"`           //
	Email         string `json:"email,omitempty"`         //
	CMANumber     string `json:"cma_number,omitempty"`    // 资质认定证书编号; empty: the CMA mark is not used
	CNASNumber    string `json:"cnas_number,omitempty"`   // 实验室认可证书编号; empty: the CNAS mark is not used
	Authorization string `json:"authorization,omitempty"` // 计量授权证书号
}

func (b Body) faults(l *errs.List) {
	l.Require("body.division", b.Division, "行政区划代码", "the division code")
	l.Require("body.name", b.Name, "机构名称", "the body's name")
	l.Require("body.address", b.Address, "机构地址", "the body's address")
}

// Party is a person or business that a document speaks of.
type Party struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// Replacement says which document a new version replaces and why (ISO/IEC 17025:2017 7.8.8).
type Replacement struct {
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// Signature is one of the three electronic signatures.
type Signature struct {
	PersonID string    `json:"person_id"`
	Name     string    `json:"name"`
	SignedAt time.Time `json:"signed_at"` // UTC
}

// Signatory is somebody who signs a document, with the signature.
type Signatory struct {
	Field  string // its name among the content's signatures, and in a signed file
	ZH, EN string // who signs
	Reason string // what it means, in both languages
	Signature
}

// Signatories are those who sign a document, in their order; nobody signs one that is only printed.
func Signatories(c Content) []Signatory { return c.head().signatories }

// signatureFaults wants all signatures, by different people, each after the one before.
func signatureFaults(l *errs.List, all []Signatory) {
	for i, s := range all {
		path := "signatures." + s.Field
		l.Require(path+".person_id", s.PersonID, s.ZH+"编号", "the id of "+s.EN)
		l.Require(path+".name", s.Name, s.ZH+"姓名", "the name of "+s.EN)
		if s.SignedAt.IsZero() {
			l.Add(path+".signed_at", "required", s.ZH+"签名时间必填", "the time at which "+s.EN+" signed is required")
		}
		if _, offset := s.SignedAt.Zone(); offset != 0 {
			l.Add(path+".signed_at", "not_utc", "签名时间须为协调世界时", "the time of signing must be in UTC")
		}
		for _, before := range all[:i] {
			if s.PersonID != "" && s.PersonID == before.PersonID {
				l.Add(path+".person_id", "same_person", s.ZH+"与"+before.ZH+"不得为同一人",
					s.EN+" and "+before.EN+" must be two people")
			}
		}
		if i > 0 && !s.SignedAt.IsZero() && s.SignedAt.Before(all[i-1].SignedAt) {
			l.Add(path+".signed_at", "order", s.ZH+"签名不得早于"+all[i-1].ZH,
				s.EN+" must not sign before "+all[i-1].EN)
		}
	}
}

// identityFaults checks number, version, replacement and date of issue.
func identityFaults(
	l *errs.List, number string, version int, replaces *Replacement, issuedOn calendar.Date, draft bool,
) {
	if !draft {
		l.Require("number", number, "文书编号", "the document's number")
		dateRequired(l, "issued_on", issuedOn, "签发日期", "the date of issue")
	}
	switch {
	case version < 1:
		l.Add("version", "invalid", "版本号须为 1 或以上", "the version must be 1 or more")
	case version > 1 && replaces == nil:
		l.Add("replaces", "required", "修改后的文书须注明所替代的文书", "a later version must name what it replaces")
	case version == 1 && replaces != nil:
		l.Add("replaces", "invalid", "首次出具的文书不替代其他文书", "a first version replaces nothing")
	}
	if replaces != nil {
		l.Require("replaces.number", replaces.Number, "被替代文书编号", "the number of the replaced document")
		l.Require("replaces.reason", replaces.Reason, "替代原因", "the reason of the replacement")
	}
}

func dateRequired(l *errs.List, path string, d calendar.Date, zh, en string) {
	if d.IsZero() {
		l.Add(path, "required", zh+"必填", en+" is required")
	}
}

// later adds a fault when a date lies before another that it must not.
func later(l *errs.List, path string, d, than calendar.Date, zh, en string) {
	if !d.IsZero() && !than.IsZero() && d.Before(than) {
		l.Add(path, "order", zh, en)
	}
}

// kindFault refuses a content under the name of another kind.
func kindFault(l *errs.List, got Kind, allowed ...Kind) {
	if slices.Contains(allowed, got) {
		return
	}
	l.Add("kind", "invalid", "文书种类不符", "this content cannot be a document of kind "+string(got))
}

// shanghai is the legal time of the documents.
var shanghai = time.FixedZone("CST", 8*3600)
