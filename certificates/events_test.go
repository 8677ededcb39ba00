package certificates

import (
	"encoding/json"
	"strings"
	"testing"

	"hengjian/internal/ledger"
)

// The event of the issue commits to the frozen content and names what the document replaces; a file is finished later.
// Why a document is revoked is sealed.
func TestDocumentEvents(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("E-1", "15.000")
	_, err := b.request("chu", d.Number, "店主王某某要求")
	b.must(err)
	_, err = b.decide("wei", d.Number, true)
	b.must(err)
	entries, err := ledger.History(t.Context(), b.db, "document", d.ID)
	b.must(err)
	if len(entries) != 3 || entries[1].Kind != "document.revocation_requested" || entries[2].Kind != "document.revoked" {
		t.Fatalf("events %+v, want the issue and the two steps of the revocation", entries)
	}
	for _, e := range entries {
		if strings.Contains(e.Body, "王某某") || strings.Contains(e.Body, d.Holder) {
			t.Errorf("event %s holds the reason or the holder: %s", e.Kind, e.Body)
		}
	}
	var issue struct{ Data documentIssued }
	b.must(json.Unmarshal([]byte(entries[0].Body), &issue))
	told := issue.Data
	if told.Kind != VerificationCertificate || told.Content != d.ContentHash || told.Subject != d.SubjectID ||
		told.SubjectKind != "verification" || told.SubjectNumber != d.SubjectNumber || told.Supersedes != "" ||
		told.Conclusion != "pass" || told.IssuedOn != d.IssuedOn || told.ValidUntil == nil || *told.ValidUntil != *d.ValidUntil {
		t.Errorf("the issue tells %+v, want %+v", told, d)
	}
	var asked struct{ Data revocationRequested }
	b.must(json.Unmarshal([]byte(entries[1].Body), &asked))
	var decided struct{ Data revocationDecided }
	b.must(json.Unmarshal([]byte(entries[2].Body), &decided))
	if asked.Data.Revocation == "" || decided.Data.Revocation != asked.Data.Revocation ||
		asked.Data.Signature == "" || decided.Data.Signature == "" || asked.Data.Signature == decided.Data.Signature {
		t.Errorf("asked %+v, decided %+v; want one revocation and two signatures", asked.Data, decided.Data)
	}
}
