package lims

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hengjian/internal/errs"
)

// Handover passes portions from one person to another; both sign.
type Handover struct {
	ID                string        `json:"id" db:"id"`
	SampleID          string        `json:"-" db:"sample_id"`
	Purpose           Purpose       `json:"purpose" db:"purpose" enum:"delivery,analysis,return,storage"`
	Giver             string        `json:"giver" db:"giver"`
	GiverName         string        `json:"giver_name" db:"giver_name"`
	Receiver          string        `json:"receiver" db:"receiver"`
	ReceiverName      string        `json:"receiver_name" db:"receiver_name"`
	State             HandoverState `json:"state" db:"state" enum:"offered,accepted,refused"`
	OfferedAt         time.Time     `json:"offered_at" db:"offered_at"`
	DecidedAt         *time.Time    `json:"decided_at,omitempty" db:"decided_at"`
	Place             string        `json:"place" db:"place"`
	Refusal           string        `json:"refusal,omitempty" db:"refusal"`
	GiverSignature    string        `json:"giver_signature" db:"giver_signature"`
	ReceiverSignature string        `json:"receiver_signature,omitempty" db:"receiver_signature"`
	Portions          []string      `json:"portions" db:"-" doc:"ids of the portions"`
	Checks            []SealCheck   `json:"checks" db:"-"`
	SampleVersion     int           `json:"sample_version" db:"-" doc:"version of the sample after the step"`
}

// SealCheck is what the receiver saw of one seal.
type SealCheck struct {
	HandoverID string    `json:"-" db:"handover_id"`
	SealID     string    `json:"seal_id" db:"seal_id"`
	Number     string    `json:"number" db:"number"`
	ReadNumber string    `json:"read_number" db:"read_number"`
	Finding    Finding   `json:"finding" db:"finding" enum:"intact,broken,missing,mismatch"`
	CheckedBy  string    `json:"checked_by" db:"checked_by"`
	CheckedAt  time.Time `json:"checked_at" db:"checked_at"`
}

// Finding is the state of a seal as seen.
type Finding string

// The findings.
const (
	Intact   Finding = "intact"   // 完好
	Broken   Finding = "broken"   // 破损
	Missing  Finding = "missing"  // 缺失
	Mismatch Finding = "mismatch" // 编号不符
)

var findingNames = []Name{
	{string(Intact), "完好", "intact"}, {string(Broken), "破损", "broken"},
	{string(Missing), "缺失", "missing"}, {string(Mismatch), "编号不符", "of another number"},
}

// Name is what the finding is called.
func (f Finding) Name() Name { return named(findingNames, string(f)) }

// SealReading is one seal as the receiver reports it: the number read back and the state.
type SealReading struct {
	SealID     string  `json:"seal_id,omitempty"`
	ReadNumber string  `json:"read_number,omitempty"`
	Finding    Finding `json:"finding,omitempty" doc:"intact, broken, missing or mismatch"`
}

// readSeals matches the receiver's readings with the seals that must be there: every one is told, none twice, and an
// intact seal bears the number that was registered.
func readSeals(l *errs.List, seals []Seal, readings []SealReading) []SealCheck {
	byID := map[string]Seal{}
	for _, s := range seals {
		byID[s.ID] = s
	}
	var checks []SealCheck
	for i, r := range readings {
		path := fmt.Sprintf("checks[%d]", i)
		seal, ok := byID[r.SealID]
		if !ok {
			l.Add(path+".seal_id", "seal_unknown", "该封条不属于本次移交，或重复填写",
				"this seal is not part of the handover, or stands twice")
			continue
		}
		delete(byID, r.SealID)
		trim(&r.ReadNumber)
		r.check(l, path, seal)
		checks = append(checks,
			SealCheck{SealID: seal.ID, Number: seal.Number, ReadNumber: r.ReadNumber, Finding: r.Finding})
	}
	for _, s := range seals {
		if _, left := byID[s.ID]; left {
			l.Add("checks", "seal_unchecked", "封条"+s.Number+"未核对", "seal "+s.Number+" was not checked")
		}
	}
	return checks
}

