package api

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"hengjian/internal/errs"
)

// ofDivision finds the division in the path of a log; without one, it is the first log of this system.
var ofDivision = regexp.MustCompile(`^([0-9]{6})/(.*)$`)

// publishedLog serves the evidence ledger to anybody as C2SP tlog-tiles: checkpoint, tile/…, and the keys of the log. Its
// entries are commitments to events: nothing in it is private.
func (s *server) publishedLog(c *gin.Context) {
	division, name := "", strings.TrimPrefix(c.Param("path"), "/")
	if m := ofDivision.FindStringSubmatch(name); m != nil {
		division, name = m[1], m[2]
	}
	c.Header("Access-Control-Allow-Origin", "*") // whoever verifies in a browser reads it from elsewhere
	switch name {
	case "checkpoint":
		signed, _, err := s.Log.Checkpoint(c.Request.Context(), division)
		s.logFile(c, "text/plain; charset=utf-8", "no-cache", signed, err)
	case "keys":
		keys, err := s.Log.VerifierKeys(c.Request.Context(), division)
		s.logFile(c, "text/plain; charset=utf-8", "no-cache", []byte(strings.Join(keys, "\n")+"\n"), err)
	default:
		data, err := s.Log.Tile(c.Request.Context(), division, name)
		s.logFile(c, "application/octet-stream", "public, max-age=31536000, immutable", data, err)
	}
}

func (s *server) logFile(c *gin.Context, kind, cache string, data []byte, err error) {
	if err != nil {
		if errs.KindOf(err) == errs.Internal {
			s.Logger.ErrorContext(c.Request.Context(), "published ledger", "error", err)
		}
		writeProblem(c, err)
		return
	}
	c.Header("Cache-Control", cache)
	c.Data(http.StatusOK, kind, data)
}

// proof gives the holder of a code what shows, without trusting this system, that the document is in the ledger.
func (s *server) proof(c *gin.Context) {
	proofs, err := s.Certificates.Proofs(c.Request.Context(), c.Param("code"))
	if err != nil {
		writeProblem(c, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.JSON(http.StatusOK, proofs)
}
