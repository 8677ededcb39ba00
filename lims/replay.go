package lims

import (
	"slices"

	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Replay follows samples, their custody, results and reports through their events, with nothing else at hand.
type Replay struct {
	people   *users.Replay
	samples  map[ledger.ID]*replayedSample
	approved map[ledger.ID]replayedApproval // by report

	handovers, results int
}

// replayedSample is a sample as its events tell.
type replayedSample struct {
	number   string
	state    State
	samplers [2]ledger.ID
	portions []replayedPortion
	seals    []replayedSeal
	analyses []replayedAnalysis
	open     []replayedHandover
	delivery replayedDelivery
	agreed   []replayedAgreement
	report   replayedReport // the latest revision
}

// replayedApproval is what a document may be issued about.
type replayedApproval struct {
	sample     string
	conclusion Outcome
}

// NewReplay knows no sample yet.
func NewReplay(people *users.Replay) *Replay {
	return &Replay{people: people, samples: map[ledger.ID]*replayedSample{}, approved: map[ledger.ID]replayedApproval{}}
}

// Apply takes the event at an index of the log, if its kind is of this room, and names what should not have happened.
// The events of package users come to their replay before.
func (r *Replay) Apply(_ int64, e ledger.Told, data any) []ledger.Fault {
	x := replayStep{r: r, e: &e}
	switch d := data.(type) {
	case *sampleRegistered:
		x.registered(d)
		return x.faults
	case *fileTakenIn:
		x.by(ledger.Technician)
		return x.faults
	case *sampleDelivered, *sampleReceived, *sampleRefused, *handoverOffered, *handoverDecided, *sealBroken, *resultsKept,
		*correctionAgreed, *reportCompiled, *reportStep, *reportReturned, *reportReopened:
	default:
		return nil
	}
	if x.s = r.samples[ledger.IDOf(e.Subject.ID)]; x.s == nil {
		x.faults.Add("sample_unknown", "样品%s未登记（%s）", "sample %s was not registered (%s)", e.Subject.Number, e.Kind)
		return x.faults
	}
	x.take(data)
	return x.faults
}

// take takes an event of a sample that is known.
func (x *replayStep) take(data any) {
	switch d := data.(type) {
	case *sampleDelivered:
		x.delivered(d)
	case *sampleReceived:
		x.received(d)
	case *sampleRefused:
		x.refused(d)
	case *handoverOffered:
		x.offered(d)
	case *handoverDecided:
		x.decided(d)
	case *sealBroken:
		x.sealBroken(d)
	case *resultsKept:
		x.resultsKept(d)
	case *correctionAgreed:
		x.correctionAgreed(d)
	case *reportCompiled:
		x.compiled(d)
	case *reportStep:
		x.reportPassed(d)
	case *reportReturned:
		x.returned(d)
	case *reportReopened:
		x.reopened(d)
	}
}

// Approved tells the conclusion of an approved report and the number of its sample.
func (r *Replay) Approved(reportID string) (conclusion, sampleNumber string, ok bool) {
	a, ok := r.approved[ledger.IDOf(reportID)]
	return string(a.conclusion), a.sample, ok
}

// Counts tells what was followed.
func (r *Replay) Counts() []ledger.Count {
	return []ledger.Count{
		{ZH: "样品", EN: "samples", N: len(r.samples)},
		{ZH: "样品交接", EN: "handovers", N: r.handovers},
		{ZH: "检验结果（各版）", EN: "versions of results", N: r.results},
		{ZH: "已批准的检验报告", EN: "approved reports", N: len(r.approved)},
	}
}

// replayStep is one event on its way into the replay.
type replayStep struct {
	r      *Replay
	s      *replayedSample
	e      *ledger.Told
	actor  ledger.ID
	faults ledger.Faults
}

// who is the id of the actor.
func (x *replayStep) who() ledger.ID {
	if x.actor == (ledger.ID{}) {
		x.actor = ledger.IDOf(x.e.ActorID)
	}
	return x.actor
}

// fault notes what is wrong; both texts begin with the number of the sample.
func (x *replayStep) fault(code, zh, en string, args ...any) {
	number := x.e.Subject.Number
	if x.s != nil {
		number = x.s.number
	}
	x.faults.Add(code, "样品%s："+zh, "sample %s: "+en, append([]any{number}, args...)...)
}

// by notes a step that was done in another role than one of those that may do it.
func (x *replayStep) by(roles ...ledger.Role) {
	if !slices.Contains(roles, x.e.Role) {
		x.faults.Add("role_missing", "角色%s不能执行此操作（%s，%s）", "the role %s does not allow this (%s, %s)", x.e.Role, x.e.Kind,
			x.e.Subject.Number)
	}
}

// signed notes that the actor did not sign what the event says was signed.
func (x *replayStep) signed(id, contentHash string) {
	if !x.r.people.Signed(id, x.e.ActorID, contentHash) {
		x.fault("unsigned", "%s缺少%s对该内容的签名", "%s lacks the signature of %s over its content", x.e.Kind, x.e.ActorID)
	}
}

// reasoned notes that a step lacks the reason that it needs.
func (x *replayStep) reasoned(reason ledger.Sealed) {
	if reason == (ledger.Sealed{}) {
		x.fault("reason_missing", "%s未说明原因", "%s has no reason", x.e.Kind)
	}
}

// moved returns the state after a step by the table of the noun, for the role in which it was done. What the table does
// not have is a fault; the state is then the one to which the step leads from elsewhere.
func moved[S ~string](x *replayStep, f Flow, from S, step Step) S {
	t, known, allowed := f.after(string(from), step, func(role ledger.Role) bool { return role == x.e.Role })
	if allowed {
		return S(t.To)
	}
	state, what := named(f.States, string(from)), named(f.Steps, string(step))
	if known {
		x.fault("role_missing", "角色%[2]s不能%[3]s%[4]s", "the role %[2]s does not allow the %[5]s of a %[6]s",
			x.e.Role, what.ZH, f.Noun.ZH, what.EN, f.Noun.EN)
	} else {
		x.fault(f.Noun.Key+"_state", "%[2]s状态为“%[3]s”，不能%[4]s", "the %[5]s is %[6]s: %[7]s is not possible",
			f.Noun.ZH, state.ZH, what.ZH, f.Noun.EN, state.EN, what.EN)
	}
	for _, t := range f.Lines {
		if t.Step == step {
			return S(t.To)
		}
	}
	return from
}
