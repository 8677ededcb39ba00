package certificates

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"hengjian/certificates/paper"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

func TestStatusOn(t *testing.T) {
	t.Parallel()
	until, at := calendar.MustDate("2027-09-17"), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		on         string
		until      *calendar.Date
		superseded string
		revoked    *time.Time
		want       Status
	}{
		{"2026-09-18", &until, "", nil, Valid},
		{"2027-09-17", &until, "", nil, Valid},
		{"2027-09-18", &until, "", nil, Expired},
		{"2099-01-01", nil, "", nil, Valid},
		{"2026-10-02", &until, "BG2", nil, Superseded},
		{"2027-09-18", &until, "BG2", nil, Superseded},
		{"2026-10-02", &until, "", &at, Revoked},
		{"2026-10-02", &until, "BG2", &at, Revoked},
		{"2027-09-18", &until, "BG2", &at, Revoked},
	} {
		d := Document{ValidUntil: tt.until, SupersededBy: tt.superseded, RevokedAt: tt.revoked}
		if got := d.StatusOn(calendar.MustDate(tt.on)); got != tt.want {
			t.Errorf("on %s, until %v, superseded by %q, revoked %v: %s, want %s", tt.on, tt.until, tt.superseded, tt.revoked, got, tt.want)
		}
	}
}

