package demo

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Whatever chance decides, nothing is planned that the thing before does not allow.
func TestPlots(t *testing.T) {
	t.Parallel()
	two := []ledger.Actor{{PersonID: "a"}, {PersonID: "b"}}
	people := map[ledger.Role][]ledger.Actor{}
	for _, r := range ledger.Roles() {
		people[r] = two
	}
	before := map[string]string{
		"deliver": "register", "receive": "deliver", "refuse": "deliver", "handOver": "receive", "accept": "handOver",
		"enter": "accept", "compile": "enter", "review": "compile", "approve": "review",
	}
	for seed := range uint64(60) {
		s := story{
			today: calendar.MustDate("2026-11-26"), end: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), scale: Small,
			random: rand.New(rand.NewPCG(seed, 1)), cast: cast{people: people, businesses: []users.Business{{ID: "x"}}},
		}
		if err := yaml.Unmarshal(productText, &s.catalog); err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= Small.Batches; n++ {
			s.events = nil
			s.plotSample(n, lims.Food)
			var done []string
			for _, e := range s.events {
				name := strings.TrimSuffix(runtime.FuncForPC(reflect.ValueOf(e.do).Pointer()).Name(), "-fm")
				name = name[strings.LastIndexByte(name, '.')+1:]
				if needed := before[name]; needed != "" && !slices.Contains(done, needed) {
					t.Errorf("seed %d, batch %d: %s after %q, without %s", seed, n, name, done, needed)
				}
				done = append(done, name)
			}
		}
	}
}
