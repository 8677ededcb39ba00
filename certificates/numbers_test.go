package certificates

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

// Fifty issuers at once, some of whom are refused, while the database ends their connections in the middle of what they
// do: every good order has one document in the end, and the numbers run from one without a gap.
func TestNumbersOfIssuersThatDie(t *testing.T) {
	t.Parallel()
	const issuers, refused, kills = 50, 10, 30
	b := newBureau(t)
	orders := make([]string, issuers)
	for i := range orders {
		standard := b.standard
		if i%(issuers/refused) == 0 {
			standard = b.bare // of which no certificate can be made
		}
		orders[i] = b.checked(fmt.Sprintf("N-%d", i), "15.000", standard)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	proof := b.prove("chu") // before its own connection could be one of those
	killed := b.killConnections(ctx, kills)
	told, retried := make([]string, issuers), atomic.Int64{}
	var all sync.WaitGroup
	for i, order := range orders {
		all.Go(func() {
			for ctx.Err() == nil {
				d, err := b.ApproveVerification(ctx, b.actors["chu"], proof, order, 0)
				switch {
				case err == nil:
					told[i] = d.Number
					return
				case errs.KindOf(err) == errs.Blocked, errs.KindOf(err) == errs.Conflict: // refused, or approved though nobody heard of it
					return
				}
				retried.Add(1)
			}
		})
	}
	all.Wait()
	if n := killed(); n < 10 || retried.Load() == 0 {
		t.Errorf("%d connections were ended, %d approvals tried again: nothing died in the middle", n, retried.Load())
	}
	b.wantSerials(orders, told, func(i int) bool { return i%(issuers/refused) != 0 })
	if _, faults := replayed(t, b.settled(), true); len(faults) > 0 {
		t.Errorf("the log has them otherwise: %+v", faults)
	}
}

// killConnections ends connections in the middle of a transaction, until it has ended so many or ctx is done; what it
// returns waits for that and counts them.
func (b *bureau) killConnections(ctx context.Context, most int) (killed func() int) {
	b.Helper()
	owner := dbtest.Owner(b.T, b.db)
	ended := make(chan int, 1)
	ctx, stop := context.WithCancel(ctx)
	go func() {
		n := 0
		for n < most && ctx.Err() == nil {
			var one []bool
			err := owner.Select(ctx, &one, `
				SELECT pg_terminate_backend(pid)
				FROM pg_stat_activity
				WHERE datname = current_database() AND usename = $1 AND xact_start IS NOT NULL
				ORDER BY random()
				LIMIT 1`, database.AppRole)
			if err != nil && ctx.Err() == nil {
				b.Error(err)
			}
			n += len(one)
			time.Sleep(8 * time.Millisecond)
		}
		ended <- n
	}()
	return func() int {
		stop()
		return <-ended
	}
}

// wantSerials makes sure that the good orders have one document each, numbered without a gap, and as their issuers heard.
func (b *bureau) wantSerials(orders, told []string, good func(int) bool) {
	b.Helper()
	var rows []struct {
		OrderNumber string `db:"order_number"`
		Number      string `db:"number"`
		Serial      int    `db:"serial"`
	}
	b.must(b.db.Select(b.Context(), &rows, `
		SELECT o.number AS order_number, d.number, d.serial
		FROM document d
		JOIN verification v ON v.id = d.subject_id
		JOIN verification_order o ON o.id = v.order_id
		ORDER BY d.serial`))
	var serials []int
	of := map[string][]string{}
	for _, r := range rows {
		serials = append(serials, r.Serial)
		of[r.OrderNumber] = append(of[r.OrderNumber], r.Number)
	}
	wanted := 0
	for i, order := range orders {
		switch numbers := of[order]; {
		case !good(i) && len(numbers) > 0:
			b.Errorf("order %s, which was refused, has %v", order, numbers)
		case good(i) && len(numbers) != 1, told[i] != "" && !slices.Equal(numbers, told[i:i+1]):
			b.Errorf("order %s has the documents %v; its issuer heard of %q", order, numbers, told[i])
		}
		if good(i) {
			wanted++
		}
	}
	if len(serials) != wanted || serials[0] != 1 || serials[len(serials)-1] != wanted || len(slices.Compact(serials)) != wanted {
		b.Errorf("serials %v, want 1 to %d", serials, wanted)
	}
}
