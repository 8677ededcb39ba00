package instruments

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// Each rule of the schema stands on its own, behind the use cases: a row that differs from a good one in what the rule
// forbids is refused, even to the owner.
func TestConstraints(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	b.recorded("feng", "K-1")
	b.waive()
	feng, chen, chu := b.actors["feng"].PersonID, b.actors["chen"].PersonID, b.actors["chu"].PersonID
	type row = map[string]any
	fresh := map[string]func() row{
		"equipment":             func() row { return row{"number": "X"} },
		"equipment_certificate": func() row { return row{"number": "X"} },
		"measurement_standard":  func() row { return row{"certificate": "X"} },
		"procedure_edition":     func() row { return row{"edition": "X"} },
		"waived_fee":            func() row { return row{"valid_from": "2030-01-01"} },
		"instrument":            func() row { return row{"number": "X", "serial": "X"} },
		"verification_order":    func() row { return row{"number": "X", "state": "approved"} },
		"verification":          func() row { return row{"record_number": "X", "revision": 2, "reason": "r"} },
	}
	for _, tt := range []struct {
		table      string
		change     row
		constraint string
	}{
		{"equipment", row{"number": b.weights.Number}, "equipment_number"},
		{"equipment", row{"kind": "toy"}, "equipment_kind"},
		{"equipment", row{"state": "lost"}, "equipment_state"},
		{"equipment_certificate", row{"valid_until": "2026-01-04"}, "equipment_certificate_dates"},
		{"equipment_certificate", row{"reference_equipment_id": b.weights.ID}, "equipment_certificate_not_itself"},
		{"equipment_certificate", row{"number": b.covers.Number}, "equipment_certificate_once"},
		{"measurement_standard", row{"certificate": b.standard.Certificate}, "measurement_standard_certificate"},
		{"measurement_standard", row{"valid_until": "2024-12-31"}, "measurement_standard_dates"},
		{"procedure_edition", row{"edition": "2013"}, "procedure_edition_once"},
		{"procedure_edition", row{"proposed_by": chu, "approved_by": chu}, "procedure_edition_by_two"},
		{"procedure_edition", row{"hash": `\x00`}, "procedure_edition_hash_check"},
		{"waived_fee", row{"amount": -1}, "waived_fee_amount_check"},
		{"waived_fee", row{"valid_from": "2026-01-01"}, "waived_fee_pkey"},
		{"instrument", row{"number": "QJ26-370113-00001"}, "instrument_number"},
		{"instrument", row{"serial": "K-1"}, "instrument_once"},
		{"instrument", row{"purpose": "play"}, "instrument_purpose"},
		{"instrument", row{"mode": "by_post"}, "instrument_mode"},
		{"instrument", row{"state": "lost"}, "instrument_state"},
		{"verification_order", row{"number": "JD26-370113-00001"}, "verification_order_number"},
		{"verification_order", row{"stage": "yearly"}, "verification_order_stage"},
		{"verification_order", row{"state": "lost"}, "verification_order_state"},
		{"verification_order", row{"state": "refused"}, "verification_order_refusal"},
		{"verification_order", row{"refusal": "r"}, "verification_order_refusal"},
		{"verification_order", row{"state": "applied"}, "verification_order_one_open"},
		{"verification_order", row{"waived_fee": -1}, "verification_order_waived_fee_check"},
		{"verification", row{"record_number": "JL26-370113-00001"}, "verification_record_number"},
		{"verification", row{"conclusion": "maybe", "valid_until": nil}, "verification_conclusion"},
		{"verification", row{"revision": 1}, "verification_revision"},
		{"verification", row{"revision": 0}, "verification_revision_check"},
		{"verification", row{"reason": ""}, "verification_reason"},
		{"verification", row{"checked_by": feng}, "verification_checker_differs"},
		{"verification", row{"checked_by": chen, "approved_by": feng}, "verification_approver_differs"},
		{"verification", row{"checked_by": chen, "approved_by": chen}, "verification_approver_differs"},
		{"verification", row{"approved_by": chu}, "verification_checked_first"},
		{"verification", row{"conclusion": "fail"}, "verification_validity"},
		{"verification", row{"conclusion": "undetermined"}, "verification_validity"},
		{"verification", row{"conclusion": "undetermined", "valid_until": nil, "checked_by": chen}, "verification_determined"},
		{"verification", row{"stage": "yearly"}, "verification_stage"},
		{"verification", row{"checked_by": chen}, "verification_signed"},
		{"verification", row{"checked_at": "2026-09-18"}, "verification_signed"},
		{"verification", row{"returned_by": chen, "returned_at": "2026-09-18"}, "verification_returned"},
		{"verification", row{"return_reason": "r"}, "verification_returned"},
	} {
		good := fresh[tt.table]()
		if tt.table != "waived_fee" {
			good["id"] = uuid.NewString()
		}
		if err := tryRow(t, owner, tt.table, good); err != nil {
			t.Errorf("%s %v: a good row is refused: %v", tt.table, good, err)
		}
		if err := tryRow(t, owner, tt.table, good, tt.change); !database.Violates(err, tt.constraint) {
			t.Errorf("%s %v: %v, want a violation of %s", tt.table, tt.change, err, tt.constraint)
		}
	}
}

