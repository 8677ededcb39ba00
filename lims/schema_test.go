package lims

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/migrations"
)

// attempt is one thing that the schema must refuse, whatever the code above it does: a copy of a row with changes, or a
// statement.
type attempt struct {
	constraint string
	table      string            // copy a row of it
	changes    map[string]string // column to SQL expression
	statement  string            // or run this; $1 is the id of the row
}

func schemaAttempts() []attempt {
	fresh := func(more map[string]string) map[string]string {
		out := map[string]string{"id": "gen_random_uuid()"}
		maps.Copy(out, more)
		return out
	}
	sample := func(more map[string]string) map[string]string {
		out := fresh(map[string]string{"number": "'N2'", "form_number": "'F2'"})
		maps.Copy(out, more)
		return out
	}
	report := func(more map[string]string) map[string]string {
		out := fresh(map[string]string{"revision": "2", "reason": "'r'"})
		maps.Copy(out, more)
		return out
	}
	return []attempt{
		{"sample_number", "sample", fresh(map[string]string{"form_number": "'F2'"}), ""},
		{"sample_form_number", "sample", fresh(map[string]string{"number": "'N2'"}), ""},
		{"sample_category", "sample", sample(map[string]string{"category": "'toy'"}), ""},
		{"sample_task_kind", "sample", sample(map[string]string{"task_kind": "'fun'"}), ""},
		{"sample_quantity", "sample", sample(map[string]string{"quantity": "0"}), ""},
		{"sample_state", "sample", sample(map[string]string{"state": "'lost'", "received_at": "NULL"}), ""},
		{"sample_two_samplers", "sample", sample(map[string]string{"sampler_2": "sampler_1"}), ""},
		{"sample_received", "sample", sample(map[string]string{"received_at": "NULL"}), ""},
		{"sample_refusal", "sample", sample(map[string]string{"refusal": "'x'"}), ""},
		{"sample_form_fixed", "", nil, `UPDATE sample SET quantity = quantity + 1`},
		{"portion_label", "portion", fresh(map[string]string{"quantity": "0.000001", "parent_id": "id"}), ""},
		{"portion_role", "portion", fresh(map[string]string{"label": "'L'", "quantity": "0.000001", "role": "'spare'", "parent_id": "id"}), ""},
		{"portion_quantity", "portion", fresh(map[string]string{"label": "'L'", "quantity": "0"}), ""},
		{"portion_conserved", "portion", fresh(map[string]string{"label": "'L'"}), ""},
		{"seal_number", "seal", fresh(nil), ""},
		{"seal_broken", "", nil, `UPDATE seal SET broken_why = '' WHERE broken_at IS NOT NULL`},
		{"handover_purpose", "handover", fresh(map[string]string{"purpose": "'gift'"}), ""},
		{"handover_state", "handover", fresh(map[string]string{"state": "'lost'"}), ""},
		{"handover_two_people", "handover", fresh(map[string]string{"receiver": "giver"}), ""},
		{"handover_signed_by_both", "handover", fresh(map[string]string{"receiver_signature": "NULL"}), ""},
		{"handover_refusal", "handover", fresh(map[string]string{"refusal": "'x'"}), ""},
		{"handover_order", "handover", fresh(map[string]string{"decided_at": "offered_at - interval '1 second'"}), ""},
		{"handover_decided_once", "", nil, `UPDATE handover SET refusal = 'x'`},
		{"seal_check_finding", "seal_check", map[string]string{"handover_id": "(SELECT id FROM handover WHERE purpose = 'analysis')",
			"seal_id": "(SELECT id FROM seal WHERE broken_at IS NULL)", "finding": "'odd'"}, ""},
		{"analysis_once", "analysis", fresh(map[string]string{"sequence": "9"}), ""},
		{"analysis_sequence", "analysis", fresh(map[string]string{"item": "'铁'"}), ""},
		{"instrument_import_once", "instrument_import", fresh(nil), ""},
		{"result_verdict", "result", fresh(map[string]string{"version": "2", "reason": "'r'", "agreed_by": agreeing1, "verdict": "'maybe'"}), ""},
		{"result_version", "result", fresh(nil), ""},
		{"result_correction", "result", fresh(map[string]string{"version": "2"}), ""},
		{"result_agreed_by_another", "result", fresh(map[string]string{"version": "2", "reason": "'r'", "agreed_by": "entered_by"}), ""},
		{"instrument_import_row_outcome", "instrument_import_row", map[string]string{"line": "9", "outcome": "'lost'", "reason_zh": "''"}, ""},
		{"instrument_import_row_told", "instrument_import_row", map[string]string{"line": "9", "reason_zh": "''"}, ""},
		{"report_state", "report", report(map[string]string{"state": "'lost'", "approved_by": "NULL", "approved_at": "NULL",
			"approved_signature": "NULL"}), ""},
		{"report_conclusion", "report", report(map[string]string{"conclusion": "'undetermined'"}), ""},
		{"report_revision", "report", fresh(nil), ""},
		{"report_reason", "report", report(map[string]string{"reason": "''"}), ""},
		{"report_reviewer_differs", "report", report(map[string]string{"reviewed_by": "compiled_by"}), ""},
		{"report_approver_differs", "report", report(map[string]string{"approved_by": "reviewed_by"}), ""},
		{"report_reviewed_first", "report", report(map[string]string{"reviewed_by": "NULL"}), ""},
		{"report_approved", "report", report(map[string]string{"approved_by": "NULL"}), ""},
		{"report_returned", "report", report(map[string]string{"return_reason": "'x'"}), ""},
		{"report_signed", "report", report(map[string]string{"reviewed_signature": "NULL"}), ""},
		{"report_signed", "report", report(map[string]string{"approved_at": "NULL"}), ""},
		{"result_own_certificate", "result", fresh(map[string]string{"version": "2", "reason": "'r'", "agreed_by": agreeing1,
			"equipment_id": "(SELECT id FROM equipment WHERE id <> equipment_id LIMIT 1)"}), ""},
		{"report_guard", "", nil, `UPDATE report SET conclusion = 'fail'`},
	}
}

