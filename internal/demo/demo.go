// Package demo tells the story of a bureau through the services, as people would have done it, in the order of time: the
// bureau of Changqing with invented people, businesses and lots. The same seed and day tell the same story. It never
// writes SQL, so everything it makes has passed every rule. Read this file first; bureau.go makes the people and
// equipment, samples.go and metrology.go the work.
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

// Rooms are the services that the story is told through. They must run on the Clock.
type Rooms struct {
	Users        *users.Service
	Standards    *standards.Service
	Instruments  *instruments.Service
	LIMS         *lims.Service
	Certificates *certificates.Service
}

// Clock is the story's time. It only moves forward.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the story's present.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *Clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
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

// Small is enough to see everything.
var Small = Scale{Batches: 200, Instruments: 240, Seed: 1}

type event struct {
	at time.Time
	do func() error
}

// story is the telling.
type story struct {
	ctx      context.Context
	rooms    Rooms
	clock    *Clock
	today    calendar.Date
	end      time.Time
	random   *rand.Rand
	scale    Scale
	catalog  catalog
	cast     cast
	events   []event
	progress func(done, total int)
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
func Tell(ctx context.Context, rooms Rooms, clock *Clock, now time.Time, scale Scale, progress func(done, total int)) error {
	s := &story{
		ctx: ctx, rooms: rooms, clock: clock, today: calendar.DateOf(now), end: now, scale: scale, progress: progress,
		random: rand.New(rand.NewPCG(scale.Seed, 370113)), //nolint:gosec // the story must be the same each time
	}
	if s.progress == nil {
		s.progress = func(int, int) {}
	}
	if err := yaml.Unmarshal(productText, &s.catalog); err != nil {
		return fmt.Errorf("demonstration products: %w", err)
	}
	s.clock.set(s.today.AddDays(-longAgo - 30).Start().Add(9 * time.Hour))
	if err := s.hire(); err != nil {
		return fmt.Errorf("demonstration bureau: %w", err)
	}
	s.plotSamples()
	s.plotInstruments()
	return s.play()
}

// longAgo is how many days back the oldest verification lies: its validity has ended.
const longAgo = 430

// days is how far back the season's work begins.
func (s *story) days() int {
	if s.scale.Batches > 1000 {
		return 330
	}
	return 110
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

// play lets everything happen in the order of time; what follows from an event may be planned while it happens.
func (s *story) play() error {
	slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) })
	total := len(s.events)
	for i := 0; i < len(s.events); i++ {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		s.clock.set(s.events[i].at)
		if err := s.events[i].do(); err != nil {
			return fmt.Errorf("demonstration, %s: %w", s.events[i].at.Format(time.DateOnly), err)
		}
		if i%20 == 0 || i+1 == total {
			s.progress(i+1, total)
		}
	}
	return nil
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
