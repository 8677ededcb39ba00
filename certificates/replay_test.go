package certificates

import (
	"slices"
	"testing"

	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
)

// history issues, in this order: the reports of two samples, the second of which fails; a certificate, a notice in its
// place, a certificate; the first report anew. Then the revocation of that is declined, and the certificate revoked.
func (b *bureau) history() []Document {
	b.Helper()
	lab := b.openLaboratory()
	sample, first := lab.report("DC000001", "0.12")
	_, second := lab.report("DC000002", "0.45")
	third := b.issued("S-1", "15.000")
	again := func(top string) Document {
		b.Helper()
		d, err := b.approve(b.checkedWith(third.SubjectNumber, readings(top), b.standard))
		b.must(err)
		return d
	}
	documents := []Document{first, second, third, again("15.015"), again("15.000"), lab.reissued(sample, "0.13")}
	_, err := b.request("wu", documents[5].Number, "抬头有误")
	b.must(err)
	_, err = b.decide("zheng", documents[5].Number, false)
	b.must(err)
	b.revoke(documents[4].Number)
	order := b.checkedAt("inspection", b.issued("S-2", "15.000").SubjectNumber, readings("15.010"), b.standard)
	inForce, err := b.approve(order)
	b.must(err)
	return append(documents, inForce)
}

// Documents follow from the events alone, and a true history has no fault.
func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	issued := b.history()
	stream := b.settled()
	r, faults := replayed(t, stream, true)
	for _, f := range faults {
		t.Errorf("fault %+v", f)
	}
	told := slices.Collect(r.Documents())
	if len(told) != len(issued) {
		t.Fatalf("%d documents, want %d", len(told), len(issued))
	}
	for i, d := range issued {
		_, d, err := b.PDF(t.Context(), b.actors["chief"], d.Number)
		b.must(err)
		want := ReplayedDocument{ID: d.ID, Number: d.Number, Kind: d.Kind, Conclusion: d.Conclusion, ContentHash: d.ContentHash,
			FileHash: d.FileHash, Issued: *d.LogIndex, Finished: told[i].Finished, Superseded: d.SupersededBy != "", Revoked: d.RevokedAt != nil}
		if told[i] != want {
			t.Errorf("the events say %+v, want %+v", told[i], want)
		}
		if e := stream[told[i].Finished]; e.Kind != "document.finished" || e.Subject.ID != d.ID {
			t.Errorf("%s is finished by event %d, which is %s of %s", d.Number, e.Index, e.Kind, e.Subject.Number)
		}
	}
	want := []int{7, 7, 1}
	for i, c := range r.Counts() {
		if c.N != want[i] || c.ZH == "" {
			t.Errorf("%d %s, want %d", c.N, c.EN, want[i])
		}
	}
}

