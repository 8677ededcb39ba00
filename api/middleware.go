package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hengjian/internal/errs"
)

// recovered turns a panic into an answer and a log entry.
func (s *server) recovered(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		s.Logger.ErrorContext(c.Request.Context(), "panic", "path", c.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		writeProblem(c, fmt.Errorf("panic: %v", p))
	}()
	c.Next()
}

// logged gives each request an id and writes one line for it, without its query or body.
func (s *server) logged(c *gin.Context) {
	id := uuid.NewString()
	put(c, requestIDKey, id)
	c.Header("X-Request-Id", id)
	started := s.Now()
	c.Next()
	s.Logger.InfoContext(c.Request.Context(), "request", "id", id, "method", c.Request.Method, "route", c.FullPath(),
		"status", c.Writer.Status(), "ms", s.Now().Sub(started).Milliseconds())
}

func (s *server) logFailure(ctx context.Context, op operation, err error) {
	switch errs.KindOf(err) {
	case errs.Internal, errs.Unavailable, errs.OutcomeUnknown:
		s.Logger.ErrorContext(ctx, "operation failed", "id", textOf(ctx, requestIDKey), "operation", op.id, "error", err)
	}
}

// headers are on every answer; pages add their own content security policy.
func headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if c.Request.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// bounded keeps any body within what an upload may have.
func bounded(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxUpload+1<<20)
}
