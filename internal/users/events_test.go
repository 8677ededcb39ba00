package users

import (
	"encoding/json"
	"strings"
	"testing"

	"hengjian/internal/ledger"
)

// What a person is called is in the event as a commitment only; salt and text, which can be erased, open it.
func TestPersonCreatedIsSealed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.create(t, NewPerson{Login: "zhanglogin", Name: "张检定", Password: goodPassword, Roles: []ledger.Role{ledger.Verifier}})
	entry := b.history(t, "person", zhang.PersonID)[0]
	if strings.Contains(entry.Body, "张检定") || strings.Contains(entry.Body, "zhanglogin") {
		t.Errorf("the event tells who it is: %s", entry.Body)
	}
	var body struct{ Data personCreated }
	if err := json.Unmarshal([]byte(entry.Body), &body); err != nil {
		t.Fatal(err)
	}
	if len(body.Data.Roles) != 1 || body.Data.Roles[0] != ledger.Verifier {
		t.Errorf("roles %v, want those of a verifier", body.Data.Roles)
	}
	for _, sealed := range []struct {
		commitment, text string
	}{{body.Data.Login.Commitment(), "zhanglogin"}, {body.Data.Name.Commitment(), "张检定"}} {
		var kept struct {
			Salt []byte
			Text string
		}
		if err := b.db.Get(t.Context(), &kept, `
			SELECT salt, text
			FROM event_personal
			WHERE commitment = decode($1, 'hex') AND event_id = $2`, sealed.commitment, entry.ID); err != nil {
			t.Fatalf("what is behind %s: %v", sealed.commitment, err)
		}
		if kept.Text != sealed.text || !ledger.Reveals(sealed.commitment, kept.Salt, kept.Text) {
			t.Errorf("%s is kept as %q and does not open to %q", sealed.commitment, kept.Text, sealed.text)
		}
	}
}