func (b *bureau) waive() {
	b.Helper()
	b.must(b.SetWaivedFee(b.Context(), b.actors["chief"], WaivedFee{Procedure: scale, Amount: "80", Basis: "依据", ValidFrom: day("2026-01-01")}))
}

var errTried = errors.New("tried")

// tryRow inserts a copy of the first row of a table with other values in some columns, and takes it back.
func tryRow(t *testing.T, owner *database.DB, table string, changes ...map[string]any) error {
	t.Helper()
	values := map[string]any{}
	for _, m := range changes {
		maps.Copy(values, m)
	}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	err = owner.InTx(t.Context(), func(tx *database.Tx) error {
		if _, err := tx.Exec(t.Context(), `
			INSERT INTO `+table+`
			SELECT (jsonb_populate_record(r, $1::jsonb)).*
			FROM `+table+` AS r
			ORDER BY ctid
			LIMIT 1`, string(text)); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// What happened is neither changed nor lost, not even by the owner.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	_, record := b.recorded("feng", "K-1")
	b.must(b.db.InTx(t.Context(), func(tx *database.Tx) error { return b.WithdrawIn(t.Context(), tx, record.ID) }))
	queries := []string{
		`UPDATE equipment_certificate SET valid_until = '2099-12-31'`,
		`UPDATE verification_withdrawal SET withdrawn_at = now()`,
		`UPDATE verification_equipment SET equipment_id = equipment_id`,
	}
	for _, table := range []string{"equipment", "equipment_certificate", "measurement_standard", "procedure_edition", "instrument",
		"verification_order", "verification", "verification_equipment", "verification_withdrawal"} {
		queries = append(queries, `DELETE FROM `+table, `TRUNCATE `+table+` CASCADE`)
	}
	for _, query := range queries {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != "23001" {
			t.Errorf("%s as the owner: %v, want a refusal 23001", query, err)
		}
	}
	for _, query := range []string{
		`UPDATE verification SET readings = '{}'`, `UPDATE verification SET conclusion = 'pass'`,
		`UPDATE procedure_edition SET definition = ''`, `UPDATE equipment_certificate SET valid_until = '2099-12-31'`,
		`UPDATE measurement_standard SET valid_until = '2099-12-31'`, `DELETE FROM verification`, `DELETE FROM verification_withdrawal`,
	} {
		if _, err := b.db.Exec(t.Context(), query); database.SQLState(err) != "42501" {
			t.Errorf("%s as the application: %v, want a refusal 42501", query, err)
		}
	}
}

// A record never changes once it is made, and not at all once it is approved.
func TestVerificationIsFixed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	o, v := b.recorded("feng", "K-1")
	for _, set := range []string{
		`order_id = gen_random_uuid()`, `record_number = 'X'`, `revision = 2`, `procedure_id = gen_random_uuid()`,
		`standard_id = gen_random_uuid()`, `stage = 'initial'`, `parameters = '{}'`, `readings = '{}'`, `evaluation = '{}'`,
		`conclusion = 'fail'`, `verified_on = '2026-09-17'`, `valid_until = NULL`,
		`verified_by = '` + b.actors["han"].PersonID + `'`, `verified_at = now()`, `reason = 'r'`, `place = 'p'`,
		`temperature = '21'`, `humidity = '51'`, `adjusted = 'a'`, `verified_signature = gen_random_uuid()`,
	} {
		if _, err := owner.Exec(t.Context(), `UPDATE verification SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s: %v, want a refusal 23001", set, err)
		}
	}
	_, err := b.check("chen", o.Number)
	b.must(err)
	for _, set := range []string{`checked_by = '` + b.actors["pair"].PersonID + `'`, `checked_at = now()`, `checked_signature = NULL`} {
		if _, err := owner.Exec(t.Context(), `UPDATE verification SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s after the check: %v, want a refusal 23001", set, err)
		}
	}
	_, err = b.approve("chu", o.Number)
	b.must(err)
	for _, set := range []string{`return_reason = 'late'`, `approved_by = NULL`, `checked_at = now()`} {
		if _, err := owner.Exec(t.Context(), `UPDATE verification SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s after the approval: %v, want a refusal 23001", set, err)
		}
	}
	if after, err := b.Verification(t.Context(), b.actors["feng"], v.ID); err != nil || after.Conclusion != v.Conclusion {
		t.Errorf("the record is %s, %v; want %s", after.Conclusion, err, v.Conclusion)
	}
}

// A record that was returned is neither approved nor returned again: a new revision follows.
func TestReturnedRecordIsFixed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	o, _ := b.recorded("feng", "K-1")
	_, err := b.check("chen", o.Number)
	b.must(err)
	_, err = b.ReturnRecord(t.Context(), b.actors["chu"], o.Number, 0, "读数存疑")
	b.must(err)
	for _, set := range []string{
		`return_reason = 'another'`, `returned_by = NULL, returned_at = NULL, return_reason = ''`,
		`approved_by = '` + b.actors["chu"].PersonID + `', approved_at = now(), approved_signature = verified_signature`,
	} {
		if _, err := owner.Exec(t.Context(), `UPDATE verification SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s after the return: %v, want a refusal 23001", set, err)
		}
	}
}

// What was applied for stays, and an order goes from one state to another as the state table has it.
func TestOrderFlowIsInTheSchema(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, owner := t.Context(), dbtest.Owner(t, b.db)
	o := b.applied("K-1")
	for _, set := range []string{`stage = 'initial'`, `instrument_id = gen_random_uuid()`, `business_id = gen_random_uuid()`,
		`number = 'X'`, `applied_by = gen_random_uuid()`, `applied_at = now()`, `division = '370000'`} {
		if _, err := b.db.Exec(ctx, `UPDATE verification_order SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s: %v, want a refusal 23001", set, err)
		}
	}
	set := `
		UPDATE verification_order
		SET state = $2, refusal = CASE WHEN $2 = 'refused' THEN 'r' ELSE '' END
		WHERE id = $1`
	states := []OrderState{Applied, Accepted, Refused, Recorded, Checked, Approved}
	for _, from := range states {
		for _, to := range states {
			b.asOwner(`ALTER TABLE verification_order DISABLE TRIGGER verification_order_flow`)
			b.asOwner(set, o.ID, string(from))
			b.asOwner(`ALTER TABLE verification_order ENABLE TRIGGER verification_order_flow`)
			can := from == to || slices.ContainsFunc(OrderFlow(), func(l Transition) bool { return l.From == from && l.To == to })
			_, err := owner.Exec(ctx, set, o.ID, string(to))
			if can && err != nil || !can && !database.Violates(err, "verification_order_flow") {
				t.Errorf("from %s to %s: %v; possible is %v", from, to, err, can)
			}
		}
	}
}

// A record rests on a certificate of the very equipment that was used.
func TestEquipmentStandsWithItsOwnCertificate(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.recorded("feng", "K-1")
	other := b.equipment("别的砝码", "W-9").ID
	err := tryRow(t, dbtest.Owner(t, b.db), "verification_equipment", map[string]any{"equipment_id": other})
	if !database.Violates(err, "verification_equipment_own_certificate") {
		t.Errorf("the certificate of another piece: %v, want a violation of verification_equipment_own_certificate", err)
	}
}