func (r SealReading) check(l *errs.List, path string, seal Seal) {
	same := r.ReadNumber == seal.Number
	switch r.Finding {
	case Intact, Broken:
		if !same {
			l.Add(path+".read_number", "seal_number",
				fmt.Sprintf("读取的编号“%s”与登记的“%s”不符，应记为“编号不符”", short(r.ReadNumber), seal.Number),
				fmt.Sprintf("the number read, %q, is not %q as registered: the finding is mismatch",
					short(r.ReadNumber), seal.Number))
		}
	case Mismatch:
		if same || r.ReadNumber == "" {
			l.Add(path+".read_number", "seal_number", "记为“编号不符”时须填写实际读取的不同编号",
				"a mismatch needs the other number that was read")
		}
	case Missing:
	default:
		l.Add(path+".finding", "choice", "封条状态须为完好、破损、缺失或编号不符", "the finding is intact, broken, missing or mismatch")
	}
	checkText(l, path+".read_number", r.ReadNumber, "读取的编号", "the number read", 40)
}

// notIntact lists the seals that forbid taking the portions over.
func notIntact(checks []SealCheck) []errs.Field {
	var out []errs.Field
	for i, c := range checks {
		if c.Finding == Intact {
			continue
		}
		f := named(findingNames, string(c.Finding))
		out = append(out, errs.Field{Path: fmt.Sprintf("checks[%d].finding", i), Code: "seal_" + string(c.Finding),
			ZH: fmt.Sprintf("封条%s%s", c.Number, f.ZH), EN: fmt.Sprintf("seal %s is %s", c.Number, f.EN)})
	}
	return out
}

// errSeals is the refusal to take over what is not under intact seals.
func errSeals(reasons []errs.Field) error {
	return errs.Blockers("seals_not_intact", "封条不完好，不能接收，只能拒收", "not all seals are intact: it can only be refused",
		reasons)
}

// layout is the form of a time in signed content: UTC with the microseconds that the database keeps.
const layout = "2006-01-02T15:04:05.000000Z"

// shownOffer is exactly what the giver signs. It is made of stored facts that never change, so that any signature can
// be checked again.
type shownOffer struct {
	Handover  string         `json:"handover"`
	Sample    string         `json:"sample"`
	FormHash  string         `json:"form_hash"`
	Purpose   Purpose        `json:"purpose"`
	Giver     string         `json:"giver"`
	Receiver  string         `json:"receiver"`
	OfferedAt string         `json:"offered_at"`
	Portions  []shownPortion `json:"portions"`
}

type shownPortion struct {
	Label     string      `json:"label"`
	Role      PortionRole `json:"role"`
	Quantity  string      `json:"quantity"`
	Unit      string      `json:"unit"`
	Container string      `json:"container"`
	Seals     []string    `json:"seals"`
}

// shownDecision is exactly what the receiver signs.
type shownDecision struct {
	Offer     shownOffer    `json:"offer"`
	Decision  HandoverState `json:"decision"`
	DecidedAt string        `json:"decided_at"`
	Place     string        `json:"place"`
	Refusal   string        `json:"refusal"`
	Checks    []shownCheck  `json:"checks"`
}

type shownCheck struct {
	Seal    string  `json:"seal"`
	Read    string  `json:"read"`
	Finding Finding `json:"finding"`
}

// offer returns what the giver of a handover signs.
func (h Handover) offer(sample Sample, portions []Portion, seals []Seal) shownOffer {
	shown := shownOffer{Handover: h.ID, Sample: sample.Number, FormHash: sample.FormHash, Purpose: h.Purpose,
		Giver: h.Giver, Receiver: h.Receiver, OfferedAt: h.OfferedAt.UTC().Format(layout), Portions: []shownPortion{}}
	for _, p := range portions {
		if !slices.Contains(h.Portions, p.ID) {
			continue
		}
		sp := shownPortion{p.Label, p.Role, p.Quantity.String(), p.Unit, p.Container, []string{}}
		for _, s := range seals {
			if s.PortionID == p.ID {
				sp.Seals = append(sp.Seals, s.Number)
			}
		}
		slices.Sort(sp.Seals)
		shown.Portions = append(shown.Portions, sp)
	}
	slices.SortFunc(shown.Portions, func(a, b shownPortion) int { return strings.Compare(a.Label, b.Label) })
	return shown
}

// decision returns what the receiver of a decided handover signs.
func (h Handover) decision(sample Sample, portions []Portion, seals []Seal) shownDecision {
	shown := shownDecision{Offer: h.offer(sample, portions, seals), Decision: h.State, Place: h.Place,
		Refusal: h.Refusal, Checks: []shownCheck{}}
	if h.DecidedAt != nil {
		shown.DecidedAt = h.DecidedAt.UTC().Format(layout)
	}
	for _, c := range h.Checks {
		shown.Checks = append(shown.Checks, shownCheck{c.Number, c.ReadNumber, c.Finding})
	}
	slices.SortFunc(shown.Checks, func(a, b shownCheck) int { return strings.Compare(a.Seal, b.Seal) })
	return shown
}
