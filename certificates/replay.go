package certificates

import (
	"iter"
	"slices"

	"hengjian/instruments"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Replay follows documents through their events, with nothing else at hand.
type Replay struct {
	FromStart bool // every event since index 0 is there: then numbers have no gap, and every predecessor is known

	people    *users.Replay
	lab       *lims.Replay
	metrology *instruments.Replay

	documents []replayedDocument
	byID      map[ledger.ID]int32
	about     map[ledger.ID]int32 // by report or record of verification
	ofSample  map[string]int32    // the latest report, by sample
	last      map[series]int

	finished, revoked int
}

// series is within what documents are numbered.
type series struct {
	division string
	kind     Kind
	year     int
}

// replayedDocument is a document as its events tell.
type replayedDocument struct {
	id, number, subjectNumber string
	kind                      Kind
	conclusion                string
	content, file             ledger.Sum
	issued, finished          int64 // indexes of events; finished is -1 until then
	superseded, revoked       bool
	request                   replayedRequest
}

// replayedRequest is a revocation that is asked for and not decided; zero when there is none.
type replayedRequest struct {
	id, by ledger.ID
	hash   ledger.Sum
}

// NewReplay knows no document yet.
func NewReplay(people *users.Replay, lab *lims.Replay, metrology *instruments.Replay) *Replay {
	return &Replay{people: people, lab: lab, metrology: metrology, byID: map[ledger.ID]int32{},
		about: map[ledger.ID]int32{}, ofSample: map[string]int32{}, last: map[series]int{}}
}

// Apply takes the event at an index of the log, if its kind is of this room, and names what should not have happened.
// The events of the other rooms come to their replays before.
func (r *Replay) Apply(index int64, e ledger.Told, data any) []ledger.Fault {
	x := replayStep{r: r, e: &e, index: index}
	switch d := data.(type) {
	case *documentIssued:
		x.issue(d)
	case *documentFinished, *revocationRequested, *revocationDecided:
		at, known := r.byID[ledger.IDOf(e.Subject.ID)]
		if !known {
			x.fault("document_unknown", "未签发（%s）", "it was not issued (%s)", e.Kind)
			break
		}
		x.d = &r.documents[at]
		x.take(data)
	}
	return x.faults
}

// ReplayedDocument is what the events say of a document. Hashes are in hexadecimal.
type ReplayedDocument struct {
	ID          string
	Number      string
	Kind        Kind
	Conclusion  string
	ContentHash string
	FileHash    string // empty until it is finished
	Issued      int64  // index of the event of issue
	Finished    int64  // index of the event of its file; -1 until then
	Superseded  bool
	Revoked     bool
}

// Documents lists all documents in the order of their issue.
func (r *Replay) Documents() iter.Seq[ReplayedDocument] {
	return func(yield func(ReplayedDocument) bool) {
		for i := range r.documents {
			if !yield(r.documents[i].told()) {
				return
			}
		}
	}
}

func (d *replayedDocument) told() ReplayedDocument {
	told := ReplayedDocument{ID: d.id, Number: d.number, Kind: d.kind, Conclusion: d.conclusion, ContentHash: d.content.String(),
		Issued: d.issued, Finished: d.finished, Superseded: d.superseded, Revoked: d.revoked}
	if d.finished >= 0 {
		told.FileHash = d.file.String()
	}
	return told
}

// Counts tells what was followed.
func (r *Replay) Counts() []ledger.Count {
	return []ledger.Count{
		{ZH: "文书", EN: "documents", N: len(r.documents)},
		{ZH: "已完成的文书文件", EN: "finished files", N: r.finished},
		{ZH: "已撤销的文书", EN: "revoked documents", N: r.revoked},
	}
}

// replayStep is one event on its way into the replay.
type replayStep struct {
	r      *Replay
	d      *replayedDocument
	e      *ledger.Told
	index  int64
	faults ledger.Faults
}

// fault notes what is wrong; both texts begin with the number of the document.
func (x *replayStep) fault(code, zh, en string, args ...any) {
	x.faults.Add(code, "文书%s："+zh, "document %s: "+en, append([]any{x.e.Subject.Number}, args...)...)
}

// by notes a step that was done in another role than one of those that may do it.
func (x *replayStep) by(roles ...ledger.Role) {
	if !slices.Contains(roles, x.e.Role) {
		x.fault("role_missing", "角色%s不能执行此操作（%s）", "the role %s does not allow this (%s)", x.e.Role, x.e.Kind)
	}
}
