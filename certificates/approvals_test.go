package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// waiting returns orders with a checked record each, as somebody sees them who approves.
func (b *bureau) waiting(n int) []Approval {
	b.Helper()
	items := make([]Approval, n)
	for i := range items {
		items[i] = b.seen(b.checked(fmt.Sprint("S-", i), "15.000", b.standard))
	}
	return items
}

func (b *bureau) seen(order string) Approval {
	b.Helper()
	d, err := b.metering.Order(b.Context(), b.actors["chu"], order)
	b.must(err)
	return Approval{order, d.Order.Version}
}

func (b *bureau) approveAll(who string, items []Approval) (string, error) {
	b.Helper()
	return b.EnqueueApprovals(b.Context(), b.actors[who], b.prove(who), Approvals{
		ID: uuid.Must(uuid.NewV7()).String(), Kind: Verifications, Items: items})
}

func (b *bureau) approvals(items []Approval) jobs.Job {
	b.Helper()
	id, err := b.approveAll("chu", items)
	b.must(err)
	return b.job(id)
}

func (b *bureau) came(text string) ApprovalsResult {
	b.Helper()
	var r ApprovalsResult
	b.must(json.Unmarshal([]byte(text), &r))
	return r
}

// wantGapless fails unless the certificates are numbered from 1 to n, each order has one document, and the ledger bears
// it all out.
func (b *bureau) wantGapless(n int) {
	b.Helper()
	var numbers []string
	b.must(b.db.Select(b.Context(), &numbers, `
		SELECT number
		FROM document
		ORDER BY number`))
	for i, number := range numbers {
		if want := fmt.Sprintf("JDZ26-370113-%05d", i+1); number != want {
			b.Errorf("document %d is %s, want %s", i+1, number, want)
		}
	}
	if len(numbers) != n {
		b.Errorf("%d documents, want %d", len(numbers), n)
	}
	_, faults := replayed(b.T, b.settled(), true)
	for _, f := range faults {
		b.Errorf("the ledger does not bear it out: %+v", f)
	}
}

// Two hundred records, one of them blocked: wherever the run is broken off, and whoever takes it up, each of the others
// gets its one document and no number is lost.
func TestApprovals(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	const n, bad = 60, 30
	items := b.waiting(n)
	items[bad] = b.seen(b.checked("S-bad", "15.000", b.bare))
	job := b.approvals(items)
	if job.Total != n || job.State != jobs.Waiting {
		t.Errorf("asked for: %s, %d items", job.State, job.Total)
	}
	killed := errors.New("killed")
	for _, after := range []int{0, 1, 20, bad, bad + 1, 45} {
		_, err := b.RunApprovals(t.Context(), job, func(done, _ int) error {
			if done == after {
				return killed
			}
			return nil
		})
		if !errors.Is(err, killed) {
			t.Errorf("broken off before item %d: %v", after, err)
		}
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			text, err := b.RunApprovals(t.Context(), job, quiet)
			if r := b.came(text); err != nil || len(r.Blocked) != 1 {
				t.Errorf("one of two runners: %s, %v; want one blocked", text, err)
			}
		})
	}
	both.Wait()
	text, err := b.RunApprovals(t.Context(), job, quiet)
	r := b.came(text)
	if err != nil || r.Items != n || r.Approved != n-1 || len(r.Documents) != n-1 || len(r.Blocked) != 1 {
		t.Fatalf("came to %s, %v; want all but one", text, err)
	}
	if x := r.Blocked[0]; x.Approval != items[bad] || x.Code != "document_blocked" || len(x.Reasons) == 0 || x.ZH == "" || x.EN == "" {
		t.Errorf("blocked: %+v, want %+v with its reasons", x, items[bad])
	}
	b.wantGapless(n - 1)
	b.wantSignatures(job, items[0].Number, n-1)
}

