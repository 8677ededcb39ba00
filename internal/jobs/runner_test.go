package jobs

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// A runner that dies leaves its job running; another takes it up once the heartbeat is old. What the first one still
// says, should it only have been slow, no longer counts.
func TestDeadRunner(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var all sync.WaitGroup
	started, resume := make(chan struct{}), make(chan struct{})
	slow := o.runner(map[string]Handler{"import": func(_ context.Context, _ Job, progress Progress) (string, error) {
		close(started)
		<-resume
		if err := progress(9, 9); !errors.Is(err, ErrCancelled) {
			t.Errorf("progress of the runner taken for dead: %v, want %v", err, ErrCancelled)
		}
		return "", errors.New("too slow")
	}})
	id := o.enqueue("import")
	all.Go(func() {
		if _, err := slow.runOne(t.Context()); err != nil {
			t.Errorf("the slow runner: %v", err)
		}
	})
	<-started
	second := o.runner(map[string]Handler{"import": func(_ context.Context, _ Job, progress Progress) (string, error) {
		if err := progress(1, 2); err != nil {
			return "", err
		}
		close(resume)
		all.Wait()
		if j := o.job(id); j.State != Running || j.Attempts != 2 || j.Done != 1 {
			t.Errorf("after the slow runner's end: %s, attempt %d, %d done; want running, 2, 1", j.State, j.Attempts, j.Done)
		}
		return "second", nil
	}})
	o.advance(deadAfter)
	if o.step(second) {
		t.Error("a job was taken from a runner that is not dead yet")
	}
	o.advance(time.Millisecond)
	if !o.step(second) {
		t.Fatal("the dead runner's job was not taken up")
	}
	if j := o.wantState(id, Done, 2); j.Result != "second" {
		t.Errorf("result %q, want second", j.Result)
	}
}

func TestProgressIsAHeartbeat(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := o.runner(nil)
	r := o.runner(map[string]Handler{"import": func(_ context.Context, _ Job, progress Progress) (string, error) {
		for n := range 3 {
			o.advance(deadAfter)
			if err := progress(n, 3); err != nil {
				return "", err
			}
			if o.step(other) {
				t.Error("a job that makes progress was taken by another runner")
			}
		}
		return "", nil
	}})
	id := o.enqueue("import")
	o.step(r)
	o.wantState(id, Done, 1)
}

// A server that stops leaves its job for the next one.
func TestStoppedWithTheServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.enqueue("import")
	ctx, stop := context.WithCancel(t.Context())
	r := o.runner(map[string]Handler{"import": func(ctx context.Context, _ Job, _ Progress) (string, error) {
		stop()
		<-ctx.Done()
		return "", ctx.Err()
	}})
	r.Wake()
	r.Wake()
	r.Run(ctx)
	o.wantState(id, Running, 1)
	o.advance(deadAfter + time.Second)
	next := o.runner(map[string]Handler{"import": func(context.Context, Job, Progress) (string, error) { return "", nil }})
	o.step(next)
	o.wantState(id, Done, 2)
}

func TestRunnersNeverShareAJob(t *testing.T) {
	t.Parallel()
	const jobs, runners = 40, 4
	o := newOffice(t)
	for range jobs {
		o.enqueue("import")
	}
	var mu sync.Mutex
	ran := map[string]int{}
	handlers := map[string]Handler{"import": func(_ context.Context, job Job, progress Progress) (string, error) {
		mu.Lock()
		ran[job.ID]++
		mu.Unlock()
		return "", progress(1, 1)
	}}
	var all sync.WaitGroup
	for range runners {
		r := o.runner(handlers)
		all.Go(func() {
			for {
				found, err := r.runOne(t.Context())
				if err != nil {
					t.Errorf("runner: %v", err)
				}
				if !found {
					return
				}
			}
		})
	}
	all.Wait()
	if len(ran) != jobs {
		t.Errorf("%d jobs ran, want %d", len(ran), jobs)
	}
	for id, n := range ran {
		if n != 1 {
			t.Errorf("job %s ran %d times", id, n)
		}
	}
}

func TestWhoSeesAJob(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	shop, other, elsewhere := clerk, clerk, clerk
	shop.BusinessID = "01990000-0000-7000-8000-00000000000a"
	other.BusinessID = "01990000-0000-7000-8000-00000000000b"
	elsewhere.Division = "370102"
	bureaus, shops := o.enqueueAs(clerk, New{Kind: "import"}), o.enqueueAs(shop, New{Kind: "import"})
	for _, tt := range []struct {
		name  string
		actor ledger.Actor
		id    string
		sees  bool
	}{
		{"staff, the bureau's", clerk, bureaus, true},
		{"staff, the shop's", clerk, shops, true},
		{"the shop, its own", shop, shops, true},
		{"the shop, the bureau's", shop, bureaus, false},
		{"another shop", other, shops, false},
		{"another division", elsewhere, bureaus, false},
	} {
		_, err := Find(t.Context(), o.db, tt.actor, tt.id)
		list, listErr := Recent(t.Context(), o.db, tt.actor, 10)
		listed := false
		for _, j := range list {
			listed = listed || j.ID == tt.id
		}
		if (err == nil) != tt.sees || listErr != nil || listed != tt.sees {
			t.Errorf("%s: %v, listed %v, %v; want sees %v", tt.name, err, listed, listErr, tt.sees)
		}
		if !tt.sees {
			if _, err := Cancel(t.Context(), o.db, tt.actor, o.now(), tt.id); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s cancels: %v, want a conflict", tt.name, err)
			}
		}
	}
	if list, err := Recent(t.Context(), o.db, clerk, 1); err != nil || len(list) != 1 {
		t.Errorf("the newest job: %d jobs, %v; want 1", len(list), err)
	}
}

func TestJobRowRules(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.enqueue("import")
	owner := dbtest.Owner(t, o.db)
	for query, want := range map[string]string{
		`UPDATE job SET state = 'lost'`: "23514", `UPDATE job SET state = 'done'`: "23514", `UPDATE job SET finished_at = now()`: "23514",
		`UPDATE job SET done = -1`: "23514", `DELETE FROM job`: "23001", `TRUNCATE job CASCADE`: "23001",
	} {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != want {
			t.Errorf("%s: %v, want SQLSTATE %s", query, err, want)
		}
	}
}
