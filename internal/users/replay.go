package users

import (
	"maps"
	"slices"
	"strings"

	"hengjian/internal/ledger"
)

// Replay follows people, businesses, authorisations and signatures through their events, with nothing else at hand.
type Replay struct {
	people         map[ledger.ID]*replayedPerson
	founders       map[string]ledger.ID // who described a division before it had anybody
	businesses     map[ledger.ID]string // their divisions
	authorisations map[ledger.ID]ledger.ID
	signatures     map[ledger.ID]replayedSignature // those that no step has used yet
	lists          map[ledger.ID]replayedList
	divisions      map[string]string
	signed         int
	operated       int // events of an operator without a name
}

// NewReplay knows nobody yet.
func NewReplay() *Replay {
	return &Replay{people: map[ledger.ID]*replayedPerson{}, founders: map[string]ledger.ID{},
		businesses: map[ledger.ID]string{}, authorisations: map[ledger.ID]ledger.ID{},
		signatures: map[ledger.ID]replayedSignature{}, lists: map[ledger.ID]replayedList{}, divisions: map[string]string{}}
}

// Apply takes the event at an index of the log, if its kind is of this room, and names what should not have happened.
func (r *Replay) Apply(_ int64, e ledger.Told, data any) []ledger.Fault {
	var f ledger.Faults
	switch d := data.(type) {
	case *personCreated:
		r.personCreated(&f, e, d)
	case *rolesChanged:
		r.rolesChanged(&f, e, d)
	case *noData:
		r.personStopped(&f, e)
	case *passwordSet:
		r.ownOrAdministrator(&f, e, d.Own)
	case *sessionsEnded:
		r.ownOrAdministrator(&f, e, e.ActorID == e.Subject.ID)
	case *authorisationGranted:
		r.authorisationGranted(&f, e, d)
	case *authorisationEnded:
		r.authorisationEnded(&f, e, d)
	case *businessRegistered:
		r.businessRegistered(&f, e, d)
	case *divisionDescribed:
		r.divisionDescribed(&f, e)
	case *signatureMade:
		r.signatureMade(&f, e, d)
	case *listSigned:
		r.listSigned(&f, e, d)
	}
	return f
}

// Acted checks who did what an event of any kind tells: somebody who is there and works for the division, in a role
// held at that moment. It is called before Apply takes the event.
func (r *Replay) Acted(e ledger.Told) []ledger.Fault {
	var f ledger.Faults
	if e.Role == ledger.System {
		if e.ActorID != "" {
			f.Add("actor_system", "人员%s以系统身份操作（%s）", "person %s acts as the system (%s)", e.ActorID, e.Kind)
		}
		return f
	}
	if operates(e) {
		r.operated++
		return f
	}
	p, known := r.people[ledger.IDOf(e.ActorID)]
	switch {
	case !known && !r.founds(e):
		f.Add("actor_unknown", "操作人%s在此之前未登记（%s）", "actor %s was not registered before (%s)", e.ActorID, e.Kind)
	case !known:
	case p.division != e.Division:
		f.Add("actor_division", "操作人%s不属于辖区%s", "actor %s does not belong to division %s", e.ActorID, e.Division)
	case p.disabled:
		f.Add("actor_disabled", "操作人%s已停用（%s）", "actor %s is disabled (%s)", e.ActorID, e.Kind)
	case !p.roles.has(e.Role):
		f.Add("actor_role", "操作人%s当时没有角色%s（%s）", "actor %s did not hold the role %s then (%s)", e.ActorID, e.Role, e.Kind)
	}
	return f
}

// operates tells whether an event is one of those that an operator causes on the server's machine, as its administrator
// and without a name: who may run a program there could do more.
func operates(e ledger.Told) bool {
	noun, _, _ := strings.Cut(e.Kind, ".")
	return e.ActorID == "" && e.Role == ledger.Administrator && (noun == "person" || noun == "log")
}

// founds tells whether the event is one of the two by which the first administrator of a division makes the division
// and then oneself.
func (r *Replay) founds(e ledger.Told) bool {
	if e.Role != ledger.Administrator || r.anybody(e.Division) {
		return false
	}
	founder, described := r.founders[e.Division]
	switch e.Kind {
	case kindDivisionDescribed.Definition().Name:
		return !described
	case kindPersonCreated.Definition().Name:
		return e.Subject.ID == e.ActorID && (!described || founder == ledger.IDOf(e.ActorID))
	}
	return false
}

func (r *Replay) anybody(division string) bool {
	for p := range maps.Values(r.people) {
		if p.division == division {
			return true
		}
	}
	return false
}

// Holds tells whether the person is there, is not disabled and holds the role now.
func (r *Replay) Holds(id string, role ledger.Role) bool {
	p, known := r.people[ledger.IDOf(id)]
	return known && !p.disabled && p.roles.has(role)
}

// ActsFor tells whether the person acts for the business.
func (r *Replay) ActsFor(id string, business ledger.ID) bool {
	p, known := r.people[ledger.IDOf(id)]
	return known && p.roles.has(ledger.Business) && p.business == business
}

// Registered tells whether the business is registered.
func (r *Replay) Registered(businessID string) bool {
	_, known := r.businesses[ledger.IDOf(businessID)]
	return known
}

// Counts tells what was followed.
func (r *Replay) Counts() []ledger.Count {
	counts := []ledger.Count{
		{ZH: "人员", EN: "people", N: len(r.people)},
		{ZH: "企业", EN: "businesses", N: len(r.businesses)},
		{ZH: "签名", EN: "signatures", N: r.signed},
	}
	if r.operated > 0 {
		counts = append(counts, ledger.Count{
			ZH: "运维人员在服务器上未署名的操作", EN: "steps of an operator on the server, without a name", N: r.operated,
		})
	}
	return counts
}

// roleSet is a set of roles, by their place in the list of all.
type roleSet uint32

var everyRole = ledger.Roles()

func rolesOf(roles []ledger.Role) roleSet {
	var set roleSet
	for _, role := range roles {
		if i := slices.Index(everyRole, role); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

func (s roleSet) has(role ledger.Role) bool {
	i := slices.Index(everyRole, role)
	return i >= 0 && s&(1<<i) != 0
}
