package users

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Person is somebody who may sign in. BusinessID is set for a business's people only.
type Person struct {
	ID         string        `json:"id"`
	Division   string        `json:"division"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Roles      []ledger.Role `json:"roles"`
	BusinessID string        `json:"business_id,omitempty"`
	DisabledAt *time.Time    `json:"disabled_at,omitempty"`
	CreatedAt  time.Time     `json:"created_at"`
	Version    int           `json:"version"`
}

// Actor returns the person as one who acts.
func (p Person) Actor() ledger.Actor {
	return ledger.Actor{PersonID: p.ID, Login: p.Login, Name: p.Name, Roles: p.Roles, Division: p.Division,
		BusinessID: p.BusinessID}
}

// Acting returns who a person is now, for work that was asked for earlier: somebody who was disabled since does not act.
func Acting(ctx context.Context, q database.Queryer, id string) (ledger.Actor, error) {
	p, err := personByID(ctx, q, id)
	if err != nil {
		return ledger.Actor{}, err
	}
	if p.DisabledAt != nil {
		return ledger.Actor{}, errs.New(errs.Forbidden, "person_disabled", "该人员已停用", "the person is disabled")
	}
	return p.Actor(), nil
}

func (p Person) subject() ledger.Subject { return ledger.Subject{Kind: "person", ID: p.ID} }

// visibleTo tells whether the actor may know of the person: oneself, colleagues of the division, people of one's own
// business.
func (p Person) visibleTo(actor ledger.Actor) bool {
	switch {
	case p.Division != actor.Division:
		return false
	case p.ID == actor.PersonID, isStaff(actor):
		return true
	}
	return isOf(actor, p.BusinessID)
}

// NewPerson is what is asked for to make a Person. ID may be given by the client: the same id again returns the first
// answer.
type NewPerson struct {
	ID         string        `json:"id,omitempty"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Password   string        `json:"password"`
	Roles      []ledger.Role `json:"roles"`
	BusinessID string        `json:"business_id,omitempty"`
}

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)

// Validate tells all that is wrong with the input.
func (n NewPerson) Validate() error {
	var l errs.List
	checkID(&l, n.ID)
	if !loginForm.MatchString(n.Login) {
		l.Add("login", "bad_login", "用户名应为2至40位小写字母、数字或._-，并以字母开头",
			"a login has 2 to 40 lower-case letters, digits or ._- and begins with a letter")
	}
	l.Require("name", n.Name, "姓名", "the name")
	checkText(&l, "name", n.Name, 40, "姓名", "the name")
	checkPassword(&l, "password", n.Password, n.Login)
	checkRoles(&l, n.Roles, n.BusinessID)
	return l.Err()
}

// checkRoles notes roles that cannot go together: a business's people hold that role alone, staff never hold it.
func checkRoles(l *errs.List, roles []ledger.Role, businessID string) {
	if len(roles) == 0 {
		l.Add("roles", "required", "至少需要一个角色", "at least one role is required")
	}
	for i, role := range roles {
		if !slices.Contains(ledger.Roles(), role) {
			l.Add(fmt.Sprintf("roles[%d]", i), "role_unknown", "没有此角色", "there is no such role")
		}
	}
	business := slices.Contains(roles, ledger.Business)
	switch {
	case business && slices.ContainsFunc(roles, func(r ledger.Role) bool { return r != ledger.Business }):
		l.Add("roles", "roles_exclude", "企业角色不能与工作人员角色同时授予", "the role business excludes all others")
	case business && businessID == "":
		l.Add("business_id", "required", "企业人员须指明所属企业", "a business's person needs a business_id")
	case !business && businessID != "":
		l.Add("business_id", "not_business", "只有企业人员可以指明所属企业", "only a business's person has a business_id")
	}
}

// sortedRoles returns each role once, in the order in which roles are shown.
func sortedRoles(roles []ledger.Role) []ledger.Role {
	sorted := []ledger.Role{}
	for _, role := range ledger.Roles() {
		if slices.Contains(roles, role) {
			sorted = append(sorted, role)
		}
	}
	return sorted
}