func TestMaskHolder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "张": "张***", "张三": "张***", "四季超市": "四***", "长清某超市": "长清****超市", "济南市长清区某某商贸有限公司": "济南****公司",
	} {
		if got := maskHolder(name); got != want {
			t.Errorf("maskHolder(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestIssue(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, tt := range []struct {
		serial, top        string
		kind               Kind
		number, validUntil string
	}{
		{"S-1", "15.000", VerificationCertificate, "JDZ26-370113-00001", "2027-09-17"},
		{"S-2", "15.015", VerificationNotice, "JDT26-370113-00001", "<nil>"},
		{"S-3", "15.000", VerificationCertificate, "JDZ26-370113-00002", "2027-09-17"},
	} {
		d := b.issued(tt.serial, tt.top)
		if d.Kind != tt.kind || d.Number != tt.number || fmt.Sprint(d.ValidUntil) != tt.validUntil || d.Status != Valid || len(d.Code) != codeLength {
			t.Errorf("%s: issued %+v, want %s %s until %s", tt.serial, d, tt.kind, tt.number, tt.validUntil)
		}
		if d.FileHash != "" || d.LogIndex != nil {
			t.Errorf("%s has the file %s before its issue is in the ledger", d.Number, d.FileHash)
		}
		pdf, d, err := b.PDF(t.Context(), b.actors["shop"], d.Number)
		sum := sha256.Sum256(pdf)
		if err != nil || hex.EncodeToString(sum[:]) != d.FileHash {
			t.Errorf("%s: the stored bytes have the hash %x, %v; want %s", d.Number, sum, err, d.FileHash)
		}
		public, err := b.Check(t.Context(), d.Code)
		if err != nil || public.Number != d.Number || public.Holder != "长清****超市" || public.Status != Valid {
			t.Errorf("%s: the public sees %+v, %v", d.Number, public, err)
		}
	}
}

// A certificate says by which class and parameters its instrument was judged.
func TestCertificateSaysWhatItWasJudgedBy(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for serial, grade := range map[string]string{"S-1": "III级，", "S-2": ""} {
		top := map[string]string{"S-1": "15.000", "S-2": "15.015"}[serial]
		var frozen string
		b.must(b.db.Get(t.Context(), &frozen, `
			SELECT content
			FROM document
			WHERE number = $1`, b.issued(serial, top).Number))
		var c paper.VerificationContent
		b.must(json.Unmarshal([]byte(frozen), &c))
		in, parameters := c.Instrument, []string{"准确度等级：III", "最大秤量Max=15 kg", "最小秤量Min=0.1 kg", "检定分度值e=0.005 kg"}
		if in.Class != "III" || !slices.Equal(in.Parameters, parameters) || c.GradedAs != grade {
			t.Errorf("%s: class %s, %q, graded as %q; want III, %q and %q", serial, in.Class, in.Parameters, c.GradedAs, parameters, grade)
		}
	}
}

// A scale that failed gets its notice though the rest was not measured any more; one of which nothing failed gets none.
func TestNoticeOfWhatWasNotFinished(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, c := range []struct{ serial, top, want string }{{"S-1", "15.015", "fail"}, {"S-2", "15.000", "undetermined"}} {
		read := regexp.MustCompile(`(?s),\s*"discrimination".*`).ReplaceAll(readings(c.top), []byte("}"))
		order, conclusion := b.recordedAt("subsequent", b.filed(c.serial), read, b.standard)
		if conclusion != c.want {
			t.Errorf("%s at 15 kg without discrimination is %s, want %s", c.top, conclusion, c.want)
		}
		_, err := b.metering.CheckRecord(t.Context(), b.actors["chen"], b.prove("chen"), order, 0)
		if c.want != "fail" {
			b.wantCode("an undetermined record", err, errs.Conflict, "order_state")
			continue
		}
		b.must(err)
		if d, err := b.approve(order); err != nil || d.Kind != VerificationNotice || d.Conclusion != "fail" || d.ValidUntil != nil {
			t.Errorf("issued %+v, %v; want a notice", d, err)
		}
	}
}

// An in-use inspection that passes leaves the certificate in force and issues nothing; one that fails cancels it.
func TestInspection(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.issued("S-1", "15.000")
	b.at = b.at.AddDate(0, 1, 0)
	inspect := func(top string) (Document, error) {
		return b.approve(b.checkedAt("inspection", first.SubjectNumber, readings(top), b.standard))
	}
	if d, err := inspect("15.010"); err != nil || d.Number != first.Number || d.Status != Valid || d.SupersededBy != "" {
		t.Errorf("an inspection that passes answers with %s, %s, %v; want %s as it was", d.Number, d.Status, err, first.Number)
	}
	in, err := b.metering.Instrument(t.Context(), b.actors["shop"], first.SubjectNumber)
	if err != nil || fmt.Sprint(in.VerifiedOn, in.ValidUntil) != fmt.Sprint("2026-09-18 ", first.ValidUntil) {
		t.Errorf("inspected, the instrument is verified on %v until %v, %v; want as before", in.VerifiedOn, in.ValidUntil, err)
	}
	notice, err := inspect("15.020")
	if err != nil || notice.Kind != VerificationNotice || notice.Supersedes != first.Number {
		t.Errorf("an inspection that fails gives %+v, %v; want a notice in place of %s", notice, err, first.Number)
	}
}

// A certificate that is revoked between an inspection and its approval is not in force, and cannot stay so.
func TestInspectionWithoutACertificate(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.issued("S-1", "15.000")
	order := b.checkedAt("inspection", first.SubjectNumber, readings("15.000"), b.standard)
	b.revoke(first.Number)
	_, err := b.approve(order)
	b.wantCode("nothing is in force", err, errs.Blocked, "no_certificate_in_force")
}

// Who may see a document: its holder and staff of its division.
func TestWhoSeesADocument(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("S-1", "15.000")
	elsewhere := b.actors["feng"]
	elsewhere.Division = "370102"
	b.actors["elsewhere"] = elsewhere
	for _, tt := range []struct {
		who  string
		kind errs.Kind
		code string
		list int
	}{
		{"shop", 0, "<nil>", 1}, {"feng", 0, "<nil>", 1}, {"stranger", errs.NotFound, "document_missing", 0},
		{"elsewhere", errs.NotFound, "document_missing", 0}, {"sampler", errs.Forbidden, "role_missing", 0},
	} {
		_, err := b.Document(t.Context(), b.actors[tt.who], d.Number)
		b.wantCode(tt.who+" reads", err, tt.kind, tt.code)
		_, _, err = b.PublicPDF(t.Context(), b.actors[tt.who], d.Code)
		b.wantCode(tt.who+" fetches the PDF by its code", err, tt.kind, tt.code)
		list, err := b.Documents(t.Context(), b.actors[tt.who], Filter{})
		if len(list.Items) != tt.list || (err != nil) != (tt.kind == errs.Forbidden) {
			t.Errorf("%s lists %d documents, %v; want %d", tt.who, len(list.Items), err, tt.list)
		}
	}
	for _, code := range []string{"", "x", d.Code[1:], "000000000000000000", d.Code + "0"} {
		_, err := b.Check(t.Context(), code)
		b.wantCode("the code "+code, err, errs.NotFound, "document_missing")
	}
}

// The list filters by the status that is derived: the two derivations must agree.
func TestDocumentsByStatus(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first, second := b.issued("S-1", "15.000"), b.issued("S-2", "15.000")
	b.revoke(second.Number)
	for _, tt := range []struct {
		on   time.Time
		want map[Status]string
	}{
		{time.Date(2026, 9, 18, 2, 0, 0, 0, time.UTC), map[Status]string{Valid: first.Number, Revoked: second.Number}},
		{time.Date(2027, 9, 17, 15, 59, 0, 0, time.UTC), map[Status]string{Valid: first.Number, Revoked: second.Number}},
		{time.Date(2027, 9, 17, 16, 0, 0, 0, time.UTC), map[Status]string{Expired: first.Number, Revoked: second.Number}},
	} {
		b.at = tt.on
		for _, status := range []Status{Valid, Expired, Superseded, Revoked} {
			list, err := b.Documents(t.Context(), b.actors["feng"], Filter{Status: string(status)})
			got := ""
			for _, d := range list.Items {
				got += d.Number
				if d.Status != status {
					t.Errorf("%s at %s: %s has the status %s", status, tt.on, d.Number, d.Status)
				}
			}
			if err != nil || got != tt.want[status] {
				t.Errorf("%s at %s: %q, %v; want %q", status, tt.on, got, err, tt.want[status])
			}
		}
	}
}

// A scale that fails while its certificate still holds loses it to the notice, on the public page too; the next
// certificate does not bring the old one back. A revoked one stays revoked.
func TestOneCertificateInForce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.issued("S-1", "15.000")
	next := func(top string) Document {
		d, err := b.approve(b.checkedWith(first.SubjectNumber, readings(top), b.standard))
		b.must(err)
		return d
	}
	status := func(d Document, want Status, by string) {
		t.Helper()
		p, err := b.Check(t.Context(), d.Code)
		if err != nil || p.Status != want || p.SupersededBy != by {
			t.Errorf("%s is %s, superseded by %q, %v; want %s, %q", d.Number, p.Status, p.SupersededBy, err, want, by)
		}
	}
	notice := next("15.015")
	if notice.Kind != VerificationNotice || notice.Supersedes != first.Number {
		t.Errorf("issued a %s that supersedes %q; want a notice that supersedes %s", notice.Kind, notice.Supersedes, first.Number)
	}
	status(first, Superseded, notice.Number)
	second := next("15.000")
	status(first, Superseded, notice.Number)
	status(second, Valid, "")
	third := next("15.000")
	status(second, Superseded, third.Number)
	b.revoke(third.Number)
	fourth := next("15.000")
	if fourth.Supersedes != "" {
		t.Errorf("the certificate after a revoked one supersedes %q, want none", fourth.Supersedes)
	}
	status(third, Revoked, "")
	status(fourth, Valid, "")
}

