package certificates

import (
	"bytes"
	"strings"
	"testing"

	"hengjian/certificates/paper"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// unsigned is what a document said before its approval: without number, day of issue, and the approver's signature.
func (b *bureau) unsigned(number string) paper.Content {
	b.Helper()
	d, err := selectDocument(b.Context(), b.db, b.actors["chu"], number)
	b.must(err)
	f, err := selectFrozen(b.Context(), b.db, d.ID)
	b.must(err)
	c, err := paper.Thaw([]byte(f.Content))
	b.must(err)
	switch c := c.(type) {
	case paper.VerificationContent:
		c.Number, c.IssuedOn, c.Signatures.Approver = "", calendar.Date{}, paper.Signature{}
		return c
	case paper.ReportContent:
		c.Number, c.IssuedOn, c.Signatures.Approver = "", calendar.Date{}, paper.Signature{}
		return c
	}
	b.Fatalf("content %T", c)
	return nil
}

// wantDraft holds a preview against the document that was issued afterwards.
func (b *bureau) wantDraft(preview []byte, number string) {
	b.Helper()
	want, err := paper.Draw(b.unsigned(number), paper.Options{Watermark: paper.Draft, Pending: b.PublicURL(strings.Repeat("x", codeLength))})
	b.must(err)
	if !bytes.Equal(preview, want) {
		b.Errorf("the preview of %s is not what was issued, but for the mark and what the approval adds", number)
	}
}

func TestPreviewVerification(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	order := b.checked("S-1", "15.000", b.standard)
	preview, err := b.PreviewVerification(t.Context(), b.actors["chen"], order)
	b.must(err)
	_, err = b.PreviewVerification(t.Context(), b.actors["shop"], order)
	b.wantCode("by the holder", err, errs.Forbidden, "role_missing")
	d, err := b.approve(order)
	b.must(err)
	b.wantDraft(preview, d.Number)
	_, err = b.PreviewVerification(t.Context(), b.actors["chen"], order)
	b.wantCode("when issued", err, errs.Conflict, "no_open_record")
	order = b.checkedAt("inspection", d.SubjectNumber, readings("15.000"), b.standard)
	_, err = b.PreviewVerification(t.Context(), b.actors["chen"], order)
	b.wantCode("an inspection that passes", err, errs.Conflict, "nothing_issued")
}

// Each report is previewed on its way, and so is the one that corrects it.
func TestPreviewReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	sample, first := b.report("CY-1", "0.05")
	_, err := b.PreviewReport(t.Context(), b.actors["sun"], sample)
	b.wantCode("when issued", err, errs.Conflict, "no_open_report")
	again := b.reissued(sample, "0.06")
	if again.Supersedes == "" {
		t.Errorf("%s supersedes nothing", again.Number)
	}
	for number, bilingual := range map[string]bool{first.Number: false, again.Number: true} {
		if got := b.unsigned(number).(paper.ReportContent).Bilingual; got != bilingual {
			t.Errorf("%s is in two languages: %v, want %v", number, got, bilingual)
		}
	}
	_, err = b.PreviewReport(t.Context(), b.actors["shop"], sample)
	b.wantCode("by a business", err, errs.Forbidden, "role_missing")
}

func TestCopy(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.finishedDocument("S-1")
	_, _, err := b.Copy(t.Context(), b.actors["shop"], first.Number)
	b.wantCode("of a valid document", err, errs.Conflict, "not_marked")
	second, err := b.approve(b.checkedWith(first.SubjectNumber, readings("15.000"), b.standard))
	b.must(err)
	b.revoke(second.Number)
	for number, mark := range map[string]paper.Watermark{first.Number: paper.Superseded, second.Number: paper.Revoked} {
		pdf, d, err := b.Copy(t.Context(), b.actors["shop"], number)
		b.must(err)
		f, err := selectFrozen(t.Context(), b.db, d.ID)
		b.must(err)
		c, err := paper.Thaw([]byte(f.Content))
		b.must(err)
		want, err := paper.Draw(c, paper.Options{URL: b.PublicURL(d.Code), Watermark: mark})
		if err != nil || !bytes.Equal(pdf, want) {
			t.Errorf("%s is not copied under the mark %q: %v", number, mark, err)
		}
		if _, _, err := b.Copy(t.Context(), b.actors["stranger"], number); err == nil {
			t.Errorf("%s is copied to another business", number)
		}
	}
}
