package certificates

import (
	"testing"

	"hengjian/certificates/paper"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/standards"
)

// A report bears the marks of the schemes in whose scope its methods are on the day of the test, and of no other.
func TestReportBearsItsAccreditations(t *testing.T) {
	t.Parallel()
	b := newBureau(t).openLaboratory()
	ctx, scope := t.Context(), standards.New(b.db, b.now)
	_, admin, err := b.people.SignIn(ctx, "admin", password, "")
	b.must(err)
	bureau, err := b.people.Division(ctx, admin.Division)
	b.must(err)
	bureau.CMANumber, bureau.CNASNumber = "231500000001", "CNAS L00000"
	b.must(b.people.PutDivision(ctx, admin, bureau))
	accredit := func(scheme standards.Scheme, from, to string) error {
		return scope.Accredit(ctx, b.actors["chief"], standards.Accreditation{Code: "GB 5009.12", Scheme: scheme,
			ValidFrom: calendar.MustDate(from), ValidTo: calendar.MustDate(to)})
	}
	b.must(accredit("", "2026-01-01", "2026-12-31"))
	b.must(accredit(standards.CNAS, "2025-01-01", "2025-12-31")) // over by now
	b.wantCode("an unknown scheme", accredit("iso", "2026-01-01", "2026-12-31"), errs.Invalid, "invalid")
	b.wantMarks(b.reported("CY-1"), true, false)
	b.must(accredit(standards.CNAS, "2026-01-01", "2026-12-31"))
	b.wantMarks(b.reported("CY-2"), true, true)

	_, err = b.db.Exec(ctx, `
		INSERT INTO accredited_method (id, division, code, scheme, valid_from, valid_to, recorded_by, recorded_at)
		SELECT gen_random_uuid(), division, code, 'iso', valid_from, valid_to, recorded_by, recorded_at
		FROM accredited_method
		LIMIT 1`)
	if !database.Violates(err, "accredited_method_scheme") {
		t.Errorf("an unknown scheme in the table: %v", err)
	}
}

// reported is the content of a report that is issued for a form.
func (b laboratory) reported(form string) paper.ReportContent {
	b.Helper()
	_, d := b.report(form, "0.05")
	f, err := selectFrozen(b.Context(), b.db, d.ID)
	b.must(err)
	c, err := paper.Thaw([]byte(f.Content))
	b.must(err)
	return c.(paper.ReportContent)
}

func (b laboratory) wantMarks(c paper.ReportContent, cma, cnas bool) {
	b.Helper()
	if c.Items[0].CMA != cma || c.Items[0].CNAS != cnas || c.Body.CMANumber != "231500000001" || c.Body.CNASNumber != "CNAS L00000" {
		b.Errorf("%s: in scope of CMA %v, CNAS %v, of %+v; want %v, %v", c.Number, c.Items[0].CMA, c.Items[0].CNAS, c.Body, cma, cnas)
	}
}
