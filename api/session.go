package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// cookieName has the __Host- prefix: browsers take it only when Secure, for the whole site and this host alone.
const cookieName = "__Host-hengjian"

// plainCookieName serves plain HTTP, when the operator allows it.
const plainCookieName = "hengjian"

type cookieJar struct{ insecure bool }

func (j cookieJar) name() string {
	if j.insecure {
		return plainCookieName
	}
	return cookieName
}

// cookie makes the Set-Cookie value of a session; an empty token ends it.
func (j cookieJar) cookie(token string) string {
	c := http.Cookie{Name: j.name(), Value: token, Path: "/", HttpOnly: true, Secure: !j.insecure, SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

func (j cookieJar) token(r *http.Request) string {
	c, err := r.Cookie(j.name())
	if err != nil {
		return ""
	}
	return c.Value
}

type contextKey int

const (
	actorKey contextKey = iota
	tokenKey
	requestIDKey
	newIDKey
)

func actorOf(ctx context.Context) (ledger.Actor, bool) {
	actor, ok := ctx.Value(actorKey).(ledger.Actor)
	return actor, ok
}

func textOf(ctx context.Context, key contextKey) string {
	s, _ := ctx.Value(key).(string)
	return s
}

func put(c *gin.Context, key contextKey, value any) {
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), key, value))
}

// signedIn resumes the session of the cookie, if there is one. Routes decide what nobody may do.
func (s *server) signedIn(c *gin.Context) {
	token := s.sessions.token(c.Request)
	if token == "" {
		return
	}
	actor, err := s.Users.Resume(c.Request.Context(), token)
	switch errs.KindOf(err) {
	case errs.Unauthenticated, errs.NotFound:
		return
	}
	if err != nil {
		writeProblem(c, err)
		return
	}
	put(c, actorKey, actor)
	put(c, tokenKey, token)
}
