package api

import (
	"context"
	"strconv"
	"strings"

	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// none is an answer without a body.
type none struct{}

// done answers what has no body.
func done(err error) (*none, error) { return &none{}, err }

// answer is a body.
type answer[T any] struct{ Body T }

// versioned is a body with the version that If-Match wants.
type versioned[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

func withVersion[T any](body T, version int) *versioned[T] {
	return &versioned[T]{ETag: `"` + strconv.Itoa(version) + `"`, Body: body}
}

// Matched is the version a caller read, from If-Match.
type Matched struct {
	IfMatch string `header:"If-Match" doc:"ETag of what was read; 412 when it was changed since"`
}

func (m Matched) version() (int, error) {
	if m.IfMatch == "" || m.IfMatch == "*" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.Trim(m.IfMatch, `"`))
	if err != nil || n < 1 {
		return 0, errs.New(errs.Invalid, "if_match", "If-Match 须为读取时得到的 ETag", "If-Match must be the ETag that was read")
	}
	return n, nil
}

// Listed is how a list is asked for.
type Listed struct {
	Query  string `query:"q" doc:"words to find" maxLength:"100"`
	Cursor string `query:"cursor" doc:"next of the page before" maxLength:"2048"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 by default"`
}

// Identified names a thing by its id.
type Identified struct {
	ID string `path:"id"`
}

type credentials struct {
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Login    string `json:"login"`
		Password string `json:"password"`
	}
}

// Me is who is signed in.
type Me struct {
	ID         string        `json:"id"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Roles      []ledger.Role `json:"roles"`
	Division   string        `json:"division"`
	BusinessID string        `json:"business_id,omitempty"`
}

func meOf(a ledger.Actor) Me {
	return Me{ID: a.PersonID, Login: a.Login, Name: a.Name, Roles: a.Roles, Division: a.Division, BusinessID: a.BusinessID}
}

type signedInAnswer struct {
	Cookie string `header:"Set-Cookie"`
	Body   Me
}

func (s *server) signIn(ctx context.Context, _ ledger.Actor, in *credentials) (*signedInAnswer, error) {
	token, actor, err := s.Users.SignIn(ctx, in.Body.Login, in.Body.Password, in.UserAgent)
	if err != nil {
		return nil, err
	}
	return &signedInAnswer{Cookie: s.sessions.cookie(token), Body: meOf(actor)}, nil
}

func (s *server) whoami(_ context.Context, actor ledger.Actor, _ *struct{}) (*answer[Me], error) {
	return &answer[Me]{meOf(actor)}, nil
}

type signedOut struct {
	Cookie string `header:"Set-Cookie"`
	Clear  string `header:"Clear-Site-Data"`
}

func (s *server) signOut(ctx context.Context, _ ledger.Actor, _ *struct{}) (*signedOut, error) {
	if err := s.Users.SignOut(ctx, textOf(ctx, tokenKey)); err != nil {
		return nil, err
	}
	return &signedOut{Cookie: s.sessions.cookie(""), Clear: `"cache", "storage"`}, nil
}

type ownPassword struct {
	Body struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
}

func (s *server) changePassword(ctx context.Context, actor ledger.Actor, in *ownPassword) (*none, error) {
	return done(s.Users.SetPassword(ctx, actor, users.PasswordChange{
		PersonID: actor.PersonID, Old: in.Body.Old, New: in.Body.New, Session: textOf(ctx, tokenKey),
	}))
}

func (s *server) division(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[users.Division], error) {
	d, err := s.Users.Division(ctx, actor.Division)
	return &answer[users.Division]{d}, err
}

type peopleQuery struct {
	Listed
	Role string `query:"role"`
}

func (s *server) people(ctx context.Context, actor ledger.Actor, in *peopleQuery) (*answer[paging.Page[users.Person]], error) {
	page, err := s.Users.People(ctx, actor, users.Filter{Q: in.Query, Role: ledger.Role(in.Role), Cursor: in.Cursor, Limit: in.Limit})
	return &answer[paging.Page[users.Person]]{page}, err
}

func (s *server) createPerson(ctx context.Context, actor ledger.Actor, in *struct{ Body users.NewPerson }) (*versioned[users.Person], error) {
	p, err := s.Users.CreatePerson(ctx, actor, in.Body)
	return withVersion(p, p.Version), err
}

func (s *server) person(ctx context.Context, actor ledger.Actor, in *Identified) (*versioned[users.Person], error) {
	p, err := s.Users.Person(ctx, actor, in.ID)
	return withVersion(p, p.Version), err
}

type personStep struct {
	Identified
	Matched
}

type rolesInput struct {
	Identified
	Matched
	Body struct {
		Roles []ledger.Role `json:"roles"`
	}
}

func (s *server) changeRoles(ctx context.Context, actor ledger.Actor, in *rolesInput) (*versioned[users.Person], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	p, err := s.Users.ChangeRoles(ctx, actor, in.ID, version, in.Body.Roles)
	return withVersion(p, p.Version), err
}

func (s *server) disablePerson(ctx context.Context, actor ledger.Actor, in *personStep) (*versioned[users.Person], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	p, err := s.Users.Disable(ctx, actor, in.ID, version)
	return withVersion(p, p.Version), err
}

func (s *server) enablePerson(ctx context.Context, actor ledger.Actor, in *personStep) (*versioned[users.Person], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	p, err := s.Users.Enable(ctx, actor, in.ID, version)
	return withVersion(p, p.Version), err
}

type newPassword struct {
	Identified
	Body struct {
		New string `json:"new"`
	}
}

func (s *server) resetPassword(ctx context.Context, actor ledger.Actor, in *newPassword) (*none, error) {
	return done(s.Users.SetPassword(ctx, actor, users.PasswordChange{PersonID: in.ID, New: in.Body.New}))
}

func (s *server) authorise(ctx context.Context, actor ledger.Actor, in *struct{ Body users.NewAuthorisation }) (*none, error) {
	return done(s.Users.Authorise(ctx, actor, in.Body))
}

func (s *server) businesses(ctx context.Context, actor ledger.Actor, in *Listed) (*answer[paging.Page[users.Business]], error) {
	page, err := s.Users.Businesses(ctx, actor, users.BusinessFilter{Q: in.Query, Cursor: in.Cursor, Limit: in.Limit})
	return &answer[paging.Page[users.Business]]{page}, err
}

func (s *server) registerBusiness(ctx context.Context, actor ledger.Actor, in *struct{ Body users.NewBusiness }) (*versioned[users.Business], error) {
	newID(ctx, &in.Body.ID)
	b, err := s.Users.RegisterBusiness(ctx, actor, in.Body)
	return withVersion(b, b.Version), err
}

func (s *server) business(ctx context.Context, actor ledger.Actor, in *Identified) (*versioned[users.Business], error) {
	b, err := s.Users.Business(ctx, actor, in.ID)
	return withVersion(b, b.Version), err
}

// newID gives what is created the id that follows from the request's idempotency key, unless the caller made one.
func newID(ctx context.Context, id *string) {
	if *id == "" {
		*id = textOf(ctx, newIDKey)
	}
}
