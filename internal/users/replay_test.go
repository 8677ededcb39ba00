package users

import (
	"encoding/hex"
	"strings"
	"testing"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
)

// roster is a bureau of which everything was told that can be told of people.
type roster struct {
	*bureau
	zhang, deputy, manager, shop ledger.Actor
	signature                    string
	stream                       ledgertest.Stream
}

// newRoster makes, in this order: the administrator, zhang the technician, a deputy administrator, a manager, a business
// with its person, and somebody who leaves and comes back.
func newRoster(t *testing.T) roster {
	t.Helper()
	b := newBureau(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	x := roster{bureau: b, zhang: b.add(t, "zhang", ledger.Technician), deputy: b.add(t, "deputy", ledger.Administrator, ledger.Sampler),
		manager: b.add(t, "manager", ledger.TechnicalManager)}
	_, x.shop = b.addBusiness(t, 1, "shop")
	p, err := b.ChangeRoles(ctx, x.deputy, x.zhang.PersonID, 1, []ledger.Role{ledger.Technician, ledger.Reviewer})
	must(err)
	x.zhang = p.Actor()
	must(b.Authorise(ctx, x.manager, NewAuthorisation{ID: newID(t), PersonID: x.zhang.PersonID, Subject: ForMethod, Code: "GB 5009.12",
		ValidFrom: calendar.MustDate("2026-01-01")}))
	granted, err := b.Authorisations(ctx, x.manager, x.zhang.PersonID)
	must(err)
	must(b.EndAuthorisation(ctx, x.manager, granted[0].ID, calendar.MustDate("2026-12-31")))
	p, err = b.Disable(ctx, b.admin, x.deputy.PersonID, 1)
	must(err)
	_, err = b.Enable(ctx, b.admin, x.deputy.PersonID, p.Version)
	must(err)
	must(b.SetPassword(ctx, x.shop, PasswordChange{PersonID: x.shop.PersonID, Old: goodPassword, New: "another-Secret-9"}))
	must(b.SetPassword(ctx, b.admin, PasswordChange{PersonID: x.shop.PersonID, New: goodPassword}))
	_, _, err = b.SignIn(ctx, "zhang", goodPassword, "")
	must(err)
	must(b.EndSessions(ctx, b.admin, x.zhang.PersonID))
	must(b.PutDivision(ctx, b.admin, division(changqing)))
	x.signature = b.mustSign(t, x.zhang, ledger.Reviewer)
	list, err := b.signList(t, b.prove(t, x.zhang), x.zhang, goodList(ledger.Reviewer, 2))
	must(err)
	for i := range 2 {
		_, err = b.sign(t, b.proofOf(t, list, listed(2)), x.zhang, oneOf(ledger.Reviewer, i))
		must(err)
	}
	x.stream = ledgertest.Read(t, b.db)
	return x
}

func replayed(t *testing.T, stream ledgertest.Stream) (*Replay, []ledger.Fault) {
	t.Helper()
	r := NewReplay()
	return r, stream.Replay(t, ledgertest.Rooms{Kinds: Events(), Acted: r.Acted, Apply: []func(int64, ledger.Told, any) []ledger.Fault{r.Apply}})
}

// A true history has no fault; a signature is good for what was signed, by whom, and once.
func TestReplay(t *testing.T) {
	t.Parallel()
	x := newRoster(t)
	r, faults := replayed(t, x.stream)
	for _, f := range faults {
		t.Errorf("fault %+v", f)
	}
	want := []int{5, 1, 4}
	for i, c := range r.Counts() {
		if c.N != want[i] || c.ZH == "" {
			t.Errorf("%d %s, want %d", c.N, c.EN, want[i])
		}
	}
	if !r.Holds(x.zhang.PersonID, ledger.Reviewer) || r.Holds(x.zhang.PersonID, ledger.Sampler) || !r.Registered(x.shop.BusinessID) ||
		!r.ActsFor(x.shop.PersonID, ledger.IDOf(x.shop.BusinessID)) || r.ActsFor(x.zhang.PersonID, ledger.ID{}) {
		t.Error("who holds what is not what was told")
	}
	sum := goodSigning(ledger.Reviewer).ContentHash
	hash := ledger.Sum(sum).String()
	if r.Signed(x.signature, x.manager.PersonID, hash) || r.Signed(x.signature, x.zhang.PersonID, strings.Repeat("00", 32)) ||
		r.Signed(newID(t), x.zhang.PersonID, hash) {
		t.Error("another's signature, one over something else, or one of another id is taken")
	}
	if _, ok := r.SignedAbout(x.signature, x.zhang.PersonID, "r2"); ok {
		t.Error("a signature about something else is taken")
	}
	if !r.Signed(x.signature, x.zhang.PersonID, hash) || r.Signed(x.signature, x.zhang.PersonID, hash) {
		t.Error("the signature is not taken once")
	}
	r, _ = replayed(t, x.stream)
	if got, ok := r.SignedAbout(x.signature, x.zhang.PersonID, "r1"); !ok || got != ledger.Sum(sum) || len(r.signatures) != 2 {
		t.Errorf("signed about r1: %s, %v", got, ok)
	}
}

func TestReplayNamesDamage(t *testing.T) {
	t.Parallel()
	x := newRoster(t)
	const created, changed, disabled, enabled = "person.created", "person.roles_changed", "person.disabled", "person.enabled"
	const described, business, password, sessions = "division.described", "business.registered", "person.password_set", "person.sessions_ended"
	const granted, ended, signed, listSigned = "authorisation.granted", "authorisation.ended", "signature.made", "signature.list_signed"
	set, drop, double, move, by, as := ledgertest.Set, ledgertest.Drop, ledgertest.Double, ledgertest.Move, ledgertest.By, ledgertest.As
	zhang, deputy, admin, shop := x.zhang.PersonID, x.deputy.PersonID, x.admin.PersonID, x.shop.PersonID
	nobody, first := newID(t), shown(0)
	for _, c := range []struct {
		name, want string
		damage     []ledgertest.Damage
	}{
		{"nothing", "", nil},
		{"created twice", "person_twice", []ledgertest.Damage{double(created, 1)}},
		{"somebody else made the first one", "actor_unknown", []ledgertest.Damage{by(created, 0, nobody)}},
		{"the division described by another than the first", "actor_unknown", []ledgertest.Damage{by(described, 0, nobody)}},
		{"the first one makes oneself as a leader", "actor_unknown role_missing", []ledgertest.Damage{as(created, 0, ledger.Leader)}},
		{"the first one without the role", "actor_role last_administrator", []ledgertest.Damage{set(created, 0, []string{"leader"}, "roles")}},
		{"a second one makes oneself", "actor_unknown", []ledgertest.Damage{by(created, 1, zhang)}},
		{"a person not created", "actor_unknown person_unknown", []ledgertest.Damage{drop(created, 1)}},
		{"created by a technician", "role_missing", []ledgertest.Damage{by(created, 2, zhang), as(created, 2, ledger.Technician)}},
		{"a role that there is not", "roles_wrong", []ledgertest.Damage{set(created, 3, []string{"technical_manager", "king"}, "roles")}},
		{"a business's person among staff", "roles_wrong", []ledgertest.Damage{set(created, 4, []string{"business", "leader"}, "roles")}},
		{"a person of no business", "business_unknown", []ledgertest.Damage{set(created, 4, nobody, "business_id")}},
		{"a business not registered", "business_unknown", []ledgertest.Damage{drop(business, 0)}},
		{"a business registered twice", "business_twice", []ledgertest.Damage{double(business, 0)}},
		{"a business registered by its person", "role_missing", []ledgertest.Damage{move(business, 0, changed, 0), by(business, 0, zhang),
			as(business, 0, ledger.Technician), set(created, 4, "", "business_id"), set(created, 4, []string{"leader"}, "roles"),
			as(password, 0, ledger.Leader)}},
		{"roles that were not held before", "roles_differ", []ledgertest.Damage{set(changed, 0, []string{"leader"}, "from")}},
		{"roles changed to none", "actor_role roles_wrong", []ledgertest.Damage{set(changed, 0, []string{}, "to")}},
		{"roles not changed", "actor_role", []ledgertest.Damage{drop(changed, 0)}},
		{"staff made a business's person", "actor_role roles_wrong", []ledgertest.Damage{set(changed, 0, []string{"business"}, "to")}},
		{"roles changed by the manager", "role_missing", []ledgertest.Damage{by(changed, 0, x.manager.PersonID),
			as(changed, 0, ledger.TechnicalManager)}},
		{"the last administrator made a leader", "actor_role last_administrator", []ledgertest.Damage{set(created, 2, []string{"leader"}, "roles"),
			ledgertest.About(changed, 0, ledger.Subject{Kind: "person", ID: admin}), by(changed, 0, admin),
			set(changed, 0, []string{"administrator"}, "from"), set(changed, 0, []string{"leader"}, "to")}},
		{"disabled twice", "disabled_already", []ledgertest.Damage{double(disabled, 0)}},
		{"enabled twice", "not_disabled", []ledgertest.Damage{double(enabled, 0)}},
		{"somebody enabled who is not there", "person_unknown", []ledgertest.Damage{
			ledgertest.About(enabled, 0, ledger.Subject{Kind: "person", ID: nobody})}},
		{"disabled and at work", "actor_disabled", []ledgertest.Damage{move(disabled, 0, changed, 0)}},
		{"the last administrator disabled", "actor_disabled actor_role last_administrator not_disabled", []ledgertest.Damage{
			set(created, 2, []string{"leader"}, "roles"), ledgertest.About(disabled, 0, ledger.Subject{Kind: "person", ID: admin})}},
		{"a password that one is said to have set", "own_wrong", []ledgertest.Damage{set(password, 1, true, "own")}},
		{"a password set by a colleague", "role_missing", []ledgertest.Damage{by(password, 1, zhang), as(password, 1, ledger.Technician)}},
		{"sessions ended by a colleague", "role_missing", []ledgertest.Damage{by(sessions, 0, deputy), as(sessions, 0, ledger.Sampler)}},
		{"authorised by oneself", "authorise_oneself role_missing", []ledgertest.Damage{by(granted, 0, zhang), as(granted, 0, ledger.Technician)}},
		{"a business's person authorised", "authorisation_unknown authorise_business", []ledgertest.Damage{set(granted, 0, shop, "person_id")}},
		{"nobody authorised", "authorisation_unknown person_unknown", []ledgertest.Damage{set(granted, 0, nobody, "person_id")}},
		{"authorised twice", "authorisation_twice", []ledgertest.Damage{double(granted, 0)}},
		{"an authorisation ended that was not granted", "authorisation_unknown", []ledgertest.Damage{drop(granted, 0)}},
		{"ended by an administrator", "role_missing", []ledgertest.Damage{by(ended, 0, admin), as(ended, 0, ledger.Administrator)}},
		{"another division described", "division_other", []ledgertest.Damage{ledgertest.About(described, 1, ledger.Subject{Kind: "division", ID: "370112"})}},
		{"described by the deputy as a sampler", "role_missing", []ledgertest.Damage{by(described, 1, deputy), as(described, 1, ledger.Sampler)}},
		{"signed in a role that is not held", "actor_role", []ledgertest.Damage{as(signed, 0, ledger.Signatory)}},
		{"signed by the system", "actor_system", []ledgertest.Damage{as(signed, 0, ledger.System)}},
		{"signed by nobody", "actor_unknown", []ledgertest.Damage{by(signed, 0, "")}},
		{"signed by somebody of another division", "actor_division", []ledgertest.Damage{ledgertest.In(signed, 0, "370112")}},
		{"signed twice", "signature_twice", []ledgertest.Damage{double(signed, 0)}},
		{"a list that is not the one of its hash", "list_hash", []ledgertest.Damage{set(listSigned, 0, strings.Repeat("ab", 32), "content_hash")}},
		{"a list signed twice", "signature_twice", []ledgertest.Damage{double(listSigned, 0)}},
		{"a list that nobody signed", "list_unknown", []ledgertest.Damage{drop(listSigned, 0)}},
		{"a list of somebody else", "list_other", []ledgertest.Damage{by(signed, 1, x.manager.PersonID), as(signed, 1, ledger.TechnicalManager)}},
		{"a list in another role", "list_other", []ledgertest.Damage{as(signed, 1, ledger.Technician)}},
		{"what is not on the list", "list_without", []ledgertest.Damage{set(signed, 1, strings.Repeat("ab", 32), "content_hash")}},
		{"what is on the list twice", "list_without", []ledgertest.Damage{set(signed, 2, hex.EncodeToString(first[:]), "content_hash")}},
		{"signed without content", "signature_empty", []ledgertest.Damage{set(signed, 0, "x", "content_hash")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, faults := replayed(t, x.stream.Damaged(t, c.damage...))
			if got := ledgertest.Codes(t, faults); got != c.want {
				t.Errorf("faults %q, want %q: %+v", got, c.want, faults)
			}
		})
	}
}

// An operator on the server's machine adds people and changes keys without a name; nothing else is done so.
func TestOperatorActsWithoutAName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind string
		role ledger.Role
		want bool
	}{
		{"person.created", ledger.Administrator, true},
		{"log.key_changed", ledger.Administrator, true},
		{"person.created", ledger.TechnicalManager, false},
		{"document.issued", ledger.Administrator, false},
		{"result.entered", ledger.Technician, false},
	} {
		r := NewReplay()
		faults := r.Acted(ledger.Told{Kind: tt.kind, Role: tt.role, Division: "370113"})
		if (len(faults) == 0) != tt.want {
			t.Errorf("%s as %s without a name: %+v", tt.kind, tt.role, faults)
		}
	}
}