// wantSignatures fails unless each record was signed by itself, under the one signature of the list.
func (b *bureau) wantSignatures(job jobs.Job, order string, n int) {
	b.Helper()
	var asked signedApprovals
	b.must(json.Unmarshal([]byte(job.Arguments), &asked))
	d, err := b.metering.Order(b.Context(), b.actors["chu"], order)
	b.must(err)
	signed, err := users.Signatures(b.Context(), b.db, "verification", d.Records[0].ID)
	b.must(err)
	last := signed[len(signed)-1]
	if last.Meaning != "批准 approved" || last.ContentHash != asked.List[0].ContentHash || last.PersonID != b.actors["chu"].PersonID {
		b.Errorf("the record is signed by %+v, want its approval by itself", last)
	}
	var under int
	b.must(b.db.Get(b.Context(), &under, `
		SELECT count(*)
		FROM signature
		WHERE list_id::text = $1`, asked.Signature))
	if under != n {
		b.Errorf("%d signatures under the list, want %d", under, n)
	}
}

func TestApprovalsCancelled(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	job := b.approvals(b.waiting(3))
	text, err := b.RunApprovals(t.Context(), job, func(done, _ int) error {
		if done == 2 {
			return jobs.ErrCancelled
		}
		return nil
	})
	if r := b.came(text); !errors.Is(err, jobs.ErrCancelled) || r.Approved != 2 || !slices.Equal(r.Documents, []string{"JDZ26-370113-00001", "JDZ26-370113-00002"}) {
		t.Errorf("cancelled before the third: %s, %v; want two approved", text, err)
	}
	b.wantGapless(2)
}

// What is wrong with a list is told at once, all of it, and nothing is signed.
func TestApprovalsRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	items := b.waiting(2)
	recorded, _ := b.recordedAt("subsequent", b.filed("S-r"), readings("15.000"), b.standard)
	bad := []Approval{items[0], {items[1].Number, items[1].Version - 1}, {"JD-none", 1}, b.seen(recorded)}
	_, err := b.approveAll("chu", bad)
	e, ok := errors.AsType[*errs.Error](err)
	var told []string
	for _, f := range e.Fields {
		told = append(told, f.Path+" "+f.Code)
	}
	if want := "items[1] changed, items[2] order_missing, items[3] order_state"; !ok || strings.Join(told, ", ") != want {
		t.Errorf("told %q (%v), want %q", told, err, want)
	}
	for name, c := range map[string]struct {
		who   string
		items []Approval
		kind  errs.Kind
		code  string
	}{
		"none":                 {"chu", nil, errs.Invalid, "invalid"},
		"without a version":    {"chu", []Approval{{items[0].Number, 0}}, errs.Invalid, "invalid"},
		"twice":                {"chu", []Approval{items[0], items[0]}, errs.Invalid, "invalid"},
		"by a checker":         {"chen", items, errs.Forbidden, "role_missing"},
		"by a business":        {"shop", items, errs.Forbidden, "role_missing"},
		"by another signatory": {"wu", items, errs.Forbidden, "role_missing"},
	} {
		_, err := b.approveAll(c.who, c.items)
		b.wantCode(name, err, c.kind, c.code)
	}
	_, err = b.EnqueueApprovals(t.Context(), b.actors["chu"], users.Proof{}, Approvals{ID: uuid.NewString(), Kind: Verifications, Items: items})
	b.wantCode("without the password", err, errs.Unauthenticated, "proof_missing")
	_, err = b.EnqueueApprovals(t.Context(), b.actors["chu"], b.prove("chu"), Approvals{ID: uuid.NewString(), Kind: "order", Items: items})
	b.wantCode("of a kind that is none", err, errs.Invalid, "invalid")
	var lists int
	b.must(b.db.Get(t.Context(), &lists, `
		SELECT count(*)
		FROM event
		WHERE kind = 'signature.list_signed'`))
	if lists != 0 {
		t.Errorf("%d lists are signed after refusals", lists)
	}
}

