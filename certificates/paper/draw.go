// Package paper holds what documents say and draws them: those that are issued (ReportContent, VerificationContent,
// CalibrationContent) and the papers that are printed from the records (SamplingFormContent, CustodyContent,
// FollowUpContent). The bytes of a PDF are a function of the frozen content, the public address and the watermark, and
// of nothing else. Pure. Read content.go, then draw.go and press.go; the files that end in _page.go are the layouts, and
// terms.json holds their words in English.
package paper

import (
	"fmt"
	"net/url"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

// Watermark marks a copy that is not the valid document itself.
type Watermark string

// The watermarks.
const (
	None       Watermark = ""
	Draft      Watermark = "draft"      // a preview before signing: number, date of issue and signatures may be missing
	Superseded Watermark = "superseded" // replaced by a later version
	Revoked    Watermark = "revoked"
)

var watermarks = map[Watermark]sheet.Watermark{
	None:       {},
	Draft:      {Text: "草稿无效", Under: "DRAFT – NOT VALID", Color: sheet.Color{R: 226, G: 226, B: 226}},
	Superseded: {Text: "已被替代", Under: "SUPERSEDED", Color: sheet.Color{R: 246, G: 222, B: 196}},
	Revoked:    {Text: "已撤销", Under: "REVOKED", Color: sheet.Color{R: 248, G: 206, B: 206}},
}

// Options is what the page shows besides the content.
type Options struct {
	URL       string // public address in the QR code, at most 62 bytes; may be empty for a Draft only
	Pending   string // of a Draft without URL: what the address will look like, so that it takes as much room
	Watermark Watermark
	Proof     []byte   // that the issue is in the evidence ledger (JSON); goes into the file, and with it the content itself
	SM2       []byte   // a signature of the content, apart from it; goes into the file beside the proof
	Fields    []string // names of the signature fields, for those who sign the file afterwards
}

// address is what the page says of where it can be checked.
func (o Options) address() string {
	switch {
	case o.URL != "" || o.Watermark != Draft:
		return o.URL
	case o.Pending != "":
		return o.Pending
	}
	return "（签发时给出的网址）"
}

// What the files inside a document are called.
const (
	ContentName = "hengjian-content.json"      // the content as Freeze writes it: its hash is what the ledger holds
	ProofName   = "hengjian-ledger-proof.json" // Options.Proof
	SM2Name     = "hengjian-content.sm2.p7s"   // Options.SM2
)

// Bounds of what is drawn; beyond them a content is refused rather than drawn badly or for ever.
const (
	maxRows    = 10_000
	maxColumns = 12
	maxText    = 20_000    // characters of one field
	maxTotal   = 4_000_000 // characters of one document
	maxGlyphs  = 20_000    // different characters: a font has 65,535 codes, and each may stand in three fonts
)

// Draw returns the PDF of a content: the same content and options give the same bytes, anywhere and at any time. It is
// errs.Invalid with all faults when the content is not complete or holds a character that the fonts cannot show, and
// errs.Unavailable when the program was built without fonts.
func Draw(c Content, o Options) ([]byte, error) {
	set, err := fonts.Load()
	if err != nil {
		return nil, err
	}
	doc, err := layOut(set, c, o)
	if err != nil {
		return nil, err
	}
	if len(o.Proof) > 0 {
		if doc.Attachments, err = attachments(c, o); err != nil {
			return nil, err
		}
	}
	doc.Fields = o.Fields
	data, err := doc.PDF(set)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", c.DocumentKind(), c.head().number, err)
	}
	return data, nil
}

// attachments are the content, the proof that it is in the ledger, and its signature where there is one: with them, the
// file can be checked by itself.
func attachments(c Content, o Options) ([]sheet.Attachment, error) {
	frozen, err := Freeze(c)
	if err != nil {
		return nil, err
	}
	const mediaType = "application/json"
	all := []sheet.Attachment{
		{
			Name: ContentName, Description: "文书内容 content of the document", MediaType: mediaType,
			Relationship: sheet.Data, Content: frozen,
		},
		{
			Name: ProofName, Description: "证据日志存在证明 ledger proof", MediaType: mediaType,
			Relationship: sheet.Supplement, Content: o.Proof,
		},
	}
	if len(o.SM2) > 0 {
		all = append(all, sheet.Attachment{
			Name: SM2Name, Description: "文书内容的国密签名 SM2 signature of the content", MediaType: "application/pkcs7-signature",
			Relationship: sheet.Supplement, Content: o.SM2,
		})
	}
	return all, nil
}

// layOut checks the content and sets its pages.
func layOut(set *fonts.Set, c Content, o Options) (sheet.Document, error) {
	mark, known := watermarks[o.Watermark]
	if !known {
		return sheet.Document{}, errs.New(errs.Invalid, "watermark", "水印种类不符", "unknown watermark")
	}
	var l errs.List
	c.faults(&l, o.Watermark == Draft)
	textFaults(&l, set, c)
	if c.DocumentKind().Issued() {
		urlFaults(&l, o)
	} else if o.URL != "" {
		l.Add("url", "not_issued", "此件不是签发的文书，没有核验网址", "this paper is not issued, so it has no public address")
	}
	if err := l.Err(); err != nil {
		return sheet.Document{}, err
	}
	h := c.head()
	p, err := newPress(set, c, o)
	if err != nil {
		return sheet.Document{}, err
	}
	c.layout(p)
	if !h.bilingual {
		mark.Under = ""
	}
	return sheet.Document{
		Title: p.both(c.Title()) + " " + h.number, Author: h.body.Name, Subject: c.Conclusion(),
		Created: h.created(), Mark: mark, Pages: p.finish(),
	}, nil
}

// created is the date of the file: the last signature, else the day of issue; a draft without either has a fixed one.
func (h head) created() time.Time {
	if !h.signed.IsZero() {
		return h.signed.In(shanghai)
	}
	if t, err := time.Parse(time.DateOnly, h.issuedOn.String()); err == nil && !h.issuedOn.IsZero() {
		return t
	}
	return time.Unix(0, 0).UTC()
}

func urlFaults(l *errs.List, o Options) {
	if o.URL == "" {
		if o.Watermark != Draft {
			l.Add("url", "required", "核验网址必填", "the public address is required")
		}
		return
	}
	if len(o.URL) > sheet.MaxURL {
		l.Add("url", "too_long", fmt.Sprintf("核验网址不得超过 %d 字节，现为 %d 字节", sheet.MaxURL, len(o.URL)),
			fmt.Sprintf("the public address has %d bytes; a QR code that reads well holds %d", len(o.URL), sheet.MaxURL))
	}
	if !IsAddress(o.URL) {
		l.Add("url", "invalid", "核验网址须为 http 或 https 地址", "the public address must be an http or https URL in ASCII")
	}
}

// IsAddress tells a web address in ASCII, such as a code can hold.
func IsAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && ascii(address)
}

// MaxAddress is the most bytes of an address in a QR code.
const MaxAddress = sheet.MaxURL

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