// person makes the Person that the input describes.
func (n NewPerson) person(division string, at time.Time) (Person, error) {
	id, err := idOr(n.ID)
	return Person{ID: id, Division: division, Login: n.Login, Name: strings.TrimSpace(n.Name), Roles: sortedRoles(n.Roles),
		BusinessID: strings.ToLower(n.BusinessID), CreatedAt: at, Version: 1}, err
}

// CreatePerson adds a person to the administrator's division.
func (s *Service) CreatePerson(ctx context.Context, actor ledger.Actor, n NewPerson) (Person, error) {
	if err := actor.As(ledger.Administrator); err != nil {
		return Person{}, err
	}
	if err := n.Validate(); err != nil {
		return Person{}, err
	}
	wanted, err := n.person(actor.Division, s.at())
	if err != nil {
		return Person{}, err
	}
	hash, err := s.hashes.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	var created Person
	err = s.db.InTx(ctx, func(tx *database.Tx) (err error) {
		created, err = addPerson(ctx, tx, actor, wanted, hash)
		return err
	})
	return created, err
}

// addPerson stores the person with its event; when the id is there already under the same login, it returns that one.
func addPerson(ctx context.Context, tx *database.Tx, actor ledger.Actor, p Person, hash string) (Person, error) {
	if err := businessExists(ctx, tx, p); err != nil {
		return Person{}, err
	}
	added, err := insertPerson(ctx, tx, p, hash)
	if err != nil {
		return Person{}, err
	}
	if !added {
		first, err := personByID(ctx, tx, p.ID)
		if err == nil && first.Login == p.Login && first.Division == p.Division {
			return first, nil
		}
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return Person{}, err
		}
		return Person{}, errs.New(errs.Conflict, "login_taken", "用户名或标识已被使用", "the login or the id is taken")
	}
	return p, ledger.Append(ctx, tx, actor, p.CreatedAt, kindPersonCreated.Event(ledger.Administrator, p.subject(),
		personCreated{Login: ledger.Seal(p.Login), Name: ledger.Seal(p.Name), Roles: p.Roles, BusinessID: p.BusinessID}))
}

// businessExists refuses a person of a business that the division does not have.
func businessExists(ctx context.Context, q database.Queryer, p Person) error {
	if p.BusinessID == "" {
		return nil
	}
	b, err := businessByID(ctx, q, p.BusinessID)
	if err == nil && b.Division == p.Division {
		return nil
	}
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	var l errs.List
	l.Add("business_id", "business_unknown", "没有此企业", "there is no such business")
	return l.Err()
}

// personStep decides on a change of a person, saves what is not in the person's own row, and returns the person changed
// with the event.
type personStep func(tx *database.Tx, p Person) (Person, ledger.Event, error)

// changePerson runs one step on a person of the administrator's division. The steps in a division run one after
// another, so that its last administrator stays. version is the one that the caller read.
func (s *Service) changePerson(ctx context.Context, actor ledger.Actor, id string, version int,
	step personStep) (Person, error) {
	if err := actor.As(ledger.Administrator); err != nil {
		return Person{}, err
	}
	var changed Person
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := lockDivision(ctx, tx, actor.Division); err != nil {
			return err
		}
		p, err := lockPerson(ctx, tx, id) // also against a sign-in under way
		if err != nil {
			return err
		}
		if p.Division != actor.Division {
			return errPersonUnknown
		}
		var e ledger.Event
		if changed, e, err = step(tx, p); err != nil {
			return err
		}
		if err := savePerson(ctx, tx, changed, version); err != nil {
			return err
		}
		changed.Version = version + 1
		return ledger.Append(ctx, tx, actor, s.at(), e)
	})
	if err != nil {
		return Person{}, fmt.Errorf("person %s: %w", id, err)
	}
	return changed, nil
}

// ChangeRoles gives the person exactly these roles. version is that of the Person as read.
func (s *Service) ChangeRoles(ctx context.Context, actor ledger.Actor, id string, version int,
	roles []ledger.Role) (Person, error) {
	return s.changePerson(ctx, actor, id, version, func(tx *database.Tx, p Person) (Person, ledger.Event, error) {
		var l errs.List
		checkRoles(&l, roles, p.BusinessID)
		if err := l.Err(); err != nil {
			return p, ledger.Event{}, err
		}
		before := p.Roles
		if p.Roles = sortedRoles(roles); !slices.Contains(p.Roles, ledger.Administrator) {
			if err := anotherAdministrator(ctx, tx, p); err != nil {
				return p, ledger.Event{}, err
			}
		}
		e := kindRolesChanged.Event(ledger.Administrator, p.subject(), rolesChanged{before, p.Roles})
		return p, e, saveRoles(ctx, tx, p)
	})
}