func TestApprovalsAgain(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	items := b.waiting(2)
	a := Approvals{ID: uuid.NewString(), Kind: Verifications, Items: items}
	for range 2 {
		_, err := b.EnqueueApprovals(t.Context(), b.actors["chu"], b.prove("chu"), a)
		b.must(err)
	}
	fewer := a
	fewer.Items = items[:1]
	_, err := b.EnqueueApprovals(t.Context(), b.actors["chu"], b.prove("chu"), fewer)
	b.wantCode("another of the same id", err, errs.Conflict, "job_id_taken")
	_, err = b.EnqueueApprovals(t.Context(), b.actors["wei"], b.prove("wei"), a)
	b.wantCode("another person's of the same id", err, errs.Conflict, "job_id_taken")
	var lists int
	b.must(b.db.Get(t.Context(), &lists, `
		SELECT count(*)
		FROM event
		WHERE kind = 'signature.list_signed'`))
	if lists != 1 {
		t.Errorf("signed %d times, want once", lists)
	}
}

// What changes between the signature and an item's turn blocks that item, or all.
func TestApprovalsOfWhatChanged(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	items := b.waiting(3)
	job := b.approvals(items)
	_, err := b.metering.ReturnRecord(t.Context(), b.actors["wei"], items[0].Number, 0, "读数有误")
	b.must(err)
	_, err = b.ApproveVerification(t.Context(), b.actors["wei"], b.prove("wei"), items[1].Number, 0)
	b.must(err)
	text, err := b.RunApprovals(t.Context(), job, quiet)
	r := b.came(text)
	if err != nil || r.Approved != 1 || len(r.Blocked) != 2 || r.Blocked[0].Code != "changed" || r.Blocked[1].Code != "changed" {
		t.Errorf("came to %s, %v; want the third approved, the others changed", text, err)
	}
	b.wantGapless(2)
}

// Who is disabled, or loses the role, approves nothing more; and nobody approves what the own list does not say.
func TestApprovalsOfWhoMayNotApproveAnyMore(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	items := b.waiting(4)
	job := b.approvals(items[:3])
	admins, err := b.people.People(t.Context(), b.actors["chief"], users.Filter{Role: ledger.Administrator})
	b.must(err)
	admin, chu := admins.Items[0].Actor(), b.actors["chu"].PersonID
	forged := job
	forged.Arguments = strings.ReplaceAll(job.Arguments, items[2].Number, items[3].Number)
	_, err = b.RunApprovals(t.Context(), forged, quiet)
	b.wantCode("another list than the one signed", err, errs.Forbidden, "list_differs")
	text, err := b.RunApprovals(t.Context(), job, func(done, _ int) error {
		if done == 1 {
			_, err := b.people.ChangeRoles(context.Background(), admin, chu, 1, []ledger.Role{ledger.Checker})
			return err
		}
		return nil
	})
	r := b.came(text)
	if err != nil || r.Approved != 1 || len(r.Blocked) != 2 || r.Blocked[0].Code != "signer_not_allowed" {
		t.Errorf("without the role after the first: %s, %v", text, err)
	}
	_, err = b.people.Disable(t.Context(), admin, chu, 2)
	b.must(err)
	_, err = b.RunApprovals(t.Context(), job, quiet)
	b.wantCode("disabled", err, errs.Forbidden, "person_disabled")
	b.wantGapless(1)
}

// Separation of duties holds for each item.
func TestApprovalsByWhoChecked(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	items := b.waiting(2)
	admins, err := b.people.People(t.Context(), b.actors["chief"], users.Filter{Role: ledger.Administrator})
	b.must(err)
	p, err := b.people.ChangeRoles(t.Context(), admins.Items[0].Actor(), b.actors["chen"].PersonID, 1,
		[]ledger.Role{ledger.Checker, ledger.Approver})
	b.must(err)
	b.actors["chen"] = p.Actor()
	id, err := b.approveAll("chen", items)
	b.must(err)
	text, err := b.RunApprovals(t.Context(), b.job(id), quiet)
	if r := b.came(text); err != nil || r.Approved != 0 || len(r.Blocked) != 2 || r.Blocked[0].Code != "same_person" {
		t.Errorf("approved by who checked: %s, %v", text, err)
	}
	b.wantGapless(0)
}
