package ledger

import (
	"encoding/hex"
	"strings"
	"testing"

	"hengjian/internal/database"
)

type namedData struct {
	Name Sealed `json:"name"`
}

var named = Define[namedData]("person.named", 1, "登记姓名", "named")

// Personal data are erased on request, and every proof holds as before: for the events, and for the log.
func TestErasedDataLeaveEveryProofIntact(t *testing.T) {
	t.Parallel()
	db, l := filled(t)
	ctx := t.Context()
	before, err := l.ProofOf(ctx, db, named.Definition(), "p1")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(before.Event, "王小明") {
		t.Fatalf("the event tells the name: %s", before.Event)
	}
	var data namedData
	if err := decodeData(before.Event, &data); err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Salt []byte `db:"salt"`
		Text string `db:"text"`
	}
	commitment, err := hex.DecodeString(data.Name.Commitment())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Get(ctx, &kept, `SELECT salt, text FROM event_personal WHERE commitment = $1`, commitment); err != nil {
		t.Fatal(err)
	}
	if kept.Text != "王小明" || !Reveals(data.Name.Commitment(), kept.Salt, kept.Text) {
		t.Errorf("%q with salt %x does not reveal %s", kept.Text, kept.Salt, data.Name.Commitment())
	}

	erase := func(id string) (n int) {
		t.Helper()
		err := db.InTx(ctx, func(tx *database.Tx) (err error) {
			n, err = Erase(ctx, tx, person, Administrator, noon, Subject{"person", id, ""}, OnRequest)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := erase("p1"); got != 1 {
		t.Errorf("%d texts erased, want 1", got)
	}
	if got := erase("p1") + erase("p2"); got != 0 {
		t.Errorf("%d texts erased a second time, or of another person", got)
	}
	var left int
	if err := db.Get(ctx, &left, `SELECT count(*) FROM event_personal WHERE text IS NOT NULL OR salt IS NOT NULL`); err != nil || left != 0 {
		t.Errorf("%d texts are left, %v", left, err)
	}

	sequence(t, l)
	publish(t, l)
	if size := verifyLog(t, db, person.Division); size != 304 {
		t.Errorf("log of %d entries, want 304 with the event of the erasure", size)
	}
	if _, err := before.Check(); err != nil {
		t.Errorf("the old proof: %v", err)
	}
	after, err := l.ProofOf(ctx, db, named.Definition(), "p1")
	if err != nil || after.Event != before.Event {
		t.Fatalf("the event changed: %s, %v", after.Event, err)
	}
	if _, err := after.Check(); err != nil {
		t.Errorf("the new proof: %v", err)
	}
}

// What was sealed is erased once, whole, and cannot be written anew.
func TestSealedTextsAreOnlyErased(t *testing.T) {
	t.Parallel()
	db, _ := filled(t)
	refusedWith(t, db, restricted, `UPDATE event_personal SET text = '李四'`)
	refusedWith(t, db, violated, `UPDATE event_personal SET text = NULL, erased_at = now()`)
	refusedWith(t, db, denied, `UPDATE event_personal SET commitment = sha256('')`)
	refusedWith(t, db, denied, `DELETE FROM event_personal`)
	if _, err := db.Exec(t.Context(), `UPDATE event_personal SET salt = NULL, text = NULL, erased_at = now()`); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, db, restricted, `UPDATE event_personal SET salt = '\x00000000000000000000000000000000', text = '王小明', erased_at = NULL`)
}
