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

// A record that was changed under its signatures is told, whatever of it was changed.
func TestTraceTellsAChangedRecord(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("T-1", "15.000")
	b.wantGaps(d.Number)
	owner := dbtest.Owner(t, b.db)
	if _, err := owner.Exec(t.Context(), `ALTER TABLE verification DISABLE TRIGGER verification_fixed`); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`temperature = '21'`, `temperature = '20'`}, {`readings = '{}'`, `readings = '` + string(readings("15.000")) + `'`},
		{`valid_until = '2029-01-01'`, `valid_until = '2027-09-17'`}, {`place = '别处'`, `place = '计量室'`},
	} {
		for i, set := range change {
			if _, err := owner.Exec(t.Context(), `UPDATE verification SET `+set); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				b.wantGaps(d.Number, "signed_other_content", "signed_other_content", "signed_other_content")
			} else {
				b.wantGaps(d.Number)
			}
		}
	}
}
