package audit

import (
	"maps"
	"slices"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// kinds are all kinds of events that this program knows, by name.
var kinds = func() map[string]ledger.Definition {
	all := map[string]ledger.Definition{}
	for _, d := range slices.Concat(ledger.Events(), users.Events(), standards.Events(), instruments.Events(), lims.Events(),
		certificates.Events()) {
		all[d.Name] = d
	}
	return all
}()

// replay hands each event to the rooms, which follow what becomes of their nouns.
type replay struct {
	log       ledger.Replay
	people    *users.Replay
	lab       *lims.Replay
	metrology *instruments.Replay
	documents *certificates.Replay
	before    map[string]bool // ids and numbers with a history of the older schema, which cannot be replayed
}

func newReplay(fromStart bool) *replay {
	people := users.NewReplay()
	lab, metrology := lims.NewReplay(people), instruments.NewReplay(people)
	documents := certificates.NewReplay(people, lab, metrology)
	metrology.FromStart, documents.FromStart = fromStart, fromStart
	return &replay{people: people, lab: lab, metrology: metrology, documents: documents, before: map[string]bool{}}
}

// began notes an event of the older schema: what becomes of its subject cannot be followed, nor who held which role.
func (r *replay) began(e ledger.Told) {
	r.before[e.Subject.ID] = true
	if e.Subject.Number != "" {
		r.before[e.Subject.Number] = true
	}
	r.metrology.FromStart, r.documents.FromStart = false, false
}

func (r *replay) apply(index int64, e ledger.Told, data any) []ledger.Fault {
	var acted []ledger.Fault
	switch {
	case len(r.before) == 0:
		acted = r.people.Acted(e)
	case r.before[e.Subject.ID] || r.before[e.Subject.Number] || r.before[certificates.IssuedAbout(data)]:
		r.before[e.Subject.ID] = true
		return nil
	}
	return slices.Concat(r.log.Apply(index, e, data), acted, r.people.Apply(index, e, data),
		r.lab.Apply(index, e, data), r.metrology.Apply(index, e, data), r.documents.Apply(index, e, data))
}

// counts are those of all rooms.
func (r *replay) counts() []ledger.Count {
	return slices.Concat(r.people.Counts(), r.lab.Counts(), r.metrology.Counts(), r.documents.Counts())
}

// finish compares what the events came to with the rest of the bundle.
func (r *reading) finish(b *Bundle) error {
	if got := r.replay.log.Keys; !slices.Equal(got, r.keys) {
		r.report.fail(-1, keysPart, "keys_differ", "密钥清单与日志中的密钥事件不符", "the keys are not those that the events of the log name")
	}
	if r.replay.log.Origin != r.head.Origin {
		r.report.fail(0, eventsPart, "origin_differs", "日志名称与开启事件不符", "the log was opened under another name")
	}
	r.report.Counts = append(r.report.Counts, r.replay.counts()...)
	for _, commitment := range slices.Sorted(maps.Keys(r.revealed)) {
		if !r.revealed[commitment] {
			r.report.fail(-1, revealedPart, "revealed_unknown", "披露的内容不属于任何事件："+commitment,
				"what is revealed belongs to no event: "+commitment)
		}
	}
	return r.contents(b)
}
