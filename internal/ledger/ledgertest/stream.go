// Package ledgertest reads the events of a test's database as whoever audits them gets them, replays them, and damages
// them in one place at a time: a replay must name the damage. Read this file first; store.go holds the SQL.
package ledgertest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hengjian/internal/ledger"
)

// Event is an event at an index of the log.
type Event struct {
	ledger.Told
	Index int64
}

// Stream is events in the order of the log.
type Stream []Event

// Rooms are the replays to which every event goes, in this order, and the kinds that they know.
type Rooms struct {
	Kinds []ledger.Definition
	Acted func(ledger.Told) []ledger.Fault
	Apply []func(int64, ledger.Told, any) []ledger.Fault
}

// Replay returns the faults of all events.
func (s Stream) Replay(t testing.TB, r Rooms) []ledger.Fault {
	t.Helper()
	kinds := map[string]ledger.Definition{}
	for _, k := range r.Kinds {
		kinds[k.Name] = k
	}
	var all []ledger.Fault
	for _, e := range s {
		k, known := kinds[e.Kind]
		if !known {
			t.Fatalf("event %s is of no kind that is known here", e.Kind)
		}
		data, err := k.Decode(e.Told)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Acted(e.Told)...)
		for _, apply := range r.Apply {
			all = append(all, apply(e.Index, e.Told, data)...)
		}
	}
	return all
}

// Codes lists the codes of faults, each once, in order.
func Codes(t testing.TB, faults []ledger.Fault) string {
	t.Helper()
	var codes []string
	for _, f := range faults {
		codes = append(codes, f.Code)
		if f.ZH == "" || f.EN == "" || strings.Contains(f.ZH+f.EN, "%!") {
			t.Errorf("fault %s says %q, %q", f.Code, f.ZH, f.EN)
		}
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " ")
}

// Damage makes another stream of a stream.
type Damage func(t testing.TB, s Stream) Stream

// Damaged is a copy of the stream after all damages.
func (s Stream) Damaged(t testing.TB, damages ...Damage) Stream {
	t.Helper()
	s = slices.Clone(s)
	for _, d := range damages {
		s = d(t, s)
	}
	return s
}

// find is the place of the event number n of the kind, from 0; negative numbers count from the last, which is -1.
func (s Stream) find(t testing.TB, kind string, n int) int {
	t.Helper()
	var at []int
	for i, e := range s {
		if e.Kind == kind {
			at = append(at, i)
		}
	}
	if n < 0 {
		n += len(at)
	}
	if n < 0 || n >= len(at) {
		t.Fatalf("there are %d events %s: none has the number %d", len(at), kind, n)
	}
	return at[n]
}

// Data is a member of the data of the event number n of the kind, as JSON has it.
func (s Stream) Data(t testing.TB, kind string, n int, path ...any) any {
	t.Helper()
	return member(t, parse(t, s[s.find(t, kind, n)].Data), path)
}

// Subject is the subject of the event number n of the kind.
func (s Stream) Subject(t testing.TB, kind string, n int) ledger.Subject {
	t.Helper()
	return s[s.find(t, kind, n)].Subject
}

// Drop leaves an event out.
func Drop(kind string, n int) Damage {
	return func(t testing.TB, s Stream) Stream {
		at := s.find(t, kind, n)
		return slices.Delete(s, at, at+1)
	}
}

// Double tells an event twice.
func Double(kind string, n int) Damage {
	return func(t testing.TB, s Stream) Stream {
		at := s.find(t, kind, n)
		return slices.Insert(s, at, s[at])
	}
}

// Move tells an event, with its signature where it names one, just before another.
func Move(kind string, n int, before string, m int) Damage {
	return func(t testing.TB, s Stream) Stream {
		at := s.find(t, kind, n)
		moved := Stream{s[at]}
		if signature := s.signature(t, at); signature >= 0 {
			moved = Stream{s[signature], s[at]}
			s = slices.Delete(s, signature, signature+1)
			at = s.find(t, kind, n)
		}
		s = slices.Delete(s, at, at+1)
		return slices.Insert(s, s.find(t, before, m), moved...)
	}
}

