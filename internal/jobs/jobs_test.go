package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// office is a database with a clock that stands until it is moved.
type office struct {
	*testing.T
	db *database.DB
	mu sync.Mutex
	at time.Time
}

var clerk = ledger.Actor{PersonID: "01990000-0000-7000-8000-000000000001", Division: "370113"}

func newOffice(t *testing.T) *office {
	t.Helper()
	return &office{T: t, db: dbtest.New(t), at: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)}
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

func (o *office) runner(handlers map[string]Handler) *Runner {
	return NewRunner(o.db, o.now, slog.New(slog.DiscardHandler), handlers)
}

func (o *office) enqueueAs(actor ledger.Actor, j New) string {
	o.Helper()
	if j.ID == "" {
		j.ID = uuid.Must(uuid.NewV7()).String()
	}
	err := o.db.InTx(o.Context(), func(tx *database.Tx) error {
		return Enqueue(o.Context(), tx, actor, ledger.Verifier, o.now(), j)
	})
	if err != nil {
		o.Fatalf("enqueue %+v: %v", j, err)
	}
	return j.ID
}

func (o *office) enqueue(kind string) string {
	o.Helper()
	return o.enqueueAs(clerk, New{Kind: kind, Total: 2})
}

func (o *office) job(id string) Job {
	o.Helper()
	j, err := Find(o.Context(), o.db, clerk, id)
	if err != nil {
		o.Fatalf("find job %s: %v", id, err)
	}
	return j
}

// step lets the runner take one job, and tells whether it found one.
func (o *office) step(r *Runner) bool {
	o.Helper()
	found, err := r.runOne(o.Context())
	if err != nil {
		o.Fatalf("runner: %v", err)
	}
	return found
}

func (o *office) wantState(id string, want State, attempts int) Job {
	o.Helper()
	j := o.job(id)
	if j.State != want || j.Attempts != attempts {
		o.Errorf("job is %s after %d attempts, want %s after %d", j.State, j.Attempts, want, attempts)
	}
	if ended := want == Done || want == Failed || want == Cancelled; (j.FinishedAt != nil) != ended {
		o.Errorf("a job that is %s has the end %v", j.State, j.FinishedAt)
	}
	return j
}

func TestDone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.enqueueAs(clerk, New{Kind: "import", Arguments: map[string]int{"n": 7}, Total: 3})
	if j := o.wantState(id, Waiting, 0); j.Total != 3 || j.Kind != "import" || j.CreatedBy != clerk.PersonID {
		t.Errorf("enqueued %+v", j)
	}
	var given Job
	r := o.runner(map[string]Handler{"import": func(_ context.Context, job Job, progress Progress) (string, error) {
		given = job
		if err := progress(2, 4); err != nil {
			return "", err
		}
		if j := o.job(id); j.State != Running || j.Done != 2 || j.Total != 4 {
			t.Errorf("under way: %s %d of %d, want running 2 of 4", j.State, j.Done, j.Total)
		}
		return `{"rows":4}`, nil
	}})
	if !o.step(r) {
		t.Fatal("the runner found no job")
	}
	if given.ID != id || given.Arguments != `{"n":7}` || given.ActorRole != string(ledger.Verifier) {
		t.Errorf("the handler was given %+v", given)
	}
	if j, err := Asked(t.Context(), o.db, clerk, id); err != nil || j.Arguments != `{"n":7}` || o.job(id).Arguments != "" {
		t.Errorf("asked for %q, %v; want the arguments there, and only there", j.Arguments, err)
	}
	if j := o.wantState(id, Done, 1); j.Result != `{"rows":4}` || j.ErrorZH != "" {
		t.Errorf("result %q, error %q", j.Result, j.ErrorZH)
	}
	if o.step(r) {
		t.Error("a done job was taken again")
	}
}