func TestReplayNamesDamage(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.history()
	stream := b.settled()
	const issued, finished, requested, revoked, declined = "document.issued", "document.finished", "document.revocation_requested",
		"document.revoked", "document.revocation_declined"
	set, drop, double, move := ledgertest.Set, ledgertest.Drop, ledgertest.Double, ledgertest.Move
	by, as, about := ledgertest.By, ledgertest.As, ledgertest.About
	id := func(login string) string { return b.actors[login].PersonID }
	told := func(kind string, n int, path ...any) any { return stream.Data(t, kind, n, path...) }
	second, notice := stream.Subject(t, issued, 1), stream.Subject(t, issued, 3)
	renumbered := func(n int, number string) ledgertest.Damage {
		s := stream.Subject(t, issued, n)
		s.Number = number
		return about(issued, n, s)
	}
	const nobody = "01999999-9999-7999-8999-999999999999"
	for _, c := range []struct {
		name, want string
		damage     []ledgertest.Damage
	}{
		{"nothing", "", nil},
		{"issued twice", "document_twice", []ledgertest.Damage{double(issued, 1)}},
		{"two about the same", "subject_issued", []ledgertest.Damage{set(issued, 5, told(issued, 0, "subject"), "subject")}},
		{"never issued", "document_unknown number_gap", []ledgertest.Damage{drop(issued, 1)}},
		{"issued by an approver", "role_missing", []ledgertest.Damage{by(issued, 1, id("chu")), as(issued, 1, ledger.Approver)}},
		{"about an unknown report", "not_approved", []ledgertest.Damage{set(issued, 1, nobody, "subject")}},
		{"before the approval", "not_approved", []ledgertest.Damage{move(issued, 1, "report.approved", 1)}},
		{"about a record that was not approved", "not_approved", []ledgertest.Damage{drop("verification.approved", 1)}},
		{"of an unknown kind", "kind_unknown number_form number_gap role_missing subject_kind", []ledgertest.Damage{set(issued, 1, "letter", "kind")}},
		{"a certificate about a report", "not_approved subject_kind", []ledgertest.Damage{set(issued, 2, "report", "subject_kind")}},
		{"says pass of what failed", "false_pass", []ledgertest.Damage{set(issued, 1, "pass", "conclusion")}},
		{"says fail of what passed", "document_conclusion", []ledgertest.Damage{set(issued, 5, "fail", "conclusion")}},
		{"says nothing", "conclusion_unknown document_conclusion", []ledgertest.Damage{set(issued, 5, "good", "conclusion")}},
		{"a notice that says pass", "false_pass notice_passed", []ledgertest.Damage{set(issued, 3, "pass", "conclusion")}},
		{"a certificate that says fail", "document_conclusion false_pass", []ledgertest.Damage{set(issued, 4, "fail", "conclusion")}},
		{"a certificate for what failed", "false_pass number_form", []ledgertest.Damage{set(issued, 3, "verification_certificate", "kind")}},
		{"a certificate for an inspection", "inspection_certificate", []ledgertest.Damage{set("verification_order.applied", 2, "inspection", "stage")}},
		{"about another sample", "document_subject", []ledgertest.Damage{set(issued, 1, "YP26-370113-99999", "subject_number")}},
		{"a number of another form", "number_form", []ledgertest.Damage{renumbered(5, "BG26-370113-3")}},
		{"a number of another year", "number_form", []ledgertest.Damage{renumbered(5, "BG25-370113-00003")}},
		{"a number of another division", "number_form", []ledgertest.Damage{renumbered(5, "BG26-370112-00003")}},
		{"a number left out", "number_gap", []ledgertest.Damage{renumbered(5, "BG26-370113-00004")}},
		{"a number used twice", "number_twice", []ledgertest.Damage{renumbered(5, "BG26-370113-00002")}},
		{"replaces what there is not", "supersedes_unknown", []ledgertest.Damage{set(issued, 3, nobody, "supersedes")}},
		{"replaces what is replaced", "superseded_twice", []ledgertest.Damage{set(issued, 4, told(issued, 3, "supersedes"), "supersedes")}},
		{"replaces what is about something else", "supersedes_other", []ledgertest.Damage{set(issued, 4, second.ID, "supersedes")}},
		{"a report that replaces a notice", "supersedes_missing supersedes_other", []ledgertest.Damage{set(issued, 5, notice.ID, "supersedes")}},
		{"a further report that replaces none", "supersedes_missing", []ledgertest.Damage{set(issued, 5, "", "supersedes")}},
		{"finished twice", "finished_twice", []ledgertest.Damage{double(finished, 0)}},
		{"finished by a person", "role_missing", []ledgertest.Damage{by(finished, 0, id("wu")), as(finished, 0, ledger.Signatory)}},
		{"finished in the name of the system", "actor_system", []ledgertest.Damage{by(finished, 0, id("wu"))}},
		{"finished with other content", "document_content", []ledgertest.Damage{set(finished, 0, nobody, "content")}},
		{"finished with the proof of another event", "document_index", []ledgertest.Damage{set(finished, 0, 1, "index")}},
		{"finished with no file", "document_file", []ledgertest.Damage{set(finished, 0, "", "file")}},
		{"finished before the issue", "document_unknown", []ledgertest.Damage{move(finished, 0, issued, 0)}},
		{"a revocation without a reason", "reason_missing", []ledgertest.Damage{set(requested, 0, "", "reason")}},
		{"a revocation asked for by a verifier", "role_missing", []ledgertest.Damage{by(requested, 0, id("feng")), as(requested, 0, ledger.Verifier)}},
		{"a revocation asked for by the other department", "role_missing", []ledgertest.Damage{by(requested, 1, id("wu")), as(requested, 1, ledger.Signatory)}},
		{"a revocation asked for twice", "revocation_open unsigned", []ledgertest.Damage{double(requested, 0)}},
		{"revoked, and asked for again", "no_revocation revoked_already", []ledgertest.Damage{move(requested, 1, finished, 0),
			move(revoked, 0, requested, 1), set(requested, 1, nobody, "revocation")}},
		{"decided by who asked", "same_person", []ledgertest.Damage{by(revoked, 0, id("chu"))}},
		{"decided by a checker", "role_missing", []ledgertest.Damage{by(revoked, 0, id("chen")), as(revoked, 0, ledger.Checker)}},
		{"decided without a signature", "unsigned", []ledgertest.Damage{set(revoked, 0, nobody, "signature")}},
		{"decided with a signature for something else", "unsigned", []ledgertest.Damage{ledgertest.SignedFor(revoked, 0, nobody)}},
		{"decided over something else", "revocation_content", []ledgertest.Damage{ledgertest.SignedOver(revoked, 0)}},
		{"decided what nobody asked for", "no_revocation", []ledgertest.Damage{drop(requested, 1)}},
		{"decided on another request", "no_revocation", []ledgertest.Damage{set(declined, 0, nobody, "revocation")}},
		{"revoked twice", "no_revocation unsigned", []ledgertest.Damage{double(revoked, 0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, faults := replayed(t, stream.Damaged(t, c.damage...), true)
			if got := ledgertest.Codes(t, faults); got != c.want {
				t.Errorf("faults %q, want %q: %+v", got, c.want, faults)
			}
		})
	}
}

// Where only some documents are shown, that others lack is no fault.
func TestReplayOfSome(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.history()
	stream := b.settled()
	gone := stream.Subject(t, "document.issued", 2)
	shown := slices.DeleteFunc(slices.Clone(stream), func(e ledgertest.Event) bool { return e.Subject == gone })
	if _, faults := replayed(t, shown, false); len(faults) > 0 {
		t.Errorf("faults of some: %+v", faults)
	}
	_, faults := replayed(t, shown, true)
	if got, want := ledgertest.Codes(t, faults), "number_gap supersedes_unknown"; got != want {
		t.Errorf("faults of all %q, want %q: %+v", got, want, faults)
	}
}
