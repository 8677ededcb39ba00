package users

import (
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// replayedPerson is somebody as the events tell.
type replayedPerson struct {
	division string
	business ledger.ID // zero for staff
	roles    roleSet
	disabled bool
}

// by notes a step that was done in another role than one of those that may do it.
func by(f *ledger.Faults, e ledger.Told, roles ...ledger.Role) {
	if !slices.Contains(roles, e.Role) {
		f.Add("role_missing", "角色%s不能执行此操作（%s，%s）", "the role %s does not allow this (%s, %s)", e.Role, e.Kind, e.Subject.ID)
	}
}

// place returns the division's code, stored once.
func (r *Replay) place(division string) string {
	if d, ok := r.divisions[division]; ok {
		return d
	}
	r.divisions[division] = division
	return division
}

func (r *Replay) personCreated(f *ledger.Faults, e ledger.Told, d *personCreated) {
	by(f, e, ledger.Administrator)
	id := ledger.IDOf(e.Subject.ID)
	if _, known := r.people[id]; known {
		f.Add("person_twice", "人员%s重复新增", "person %s is created twice", e.Subject.ID)
		return
	}
	r.rolesFit(f, e, d.Roles, d.BusinessID)
	p := &replayedPerson{division: r.place(e.Division), roles: rolesOf(d.Roles)}
	if d.BusinessID != "" {
		p.business = ledger.IDOf(d.BusinessID)
		if r.businesses[p.business] != e.Division {
			f.Add("business_unknown", "人员%s所属的企业%s未登记", "the business of person %s is not registered: %s", e.Subject.ID, d.BusinessID)
		}
	}
	r.people[id] = p
}

// rolesFit notes roles that are unknown or cannot go together.
func (r *Replay) rolesFit(f *ledger.Faults, e ledger.Told, roles []ledger.Role, businessID string) {
	var l errs.List
	if checkRoles(&l, roles, businessID); l.Len() > 0 {
		f.Add("roles_wrong", "人员%s的角色%v不能授予", "the roles of person %s cannot be given: %v", e.Subject.ID, roles)
	}
}

// person finds whom an event is about.
func (r *Replay) person(f *ledger.Faults, e ledger.Told) (*replayedPerson, bool) {
	p, known := r.people[ledger.IDOf(e.Subject.ID)]
	if !known || p.division != e.Division {
		f.Add("person_unknown", "人员%s未登记（%s）", "person %s is not registered (%s)", e.Subject.ID, e.Kind)
		return nil, false
	}
	return p, true
}

func (r *Replay) rolesChanged(f *ledger.Faults, e ledger.Told, d *rolesChanged) {
	by(f, e, ledger.Administrator)
	p, known := r.person(f, e)
	if !known {
		return
	}
	if rolesOf(d.From) != p.roles {
		f.Add("roles_differ", "人员%s变更前的角色与记录不符：%v", "person %s did not hold these roles before the change: %v", e.Subject.ID, d.From)
	}
	business := ""
	if p.business != (ledger.ID{}) {
		business = p.business.String()
	}
	r.rolesFit(f, e, d.To, business)
	p.roles = rolesOf(d.To)
	r.administrated(f, e)
}

// personStopped disables or enables somebody.
func (r *Replay) personStopped(f *ledger.Faults, e ledger.Told) {
	by(f, e, ledger.Administrator)
	p, known := r.person(f, e)
	if !known {
		return
	}
	disable := e.Kind == kindPersonDisabled.Definition().Name
	switch {
	case disable && p.disabled:
		f.Add("disabled_already", "人员%s已停用", "person %s is disabled already", e.Subject.ID)
	case !disable && !p.disabled:
		f.Add("not_disabled", "人员%s未停用", "person %s is not disabled", e.Subject.ID)
	}
	p.disabled = disable
	r.administrated(f, e)
}

// administrated notes that nobody is left who could administrate the division.
func (r *Replay) administrated(f *ledger.Faults, e ledger.Told) {
	for _, p := range r.people {
		if p.division == e.Division && !p.disabled && p.roles.has(ledger.Administrator) {
			return
		}
	}
	f.Add("last_administrator", "停用或撤销了本辖区最后一名系统管理员：人员%s", "the last administrator of the division is gone: person %s", e.Subject.ID)
}

// ownOrAdministrator notes a step that people take for themselves, and an administrator for others.
func (r *Replay) ownOrAdministrator(f *ledger.Faults, e ledger.Told, own bool) {
	if _, known := r.person(f, e); !known {
		return
	}
	if own != (e.ActorID == e.Subject.ID) {
		f.Add("own_wrong", "人员%s的密码由谁设置，记录有误", "it is told wrongly who set the password of person %s", e.Subject.ID)
	}
	if e.ActorID != e.Subject.ID {
		by(f, e, ledger.Administrator)
	}
}

func (r *Replay) authorisationGranted(f *ledger.Faults, e ledger.Told, d *authorisationGranted) {
	by(f, e, ledger.TechnicalManager)
	p, known := r.people[ledger.IDOf(d.PersonID)]
	switch {
	case !known || p.division != e.Division:
		f.Add("person_unknown", "获授权人员%s未登记", "the person authorised is not registered: %s", d.PersonID)
	case d.PersonID == e.ActorID:
		f.Add("authorise_oneself", "人员%s为自己授权（%s）", "person %s authorised oneself (%s)", d.PersonID, d.Code)
	case p.business != (ledger.ID{}):
		f.Add("authorise_business", "企业人员%s获得授权（%s）", "person %s of a business was authorised (%s)", d.PersonID, d.Code)
	}
	id := ledger.IDOf(e.Subject.ID)
	if _, twice := r.authorisations[id]; twice {
		f.Add("authorisation_twice", "授权%s重复", "authorisation %s is granted twice", e.Subject.ID)
	}
	r.authorisations[id] = ledger.IDOf(d.PersonID)
}

func (r *Replay) authorisationEnded(f *ledger.Faults, e ledger.Told, d *authorisationEnded) {
	by(f, e, ledger.TechnicalManager)
	if whose, known := r.authorisations[ledger.IDOf(e.Subject.ID)]; !known || whose != ledger.IDOf(d.PersonID) {
		f.Add("authorisation_unknown", "没有人员%s的授权%s", "person %s has no authorisation %s", d.PersonID, e.Subject.ID)
	}
}

func (r *Replay) businessRegistered(f *ledger.Faults, e ledger.Told, d *businessRegistered) {
	by(f, e, registrars...)
	id := ledger.IDOf(e.Subject.ID)
	if _, twice := r.businesses[id]; twice {
		f.Add("business_twice", "企业%s重复登记", "business %s is registered twice", d.CreditCode)
	}
	r.businesses[id] = r.place(e.Division)
}

func (r *Replay) divisionDescribed(f *ledger.Faults, e ledger.Told) {
	by(f, e, ledger.Administrator)
	if e.Subject.ID != e.Division {
		f.Add("division_other", "辖区%s的事件修改了辖区%s的信息", "an event of division %s changes division %s", e.Division, e.Subject.ID)
	}
	if !r.anybody(e.Division) {
		r.founders[r.place(e.Division)] = ledger.IDOf(e.ActorID)
	}
}