func TestEnqueueBelongsToItsTransaction(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, failed := uuid.NewString(), errors.New("rolled back")
	err := o.db.InTx(t.Context(), func(tx *database.Tx) error {
		if err := Enqueue(t.Context(), tx, clerk, ledger.Verifier, o.now(), New{ID: id, Kind: "import"}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), o.db, clerk, id); errs.KindOf(err) != errs.NotFound {
		t.Errorf("after the rollback: %v, want no job", err)
	}
}

func TestSameIDIsTheSameJob(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	runs := 0
	r := o.runner(map[string]Handler{"import": func(context.Context, Job, Progress) (string, error) {
		runs++
		return "first", nil
	}})
	id := o.enqueue("import")
	o.enqueueAs(clerk, New{ID: id, Kind: "import", Total: 99})
	o.step(r)
	o.enqueueAs(clerk, New{ID: id, Kind: "import", Total: 99})
	o.step(r)
	if j := o.wantState(id, Done, 1); runs != 1 || j.Total != 2 {
		t.Errorf("ran %d times with total %d, want once with 2", runs, j.Total)
	}
}

// The id of a job is nobody else's, and no other kind's.
func TestTakenID(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.enqueue("import")
	other, elsewhere := clerk, clerk
	other.PersonID = "01990000-0000-7000-8000-000000000002"
	elsewhere.Division = "370102"
	for _, tt := range []struct {
		name  string
		actor ledger.Actor
		kind  string
		want  error
	}{
		{"the same", clerk, "import", nil}, {"another person", other, "import", ErrTaken},
		{"another division", elsewhere, "import", ErrTaken}, {"another kind", clerk, "export", ErrTaken},
	} {
		err := o.db.InTx(t.Context(), func(tx *database.Tx) error {
			return Enqueue(t.Context(), tx, tt.actor, ledger.Verifier, o.now(), New{ID: id, Kind: tt.kind})
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// A fault of the input ends the job with its reason; what may pass is tried again, later each time, five times.
func TestFailure(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const internalZH, internalEN = "任务失败：系统内部错误", "the job failed: internal error"
	for _, tt := range []struct {
		name     string
		failure  error
		attempts int
		zh, en   string
	}{
		{"invalid", errs.New(errs.Invalid, "bad_file", "文件有误", "the file is bad"), 1, "文件有误", "the file is bad"},
		{"blocked", fmt.Errorf("row 3: %w", errs.New(errs.Blocked, "b", "受阻", "blocked")), 1, "受阻", "blocked"},
		{"internal", errors.New("disk"), maxAttempts, internalZH, internalEN},
		{"internal but known", errs.New(errs.Internal, "lost", "文件缺失", "the file is missing"), 1, "文件缺失", "the file is missing"},
		{"unavailable", errs.New(errs.Unavailable, "db", "数据库不可用", "no database"), maxAttempts, "数据库不可用", "no database"},
	} {
		r := o.runner(map[string]Handler{tt.name: func(context.Context, Job, Progress) (string, error) { return "", tt.failure }})
		id := o.enqueue(tt.name)
		for n := 1; n < tt.attempts; n++ {
			o.step(r)
			o.wantState(id, Waiting, n)
			o.advance(time.Duration(n*n)*time.Second - time.Millisecond)
			if o.step(r) {
				t.Errorf("%s: attempt %d came too early", tt.name, n+1)
			}
			o.advance(time.Millisecond)
		}
		o.step(r)
		if j := o.wantState(id, Failed, tt.attempts); j.ErrorZH != tt.zh || j.ErrorEN != tt.en {
			t.Errorf("%s: reasons %q and %q, want %q and %q", tt.name, j.ErrorZH, j.ErrorEN, tt.zh, tt.en)
		}
	}
}

func TestRetryThatSucceeds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	r := o.runner(map[string]Handler{"import": func(_ context.Context, job Job, _ Progress) (string, error) {
		if job.Attempts == 1 {
			return "", errors.New("not yet")
		}
		return "ok", nil
	}})
	id := o.enqueue("import")
	o.step(r)
	o.advance(time.Second)
	o.step(r)
	if j := o.wantState(id, Done, 2); j.Result != "ok" || j.ErrorZH != "" || j.ErrorEN != "" {
		t.Errorf("after the retry: %+v", j)
	}
}

// A panic, and a kind that nobody handles, fail the job; the runner goes on.
func TestPanicFailsTheJobOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	r := o.runner(map[string]Handler{
		"panic": func(context.Context, Job, Progress) (string, error) { panic("broken") },
		"good":  func(context.Context, Job, Progress) (string, error) { return "", nil },
	})
	broken, unknown := o.enqueue("panic"), o.enqueue("unknown")
	for range maxAttempts {
		o.step(r)
		o.step(r)
		o.advance(time.Minute)
	}
	good := o.enqueue("good")
	o.step(r)
	for _, id := range []string{broken, unknown} {
		if j := o.wantState(id, Failed, maxAttempts); j.ErrorZH == "" || j.ErrorEN == "" {
			t.Errorf("%s failed without a reason in both languages: %q, %q", j.Kind, j.ErrorZH, j.ErrorEN)
		}
	}
	o.wantState(good, Done, 1)
}

// A job whose runner dies each time is given up: it must not end the program for ever.
func TestInterruptedForEver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.enqueue("import")
	for range maxTaken {
		if job, err := takeJob(t.Context(), o.db, o.now(), deadAfter); err != nil || job == nil {
			t.Fatalf("take: %v, %v", job, err)
		}
		o.advance(deadAfter + time.Second)
	}
	r := o.runner(map[string]Handler{"import": func(context.Context, Job, Progress) (string, error) {
		t.Error("the job is tried once more")
		return "", nil
	}})
	if !o.step(r) {
		t.Fatal("the job was left running")
	}
	if j := o.wantState(id, Failed, maxTaken+1); j.ErrorEN != errInterrupted.EN || j.ErrorZH != errInterrupted.ZH {
		t.Errorf("told as %q, %q", j.ErrorZH, j.ErrorEN)
	}
}

func TestCancelWaiting(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	r := o.runner(map[string]Handler{"import": func(context.Context, Job, Progress) (string, error) {
		t.Error("a cancelled job ran")
		return "", nil
	}})
	id := o.enqueue("import")
	if j, err := Cancel(t.Context(), o.db, clerk, o.now(), id); err != nil || j.State != Cancelled {
		t.Errorf("cancel: %s, %v", j.State, err)
	}
	o.step(r)
	o.wantState(id, Cancelled, 0)
	for _, again := range []string{id, uuid.NewString(), "no id"} {
		if _, err := Cancel(t.Context(), o.db, clerk, o.now(), again); errs.KindOf(err) != errs.Conflict {
			t.Errorf("cancel %s: %v, want a conflict", again, err)
		}
	}
}

func TestCancelRunning(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var id string
	r := o.runner(map[string]Handler{"import": func(ctx context.Context, _ Job, progress Progress) (string, error) {
		if err := progress(1, 2); err != nil {
			t.Errorf("progress before the cancellation: %v", err)
		}
		if j, err := Cancel(ctx, o.db, clerk, o.now(), id); err != nil || j.State != Running {
			t.Errorf("cancel while running: %s, %v; want running on", j.State, err)
		}
		if err := progress(2, 2); err != nil {
			return "row 1", fmt.Errorf("row 2: %w", err)
		}
		return "went on", nil
	}})
	id = o.enqueue("import")
	o.step(r)
	if j := o.wantState(id, Cancelled, 1); j.Result != "row 1" {
		t.Errorf("a cancelled job has the result %q, want what was done before", j.Result)
	}
	o.advance(time.Hour)
	if o.step(r) {
		t.Error("a cancelled job was taken again")
	}
}
