package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"hengjian/internal/errs"
)

//go:embed static/compare.js
var compareJS []byte

var compareTag = fmt.Sprintf(`"%x"`, sha256.Sum256(compareJS))

// compare is the page on which anybody compares the file in their hands with what the ledger holds of a document. The
// browser computes; neither the file nor its hash comes here.
func (s *server) compare(c *gin.Context) {
	c.Header("Vary", "Accept-Language")
	doc, err := s.Certificates.Check(c.Request.Context(), c.Param("code"))
	switch {
	case err == nil:
		l := language(c)
		w := publicWords[l]
		s.render(c, http.StatusOK, "compare.html", "script-src 'self'; connect-src 'self'; ",
			publicView{W: w, C: compareText[l], Title: w.Compare, Found: true, Doc: doc})
	case errs.KindOf(err) == errs.NotFound:
		s.renderCheck(c, http.StatusNotFound, doc)
	default:
		s.Logger.ErrorContext(c.Request.Context(), "public comparison", "error", err)
		s.unanswered(c, err)
	}
}

// compareScript serves the one script of that page. It is asked for anew each time, so that page and script fit.
func (s *server) compareScript(c *gin.Context) {
	c.Header("Content-Type", "text/javascript; charset=utf-8")
	c.Header("Cache-Control", "no-cache")
	c.Header("ETag", compareTag)
	http.ServeContent(c.Writer, c.Request, "compare.js", time.Time{}, bytes.NewReader(compareJS))
}
