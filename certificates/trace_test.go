package certificates

import (
	"testing"

	"hengjian/internal/database/dbtest"
)

// wantGaps follows a document back and compares the codes of what is missing.
func (b *bureau) wantGaps(number string, want ...string) {
	b.Helper()
	trace, err := b.Trace(b.Context(), b.actors["feng"], number)
	b.must(err)
	if trace.Intact != (len(want) == 0) || len(trace.Gaps) != len(want) {
		b.Fatalf("trace of %s: intact %v, gaps %+v; want %v", number, trace.Intact, trace.Gaps, want)
	}
	for i, g := range trace.Gaps {
		if g.Code != want[i] || g.ZH == "" || g.EN == "" {
			b.Errorf("trace of %s: gap %+v, want %s in both languages", number, g, want[i])
		}
	}
}

// What was changed under the signatures, by the owner of the database, is told: of the record, of the document and of the
// procedure.
func TestTraceTellsWhatWasChanged(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("T-1", "15.000")
	b.wantGaps(d.Number)
	owner := dbtest.Owner(t, b.db)
	signed := []string{"signed_other_content", "signed_other_content", "signed_other_content"}
	for _, c := range []struct {
		table, set, back string
		want             []string
	}{
		{"verification", `temperature = '21'`, `temperature = '20'`, signed},
		{"verification", `readings = '{}'`, `readings = '` + string(readings("15.000")) + `'`, signed},
		{"verification", `place = '别处'`, `place = '计量室'`, signed},
		{"verification", `valid_until = '2029-01-01'`, `valid_until = '2027-09-17'`, append([]string{"document_differs"}, signed...)},
		{"document", `valid_until = '2029-01-01'`, `valid_until = '2027-09-17'`, []string{"document_differs"}},
		{"document", `kind = 'verification_notice', conclusion = 'fail', valid_until = NULL`,
			`kind = 'verification_certificate', conclusion = 'pass', valid_until = '2027-09-17'`, []string{"document_differs"}},
		{"document", `content = content || ' ', content_hash = sha256(convert_to(content || ' ', 'UTF8'))`,
			`content = rtrim(content), content_hash = sha256(convert_to(rtrim(content), 'UTF8'))`, []string{"document_not_as_told"}},
		{"procedure_edition", `definition = definition || E'\n'`, `definition = rtrim(definition, E'\n') || E'\n'`, []string{"procedure_differs"}},
		{"measurement_standard", `valid_until = '2026-09-17'`, `valid_until = '2029-12-31'`, []string{"out_of_validity"}},
	} {
		for i, set := range []string{c.set, c.back} {
			if _, err := owner.Exec(t.Context(), `ALTER TABLE `+c.table+` DISABLE TRIGGER USER; UPDATE `+c.table+` SET `+set); err != nil {
				t.Fatalf("%s: %v", set, err)
			}
			if i == 0 {
				b.wantGaps(d.Number, c.want...)
			} else {
				b.wantGaps(d.Number)
			}
		}
	}
}