// Disable shuts the person out and ends all sessions; what the person did stays.
func (s *Service) Disable(ctx context.Context, actor ledger.Actor, id string, version int) (Person, error) {
	return s.changePerson(ctx, actor, id, version, func(tx *database.Tx, p Person) (Person, ledger.Event, error) {
		if p.DisabledAt != nil {
			return p, ledger.Event{}, errs.New(errs.Conflict, "disabled_already", "该人员已停用",
				"the person is disabled already")
		}
		if err := anotherAdministrator(ctx, tx, p); err != nil {
			return p, ledger.Event{}, err
		}
		at := s.at()
		p.DisabledAt = &at
		_, err := deleteSessions(ctx, tx, p.ID, "")
		return p, kindPersonDisabled.Event(ledger.Administrator, p.subject(), noData{}), err
	})
}

// Enable lets a disabled person in again.
func (s *Service) Enable(ctx context.Context, actor ledger.Actor, id string, version int) (Person, error) {
	return s.changePerson(ctx, actor, id, version, func(_ *database.Tx, p Person) (Person, ledger.Event, error) {
		if p.DisabledAt == nil {
			return p, ledger.Event{}, errs.New(errs.Conflict, "not_disabled", "该人员未停用",
				"the person is not disabled")
		}
		p.DisabledAt = nil
		return p, kindPersonEnabled.Event(ledger.Administrator, p.subject(), noData{}), nil
	})
}

// anotherAdministrator refuses a step that would leave the division without an administrator who can sign in.
func anotherAdministrator(ctx context.Context, tx *database.Tx, p Person) error {
	others, err := otherAdministrators(ctx, tx, p)
	if err != nil || others > 0 {
		return err
	}
	return errs.New(errs.Conflict, "last_administrator", "不能停用或撤销本辖区最后一名系统管理员",
		"the last administrator of the division cannot be disabled or stripped of the role")
}

// Filter narrows the list of people: Q is part of the name or login, Role one role.
type Filter struct {
	Cursor string
	Limit  int
	Q      string
	Role   ledger.Role
}

// People lists the people of the actor's division by login; a business's person sees those of the own business.
func (s *Service) People(ctx context.Context, actor ledger.Actor, f Filter) (paging.Page[Person], error) {
	if err := admit(actor); err != nil {
		return paging.Page[Person]{}, err
	}
	keys, err := paging.Decode(f.Cursor, paging.Text)
	if err != nil {
		return paging.Page[Person]{}, err
	}
	var l errs.List
	checkText(&l, "q", f.Q, 100, "查询内容", "the query")
	checkText(&l, "role", string(f.Role), 40, "角色", "the role")
	if err := l.Err(); err != nil {
		return paging.Page[Person]{}, err
	}
	after := ""
	if keys != nil {
		after = keys[0]
	}
	limit := paging.Limit(f.Limit)
	people, err := listPeople(ctx, s.db, actor, f, after, limit+1)
	if err != nil {
		return paging.Page[Person]{}, err
	}
	return paging.Cut(people, limit, func(p Person) []string { return []string{p.Login} }), nil
}

// Person returns one person that the actor may know of.
func (s *Service) Person(ctx context.Context, actor ledger.Actor, id string) (Person, error) {
	p, err := personByID(ctx, s.db, id)
	if err == nil && !p.visibleTo(actor) {
		err = errPersonUnknown
	}
	if err != nil {
		return Person{}, fmt.Errorf("person %s: %w", id, err)
	}
	return p, nil
}

// NameOf returns the name of one person.
func NameOf(ctx context.Context, q database.Queryer, id string) (string, error) {
	names, err := Names(ctx, q, []string{id})
	if err != nil {
		return "", err
	}
	name, ok := names[id]
	if !ok {
		return "", fmt.Errorf("person %s: %w", id, errPersonUnknown)
	}
	return name, nil
}
