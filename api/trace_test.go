package api

import (
	"testing"

	"hengjian/certificates"
	"hengjian/internal/database/dbtest"
)

// A report that was changed under its signatures is told, be it in words that no result contradicts.
func TestTraceTellsAChangedReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, d := b.issued(1, "0.12")
	b.wantTrace(d.Number)
	for _, query := range []string{
		`ALTER TABLE report DISABLE TRIGGER report_guard`,
		`UPDATE report SET summary = replace(summary, '封样完好', '封条破损')`,
	} {
		if _, err := dbtest.Owner(t, b.db).Exec(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	var trace certificates.Trace
	b.want(200, "auditor", "GET", "/api/v1/trace/"+d.Number, nil).into(t, &trace)
	if trace.Intact || len(trace.Gaps) != 3 {
		t.Fatalf("intact %v, gaps %+v; want one for each of three signatures", trace.Intact, trace.Gaps)
	}
	for _, g := range trace.Gaps {
		if g.Code != "signed_other_content" || g.ZH == "" || g.EN == "" {
			t.Errorf("gap %+v, want signed_other_content in both languages", g)
		}
	}
}
