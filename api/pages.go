package api

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hengjian/internal/errs"
)

// pages are what is not an operation: health, the public check, the published ledger, the browser app.
func (s *server) pages(engine *gin.Engine) {
	engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	engine.GET("/readyz", s.ready)
	checks := engine.Group("/v/:code", s.limited(s.checks))
	read := []string{http.MethodGet, http.MethodHead} // whoever asks for the head alone is told the same
	checks.Match(read, "", s.check)
	checks.Match(read, "/pdf", s.checkPDF)
	checks.Match(read, "/proof", s.proof)
	checks.Match(read, "/compare", s.compare)
	engine.Match(read, "/v", s.limited(s.checks), s.check) // an address that lost its code
	engine.Match(read, "/compare.js", s.compareScript)
	engine.GET("/log/*path", s.limited(s.reads), s.publishedLog)
	engine.NoRoute(s.app)
}

// ready answers when the database does.
func (s *server) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	if err := s.DB.Ping(ctx); err != nil {
		c.String(http.StatusServiceUnavailable, "database: not reachable\n")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

// uiPolicy lets the app load from this server alone; styles need the nonce, which antd is given.
func uiPolicy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; style-src-attr 'unsafe-inline'; " +
		"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// nonceMark is the place of the nonce in index.html.
const nonceMark = "__CSP_NONCE__"

// app serves the built browser app: its files as they are, and index.html for every address of its own.
func (s *server) app(c *gin.Context) {
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	switch {
	case strings.HasPrefix(name, "api/") || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead:
		writeProblem(c, errs.New(errs.NotFound, "no_such_route", "接口不存在", "there is no such route"))
	case s.UI == nil:
		c.String(http.StatusServiceUnavailable, "界面未构建：请运行 make ui；接口可用。\nUI not built: run `make ui`; the API works.\n")
	case strings.HasPrefix(name, "assets/"):
		s.asset(c, name)
	default:
		s.index(c)
	}
}

func (s *server) asset(c *gin.Context, name string) {
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		if packed, err := fs.ReadFile(s.UI, name+".gz"); err == nil {
			c.Header("Content-Encoding", "gzip")
			serveAsset(c, kind, packed)
			return
		}
	}
	content, err := fs.ReadFile(s.UI, name)
	if err != nil {
		c.String(http.StatusNotFound, "not found\n")
		return
	}
	serveAsset(c, kind, content)
}

func serveAsset(c *gin.Context, kind string, content []byte) {
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("Vary", "Accept-Encoding")
	c.Data(http.StatusOK, kind, content)
}

func (s *server) index(c *gin.Context) {
	content, err := fs.ReadFile(s.UI, "index.html")
	if err != nil {
		c.String(http.StatusServiceUnavailable, "UI not built\n")
		return
	}
	nonce := rand.Text()
	c.Header("Content-Security-Policy", uiPolicy(nonce))
	c.Header("Cache-Control", "no-cache")
	text := strings.ReplaceAll(string(content), nonceMark, nonce)
	if !strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(text))
		return
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Encoding", "gzip")
	c.Status(http.StatusOK)
	packed := gzip.NewWriter(c.Writer)
	_, _ = io.WriteString(packed, text) // the client is gone when this fails
	_ = packed.Close()
}