// As tells that it was done, and signed where it was signed, in another role.
func As(kind string, n int, role ledger.Role) Damage {
	return func(t testing.TB, s Stream) Stream {
		at := s.find(t, kind, n)
		s[at].Role = role
		if signature := s.signature(t, at); signature >= 0 {
			s[signature].Role = role
		}
		return s
	}
}

// By tells that somebody else did it, and signed it where it was signed.
func By(kind string, n int, actor string) Damage {
	return func(t testing.TB, s Stream) Stream {
		at := s.find(t, kind, n)
		s[at].ActorID = actor
		if signature := s.signature(t, at); signature >= 0 {
			s[signature].ActorID = actor
		}
		return s
	}
}

// Set gives a member of the data another value.
func Set(kind string, n int, value any, path ...any) Damage {
	return func(t testing.TB, s Stream) Stream {
		s.set(t, s.find(t, kind, n), value, path)
		return s
	}
}

// Content gives a member of the data, a hash, another value, and has it signed.
func Content(kind string, n int, path ...any) Damage {
	return func(t testing.TB, s Stream) Stream {
		at, other := s.find(t, kind, n), strings.Repeat("5a", 32)
		s.set(t, at, other, path)
		if signature := s.signature(t, at); signature >= 0 {
			s.set(t, signature, other, []any{"content_hash"})
		}
		return s
	}
}

// SignedOver lets the signature of an event be over something else.
func SignedOver(kind string, n int) Damage {
	return func(t testing.TB, s Stream) Stream {
		s.set(t, s.signature(t, s.find(t, kind, n)), strings.Repeat("5a", 32), []any{"content_hash"})
		return s
	}
}

// SignedFor lets the signature of an event be about another subject.
func SignedFor(kind string, n int, subject string) Damage {
	return func(t testing.TB, s Stream) Stream {
		s.set(t, s.signature(t, s.find(t, kind, n)), subject, []any{"subject_id"})
		return s
	}
}

// About tells an event of another subject.
func About(kind string, n int, subject ledger.Subject) Damage {
	return func(t testing.TB, s Stream) Stream {
		s[s.find(t, kind, n)].Subject = subject
		return s
	}
}

// In tells an event as of another division.
func In(kind string, n int, division string) Damage {
	return func(t testing.TB, s Stream) Stream {
		s[s.find(t, kind, n)].Division = division
		return s
	}
}

// signature is the place of the signature that the data of an event name; -1 when they name none.
func (s Stream) signature(t testing.TB, at int) int {
	t.Helper()
	data, _ := parse(t, s[at].Data).(map[string]any)
	id, _ := data["signature"].(string)
	return slices.IndexFunc(s, func(e Event) bool { return id != "" && e.Kind == "signature.made" && e.Subject.ID == id })
}

func (s Stream) set(t testing.TB, at int, value any, path []any) {
	t.Helper()
	data := parse(t, s[at].Data)
	within := member(t, data, path[:len(path)-1])
	switch last := path[len(path)-1].(type) {
	case string:
		members, ok := within.(map[string]any)
		if !ok {
			t.Fatalf("%v is in no object", path)
		}
		members[last] = value
	case int:
		elements, ok := within.([]any)
		if !ok {
			t.Fatalf("%v is in no list", path)
		}
		elements[last] = value
	}
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	s[at].Told.Data = text
}

func parse(t testing.TB, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func member(t testing.TB, v any, path []any) any {
	t.Helper()
	for _, step := range path {
		switch within := v.(type) {
		case map[string]any:
			v = within[step.(string)] //nolint:forcetypeassert // a wrong path ends the test
		case []any:
			v = within[step.(int)] //nolint:forcetypeassert // a wrong path ends the test
		default:
			t.Fatalf("there is no %v", path)
		}
	}
	return v
}
