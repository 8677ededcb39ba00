package instruments

import (
	"testing"

	"hengjian/internal/errs"
)

// Verifier, checker and approver are three people, whatever roles one holds.
func TestThreePeople(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	o, _ := b.recorded("all", "T-1")
	_, err := b.check("all", o.Number)
	b.wantCode("the verifier checks", err, errs.Forbidden, "same_person")
	_, err = b.check("feng", o.Number)
	b.wantCode("another verifier checks", err, errs.Forbidden, "role_missing")
	if o, err := b.check("pair", o.Number); err != nil || o.State != Checked {
		t.Fatalf("checked: %s, %v", o.State, err)
	}
	for who, want := range map[string]string{"all": "same_person", "pair": "same_person", "chen": "role_missing"} {
		_, err := b.approve(who, o.Number)
		b.wantCode(who+" approves", err, errs.Forbidden, want)
	}
	a, err := b.approve("chu", o.Number)
	if err != nil || a.Order.State != Approved || a.Record.ApprovedBy != b.actors["chu"].PersonID ||
		a.Record.CheckedBy != b.actors["pair"].PersonID || a.Evaluation.Conclusion != "pass" || a.Standard.ID != b.standard.ID {
		t.Errorf("approved %+v, %v", a, err)
	}
	_, err = b.approve("chu", o.Number)
	b.wantCode("approved twice", err, errs.Conflict, "order_state")
}

func TestReturn(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	o, first := b.recorded("feng", "R-1")
	_, err := b.ReturnRecord(ctx, b.actors["chen"], o.Number, 0, " ")
	b.wantCode("a return without a reason", err, errs.Invalid, "reason required")
	_, err = b.ReturnRecord(ctx, b.actors["chu"], o.Number, 0, "读数存疑")
	b.wantCode("an approver returns what waits for the check", err, errs.Forbidden, "role_missing")
	back, err := b.ReturnRecord(ctx, b.actors["chen"], o.Number, o.Version, "读数存疑")
	if err != nil || back.State != Accepted {
		t.Fatalf("returned: %s, %v", back.State, err)
	}
	_, err = b.record("feng", o.Number, b.recording())
	b.wantCode("a new revision without a reason", err, errs.Invalid, "reason required")
	r := b.recording()
	r.Reason = "复读"
	second, err := b.record("feng", o.Number, r)
	if err != nil || second.Revision != 2 || second.RecordNumber == first.RecordNumber {
		t.Errorf("new revision: %d %s, %v", second.Revision, second.RecordNumber, err)
	}
	_, err = b.check("chen", o.Number)
	b.must(err)
	back, err = b.ReturnRecord(ctx, b.actors["chu"], o.Number, 0, "结论存疑")
	if err != nil || back.State != Accepted {
		t.Fatalf("the approver returns: %s, %v", back.State, err)
	}
	r.Reason = "再读"
	if _, err = b.record("feng", o.Number, r); err != nil {
		t.Fatal(err)
	}
	_, err = b.check("chen", o.Number)
	b.must(err)
	a, err := b.approve("chu", o.Number)
	if err != nil || a.Record.Revision != 3 {
		t.Errorf("approved revision %d, %v; want 3", a.Record.Revision, err)
	}
	old, err := b.Verification(ctx, b.actors["feng"], first.ID)
	if err != nil || old.ReturnReason != "读数存疑" || old.ApprovedBy != "" || len(old.Equipment) != 1 {
		t.Errorf("the first revision: %+v, %v; want it returned and kept", old, err)
	}
}
