package api

import (
	"slices"
	"testing"

	"hengjian/certificates"
	"hengjian/internal/database/dbtest"
)

// What was changed under the signatures of a report, by the owner of the database, is told: be it in words that no result
// contradicts, in a result, or in what the document is on file with.
func TestTraceTellsAChangedReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, d := b.issued(1, "0.12")
	b.wantTrace(d.Number)
	owner := dbtest.Owner(t, b.db)
	for _, c := range []struct {
		table, set, back string
		want             []string
	}{
		{"report", `summary = replace(summary, '封样完好', '封条破损')`, `summary = replace(summary, '封条破损', '封样完好')`,
			[]string{"signed_other_content", "signed_other_content", "signed_other_content"}},
		{"result", `raw = '0.21'`, `raw = '0.12'`, []string{"result_differs"}},
		{"result", `unit = 'μg/kg'`, `unit = 'mg/kg'`, []string{"result_differs"}},
		{"result", `verdict = 'undetermined'`, `verdict = 'pass'`, []string{"result_differs"}},
		{"result", `measured_on = measured_on - 1`, `measured_on = measured_on + 1`,
			[]string{"result_differs", "measured_without_holding", "opening_unrecorded"}},
		{"document", `conclusion = 'fail'`, `conclusion = 'pass'`, []string{"document_differs"}},
	} {
		for i, set := range []string{c.set, c.back} {
			if _, err := owner.Exec(t.Context(), `ALTER TABLE `+c.table+` DISABLE TRIGGER USER; UPDATE `+c.table+` SET `+set); err != nil {
				t.Fatalf("%s: %v", set, err)
			}
			want := c.want
			if i == 1 {
				want = nil
			}
			var trace certificates.Trace
			b.want(200, "auditor", "GET", "/api/v1/trace/"+d.Number, nil).into(t, &trace)
			var got []string
			for _, g := range trace.Gaps {
				got = append(got, g.Code)
				if g.ZH == "" || g.EN == "" {
					t.Errorf("%s: gap %+v is not told in both languages", set, g)
				}
			}
			if !slices.Equal(got, want) || trace.Intact != (want == nil) {
				t.Errorf("%s: intact %v, gaps %q; want %q", set, trace.Intact, got, want)
			}
		}
	}
}