// Twenty approvals at once: no number twice, and none left out, in the log neither.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	const n = 20
	b := newBureau(t)
	orders := make([]string, n)
	for i := range orders {
		orders[i] = b.checked(fmt.Sprintf("N-%d", i), "15.000", b.standard)
	}
	proof := b.prove("chu")
	numbers, want := make([]string, n), make([]string, n)
	var all sync.WaitGroup
	for i, order := range orders {
		want[i] = fmt.Sprintf("JDZ26-370113-%05d", i+1)
		all.Go(func() {
			d, err := b.ApproveVerification(t.Context(), b.actors["chu"], proof, order, 0)
			if err != nil {
				t.Errorf("approve %s: %v", order, err)
			}
			numbers[i] = d.Number
		})
	}
	all.Wait()
	slices.Sort(numbers)
	if !slices.Equal(numbers, want) {
		t.Errorf("numbers %v, want %v", numbers, want)
	}
	if _, faults := replayed(t, b.settled(), true); len(faults) > 0 {
		t.Errorf("the log has them in another order: %+v", faults)
	}
}

// What cannot be issued uses no number, and leaves the order where it was.
func TestRefusedContentUsesNoNumber(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	bad := b.checked("B-1", "15.000", b.bare)
	_, err := b.approve(bad)
	b.wantCode("a standard without an accuracy", err, errs.Blocked, "document_blocked")
	o, err := b.metering.Order(t.Context(), b.actors["feng"], bad)
	if err != nil || o.Order.State != "checked" || o.Records[0].ApprovedBy != "" {
		t.Errorf("the order is %s, %v; want checked and no approval", o.Order.State, err)
	}
	if d := b.issued("B-2", "15.000"); d.Number != "JDZ26-370113-00001" {
		t.Errorf("the next certificate is %s, want the first number", d.Number)
	}
	list, err := b.Documents(t.Context(), b.actors["feng"], Filter{})
	if err != nil || len(list.Items) != 1 {
		t.Errorf("%d documents, %v; want 1", len(list.Items), err)
	}
}

