// Package demo tells the story of a bureau through the services, as people would have done it, in the order of time: the
// bureau of Changqing with invented people, businesses and lots. The laboratory and the metrology department work beside
// each other, each on a clock of its own. The same seed and day tell the same story. It never writes SQL, so everything
// it makes has passed every rule. Read this file first; bureau.go makes the people and equipment, samples.go and
// metrology.go the work.
package demo

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/sync/errgroup"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Division is the code of the demonstration bureau: Changqing district of Jinan.
const Division = "370113"

// Password signs every demonstration person in. It is printed at the start: a demonstration has no secrets.
const Password = "Hengjian-2026"

// Rooms are the services that the story is told through.
type Rooms struct {
	Users        *users.Service
	Standards    *standards.Service
	Instruments  *instruments.Service
	LIMS         *lims.Service
	Certificates *certificates.Service
}

// Wire makes the services on a clock.
type Wire func(now func() time.Time) (Rooms, error)

// clock is the time of a story. It only moves forward, and only the story that it belongs to looks at it.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) set(t time.Time) {
	if t.After(c.at) {
		c.at = t
	}
}

// Scale is how much is told.
type Scale struct {
	Batches     int
	Instruments int
	Seed        uint64
}

// Year is the bureau's whole year.
var Year = Scale{Batches: 4894, Instruments: 5740, Seed: 1}

// Small is enough to see everything: every stage, every status, and more of the rare categories than a year has.
var Small = Scale{Batches: 200, Instruments: 240, Seed: 1}

func (s Scale) small() bool { return s.Batches <= 1000 }

type event struct {
	at time.Time
	do func() error
}

// story is the telling, of the bureau as a whole or of one of its departments.
type story struct {
	ctx     context.Context
	rooms   Rooms
	clock   *clock
	today   calendar.Date
	end     time.Time
	random  *rand.Rand
	scale   Scale
	catalog catalog
	cast    cast
	events  []event
}

//go:embed products.yaml
var productText []byte

type catalog struct {
	Food, Drug, Device, Fuel, Coal []product
	Confirm                        []string
}

type product struct {
	Name, Class, Grade, Quantity, Unit, Test, Packaging, Type, Kind, Standard, Conditions string
	Items                                                                                 []productItem
}

type productItem struct {
	Item, Method, Unit, LOD, Since string
	Pass, Fail                     []string
}

// Tell fills an empty bureau with the story that ends now. Progress may be nil.
func Tell(ctx context.Context, wire Wire, now time.Time, scale Scale, progress func(done, total int)) error {
	bureau := &story{ctx: ctx, today: calendar.DateOf(now), end: now, scale: scale}
	if err := yaml.Unmarshal(productText, &bureau.catalog); err != nil {
		return fmt.Errorf("demonstration products: %w", err)
	}
	beginning := bureau.today.AddDays(-longAgo - 30).Start().Add(9 * time.Hour)
	if err := bureau.open(wire, beginning, 0); err != nil {
		return err
	}
	if err := bureau.hire(); err != nil {
		return fmt.Errorf("demonstration bureau: %w", err)
	}
	laboratory, metrology := *bureau, *bureau
	group, ctx := errgroup.WithContext(ctx)
	for i, department := range []*story{&laboratory, &metrology} {
		department.ctx = ctx
		if err := department.open(wire, beginning, uint64(i)+1); err != nil {
			return err
		}
	}
	laboratory.plotSamples()
	metrology.plotInstruments()
	told := &counter{total: len(laboratory.events) + len(metrology.events), progress: progress}
	group.Go(func() error { return laboratory.play(told) })
	group.Go(func() error { return metrology.play(told) })
	return group.Wait()
}

// open gives the story its clock, its chance and its services.
func (s *story) open(wire Wire, at time.Time, department uint64) error {
	s.clock = &clock{at}
	s.random = rand.New(rand.NewPCG(s.scale.Seed, 370113+department)) //nolint:gosec // the story must be the same each time
	var err error
	s.rooms, err = wire(s.clock.now)
	return err
}

// counter adds up what all departments have told.
type counter struct {
	mu          sync.Mutex
	done, total int
	progress    func(done, total int)
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	if c.progress != nil && (c.done%20 == 0 || c.done == c.total) {
		c.progress(c.done, c.total)
	}
}

// longAgo is how many days back the oldest verification lies: its validity has ended.
const longAgo = 430

// days is how far back the season's work begins.
func (s *story) days() int {
	if s.scale.small() {
		return 110
	}
	return 330
}

// at plans something for a time; what lies in the future does not happen.
func (s *story) at(t time.Time, do func() error) bool {
	if !t.Before(s.end) {
		return false
	}
	s.events = append(s.events, event{t, do})
	return true
}

// someDay is a working day of the season, often one of the last, so that something is under way everywhere.
func (s *story) someDay() calendar.Date {
	back := 1 + s.random.IntN(s.days()-10)
	if s.random.IntN(100) < 20 {
		back = s.random.IntN(9)
	}
	day := s.today.AddDays(-back)
	if work, _ := calendar.Official().Workday(day); !work {
		day, _ = calendar.Official().AddWorkdays(day, -1)
	}
	return day
}

// play lets everything happen in the order of time.
func (s *story) play(told *counter) error {
	slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range s.events {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		s.clock.set(e.at)
		if err := e.do(); err != nil {
			return fmt.Errorf("demonstration, %s: %w", e.at.Format(time.DateOnly), err)
		}
		told.add()
	}
	return nil
}

// step is something that happens some working days after the first day of a thing.
type step struct {
	after, hour int
	do          func() error
}

// plan plans steps from a day on; all is false when the story ends before the last.
func (s *story) plan(day calendar.Date, steps []step) (all bool) {
	for _, step := range steps {
		if !s.at(s.workTime(day, step.after, step.hour), step.do) {
			return false
		}
	}
	return true
}

// waiting leaves some of the first things before each step but the first, so that every stage is seen at any hour: the
// step before was due on the last working day. It returns the steps that are taken and the day on which they began.
func (s *story) waiting(n int, day calendar.Date, steps []step) ([]step, calendar.Date) {
	k := n % 25
	if n > Small.Batches || k == 0 || k >= len(steps) {
		return steps, day
	}
	day, _ = calendar.Official().AddWorkdays(s.today, -steps[k-1].after-1)
	return steps[:k], day
}

// workTime is a moment of a working day, some days after a day.
func (s *story) workTime(day calendar.Date, after, hour int) time.Time {
	on, _ := calendar.Official().AddWorkdays(day, after)
	return on.Start().Add(time.Duration(hour)*time.Hour + time.Duration(s.random.IntN(3000))*time.Second)
}

// sign re-authenticates a person, as everybody must for each signature.
func (s *story) sign(p ledger.Actor) (users.Proof, error) {
	return s.rooms.Users.Reauthenticate(s.ctx, p, Password)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// other picks somebody else.
func other(r *rand.Rand, list []ledger.Actor, not ...ledger.Actor) ledger.Actor {
	left := slices.DeleteFunc(slices.Clone(list), func(a ledger.Actor) bool {
		return slices.ContainsFunc(not, func(n ledger.Actor) bool { return n.PersonID == a.PersonID })
	})
	return pick(r, left)
}

// share divides n by weights, the last one taking the rest; none is less than one.
func share(n int, weights ...int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	parts := make([]int, len(weights))
	left := n
	for i, w := range weights[1:] {
		parts[i+1] = max(cmp.Or(n*w/sum, 1), 1)
		left -= parts[i+1]
	}
	parts[0] = left
	return parts
}