const agreeing1 = "(SELECT id FROM person WHERE login = 'qian')"

// schemaBureau has an approved sample, one received only, and an import.
func schemaBureau(t *testing.T) *bureau {
	t.Helper()
	b := newBureau(t)
	b.approved()
	_, err := b.ImportResults(b.ctx(), b.zhao, b.fileOf("x", ImportRow{Line: 1, Item: "铅", Raw: "1"}), nil)
	b.must(err)
	return b
}

// TestSchema holds every attempt against the schema and wants it refused by the constraint of its name.
func TestSchema(t *testing.T) {
	t.Parallel()
	b := schemaBureau(t)
	for _, a := range schemaAttempts() {
		query := a.statement
		if a.table != "" {
			query = b.copyOf(a.table, a.changes)
		}
		_, err := dbtest.Owner(t, b.db).Exec(b.ctx(), query)
		if !database.Violates(err, a.constraint) && !(err != nil && a.statement != "" && restricted(err)) {
			t.Errorf("%s: %v", a.constraint, err)
		}
	}
}

func restricted(err error) bool { return database.SQLState(err) == "23001" }

// copyOf makes a statement that inserts a copy of a row with some columns computed otherwise.
func (b *bureau) copyOf(table string, changes map[string]string) string {
	b.t.Helper()
	var columns []string
	b.must(b.db.Select(b.ctx(), &columns, `
		SELECT column_name
		FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name = $1
		ORDER BY ordinal_position`, table))
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = c
		if v, ok := changes[c]; ok {
			values[i] = v
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s LIMIT 1", table, strings.Join(columns, ", "), strings.Join(values, ", "), table)
}

// TestSchemaIsCovered wants an attempt for every named constraint and trigger of the tables of this package.
func TestSchemaIsCovered(t *testing.T) {
	t.Parallel()
	text, err := migrations.FS.ReadFile("00005_lims.sql")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{"report_enterer_differs": true, "report_one_open": true} // by tests of their own
	for _, a := range schemaAttempts() {
		tried[a.constraint] = true
	}
	names := regexp.MustCompile(`(?:CONSTRAINT|CREATE TRIGGER|CREATE UNIQUE INDEX|CONSTRAINT =) '?(\w+)`)
	for _, m := range names.FindAllStringSubmatch(string(text), -1) {
		if !tried[m[1]] {
			t.Errorf("nothing tries to break %s", m[1])
		}
	}
}

// TestTablesKeepTheirRows wants UPDATE, DELETE and TRUNCATE refused on append-only tables, DELETE and TRUNCATE on the
// others, even for the owner.
func TestTablesKeepTheirRows(t *testing.T) {
	t.Parallel()
	b := schemaBureau(t)
	text, err := migrations.FS.ReadFile("00005_lims.sql")
	if err != nil {
		t.Fatal(err)
	}
	owner := dbtest.Owner(t, b.db)
	guards := regexp.MustCompile(`CALL make_(append_only|undeletable)\('(\w+)'\)`).FindAllStringSubmatch(string(text), -1)
	if tables := strings.Count(string(text), "CREATE TABLE"); len(guards) != tables {
		t.Errorf("%d of %d tables are guarded", len(guards), tables)
	}
	for _, g := range guards {
		column := "id"
		switch g[2] {
		case "handover_portion", "seal_check":
			column = "handover_id"
		case "sample_photo":
			column = "sample_id"
		case "instrument_import_row":
			column = "import_id"
		case "report_result":
			column = "report_id"
		}
		statements := []string{"DELETE FROM " + g[2], "TRUNCATE " + g[2] + " CASCADE"}
		if g[1] == "append_only" {
			statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = %s", g[2], column, column))
		}
		for _, s := range statements {
			if g[2] == "sample_photo" && !strings.HasPrefix(s, "TRUNCATE") {
				continue // it has no rows here, and a row trigger needs one: TestPhotosStay
			}
			if _, err := owner.Exec(b.ctx(), s); !restricted(err) {
				t.Errorf("%s: %v", s, err)
			}
		}
	}
}

// TestPhotosStay tries to change the row of a photo.
func TestPhotosStay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	f := b.form(fresh())
	f.Photos = []PhotoForm{{FileHash: b.file("门头")}}
	_, err := b.Register(b.ctx(), b.zhang, f)
	b.must(err)
	for _, s := range []string{"UPDATE sample_photo SET caption = 'x'", "DELETE FROM sample_photo"} {
		if _, err := dbtest.Owner(t, b.db).Exec(b.ctx(), s); !restricted(err) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// TestEntererNeitherReviewsNorApproves goes past the code and wants the schema to refuse whoever entered a result.
func TestEntererNeitherReviewsNorApproves(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	compiler := b.add("compiler", "technician")
	s := b.tested()
	_, err := b.Compile(b.ctx(), compiler, b.proof(compiler), s.ref(), Compilation{})
	b.must(err)
	_, err = b.db.Exec(b.ctx(), `
		UPDATE report
		SET state = 'reviewed', reviewed_by = $1, reviewed_at = now()`, b.zhao.PersonID)
	if !database.Violates(err, "report_enterer_differs") {
		t.Errorf("review by who entered: %v", err)
	}
	_, err = b.db.Exec(b.ctx(), `
		UPDATE report
		SET state = 'approved', reviewed_by = $1, reviewed_at = now(), approved_by = $2, approved_at = now()`,
		b.sun.PersonID, b.zhao.PersonID)
	if !database.Violates(err, "report_enterer_differs") {
		t.Errorf("approval by who entered: %v", err)
	}
}

// TestSampleFlowIsInTheSchema holds every step from one state to another against the state table.
func TestSampleFlowIsInTheSchema(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.registered()
	set := `
		UPDATE sample
		SET state = $2, received_at = CASE WHEN $2 = 'received' THEN now() END,
			refusal = CASE WHEN $2 = 'refused' THEN 'r' ELSE '' END
		WHERE id = $1`
	for _, from := range sampleFlow.States {
		for _, to := range sampleFlow.States {
			b.owner(`ALTER TABLE sample DISABLE TRIGGER sample_flow`)
			b.owner(set, s.ID, from.Key)
			b.owner(`ALTER TABLE sample ENABLE TRIGGER sample_flow`)
			can := from == to || slices.ContainsFunc(sampleFlow.Lines, func(l Transition) bool { return l.From == from.Key && l.To == to.Key })
			_, err := b.db.Exec(b.ctx(), set, s.ID, to.Key)
			if can && err != nil || !can && !database.Violates(err, "sample_flow") {
				t.Errorf("from %s to %s: %v; possible is %v", from.Key, to.Key, err, can)
			}
		}
	}
}

// TestReportHolds goes past the code and wants the schema to refuse the approval of a report that its results do not
// bear out: a conclusion that is none of theirs, or a result that was corrected after the review.
func TestReportHolds(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	refused := func(what string, s Sample) {
		t.Helper()
		if _, err := b.approve(b.wu, Ref{Number: s.Number}); !database.Violates(err, "report_holds") {
			t.Errorf("%s: %v, want a violation of report_holds", what, err)
		}
	}
	s := b.opened()
	_, err := b.EnterResults(b.ctx(), b.zhao, s.ref(), b.entries(s.ID, "9.9", "0.05"))
	b.must(err)
	_, err = b.Compile(b.ctx(), b.zhao, b.proof(b.zhao), Ref{Number: s.Number}, Compilation{})
	b.must(err)
	_, err = b.Review(b.ctx(), b.sun, b.proof(b.sun), Ref{Number: s.Number})
	b.must(err)
	conclude := func(as Outcome) {
		b.owner(`ALTER TABLE report DISABLE TRIGGER report_guard`)
		b.owner(`UPDATE report SET conclusion = $2 WHERE sample_id = $1`, s.ID, string(as))
		b.owner(`ALTER TABLE report ENABLE TRIGGER report_guard`)
	}
	conclude(Pass)
	refused("a pass with a result that fails", s)
	conclude(Fail)
	if _, err := b.approve(b.wu, Ref{Number: s.Number}); err != nil {
		t.Errorf("the conclusion as compiled: %v", err)
	}

	s = b.reviewed()
	columns := `analysis_id, raw, unit, lod, loq, basis, portion_id, equipment_id, certificate_id, measured_on, verdict, proof,
		limit_snapshot, entered_by, entered_at`
	b.owner(`
		INSERT INTO result (id, version, reason, agreed_by, `+columns+`)
		SELECT gen_random_uuid(), 2, 'r', $2, `+columns+`
		FROM result
		WHERE analysis_id IN (SELECT id FROM analysis WHERE sample_id = $1)
		LIMIT 1`, s.ID, b.sun.PersonID)
	refused("a result corrected after the review", s)
}

// TestOneOpenReport wants at most one report of a sample under way.
func TestOneOpenReport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.compiled()
	query := b.copyOf("report", map[string]string{"id": "'" + uuid.NewString() + "'", "revision": "2", "reason": "'r'"})
	if _, err := b.db.Exec(b.ctx(), query); !database.Violates(err, "report_one_open") {
		t.Errorf("a second open report: %v", err)
	}
}

// TestConservedInParallel divides one portion from two connections at once: the parts never exceed the whole.
func TestConservedInParallel(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.received()
	whole := b.portion(s.ID, TestPortion)
	done := make(chan error, 8)
	for i := range cap(done) {
		go func() {
			_, err := b.db.Exec(b.ctx(), `
				INSERT INTO portion (id, sample_id, parent_id, label, role, quantity, unit, container, created_by, created_at)
				VALUES (gen_random_uuid(), $1, $2, $3, 'test', 0.5, 'kg', '瓶', $4, now())`,
				s.ID, whole.ID, fmt.Sprintf("%s-%d", whole.Label, i), b.zhao.PersonID)
			done <- err
		}()
	}
	kept := 0
	for range cap(done) {
		switch err := <-done; {
		case err == nil:
			kept++
		case !database.Violates(err, "portion_conserved"):
			t.Errorf("division: %v", err)
		}
	}
	if kept != 4 {
		t.Errorf("%d parts of 0.5 kg were made of %s kg, want 4", kept, whole.Quantity)
	}
}