// The trace names a reference whose certificate did not cover the day on which the one below it was made.
func TestTraceNamesLapsedReference(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, chief, day := t.Context(), b.actors["chief"], calendar.MustDate
	d := b.issued("S-1", "15.000")
	for _, tt := range []struct{ from, until, gap string }{
		{"2025-01-05", "2026-01-04", "reference_out_of_validity"}, // lapsed the day before
		{"2025-01-06", "2026-01-05", ""},
		{"2026-01-06", "2027-01-05", "reference_out_of_validity"}, // not yet valid
	} {
		up, err := b.metering.AddEquipment(ctx, chief, instruments.NewEquipment{Kind: "reference", Name: "标准砝码", Model: "M",
			Serial: tt.from, Maker: "某厂", Range: "20 kg", Accuracy: "F1"})
		b.must(err)
		_, err = b.metering.RecordCertificate(ctx, chief, up.ID, instruments.NewCertificate{Number: "SJ-" + tt.from, Issuer: "省院",
			ValidFrom: day(tt.from), ValidUntil: day(tt.until), ReferenceName: "国家基准", ReferenceNumber: "GJ-1"})
		b.must(err)
		c, err := b.metering.RecordCertificate(ctx, chief, b.weights, instruments.NewCertificate{Number: "JZ-" + tt.from, Issuer: "本局",
			ValidFrom: day("2026-01-05"), ValidUntil: day("2027-01-04"), ReferenceEquipmentID: up.ID, ReferenceNumber: "SJ-" + tt.from})
		b.must(err)
		w := &walker{ctx: ctx, q: b.db, actor: b.actors["feng"], trace: Trace{Document: d}, seen: map[string]bool{}}
		b.must(w.equipment(c.ID, "2026-09-18"))
		got := ""
		for _, g := range w.trace.Gaps {
			got += g.Code
		}
		if got != tt.gap || len(w.trace.Nodes) != 3 {
			t.Errorf("reference valid %s to %s: gap %q, %d nodes; want %q, 3", tt.from, tt.until, got, len(w.trace.Nodes), tt.gap)
		}
	}
}
