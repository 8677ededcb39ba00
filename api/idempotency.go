package api

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

const (
	idempotencyHeader = "Idempotency-Key"
	minKey, maxKey    = 8, 128 // characters
)

// takeOverAfter is how long a request may be under way before a retry takes its key over.
const takeOverAfter = time.Minute

var (
	errKeyReused = errs.New(errs.Invalid, "idempotency_key_reused",
		"该幂等键已用于另一请求内容", "this idempotency key was used for another request")
	errKeyBusy = errs.New(errs.Conflict, "idempotency_key_busy",
		"同一请求正在处理，请稍后重试", "the same request is under way; retry in a moment")
	errKeyForm = errs.New(errs.Invalid, "idempotency_key", "幂等键长度须为8至128个字符", "an idempotency key has 8 to 128 characters")
)

// idempotent makes a retried POST the same request: the same key with the same body gets the first answer, another body
// is refused. The id of what is created follows from the key, so that even a retry after a crash between the change
// and the keeping of its answer finds the thing it made.
func (s *server) idempotent(c *gin.Context) {
	key := c.GetHeader(idempotencyHeader)
	actor, signedIn := actorOf(c.Request.Context())
	if key == "" || !signedIn || c.Request.Method != http.MethodPost {
		return
	}
	if len(key) < minKey || len(key) > maxKey {
		writeProblem(c, errKeyForm)
		return
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		writeProblem(c, errs.New(errs.Invalid, "body", "请求内容无法读取或过大", "the body cannot be read or is too large").With(err))
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	put(c, newIDKey, idOf(actor, key))
	request := keptRequest{
		PersonID: actor.PersonID, Key: key, Operation: c.Request.Method + " " + c.Request.URL.Path, BodyHash: sha256.Sum256(body),
	}
	kept, err := reserve(c.Request.Context(), s.DB, request, s.Now(), takeOverAfter)
	if err != nil {
		writeProblem(c, err)
		return
	}
	if kept != nil {
		replay(c, *kept)
		return
	}
	s.keep(c, request)
}

// keep runs the request and stores its answer; a failure of ours frees the key.
func (s *server) keep(c *gin.Context, request keptRequest) {
	recorder := &recorder{ResponseWriter: c.Writer}
	c.Writer = recorder
	c.Next()
	ctx := c.Request.Context()
	a := keptAnswer{Status: recorder.Status(), ETag: recorder.Header().Get("ETag"),
		Location: recorder.Header().Get("Location"), Answer: recorder.body.String()}
	var err error
	if final(a.Status) && strings.Contains(recorder.Header().Get("Content-Type"), "json") {
		err = saveAnswer(ctx, s.DB, request, a)
	} else {
		err = release(ctx, s.DB, request)
	}
	if err != nil {
		s.Logger.ErrorContext(ctx, "keep answer", "operation", request.Operation, "error", err)
	}
}

// final tells whether a retry should get this very answer: what was done, or was refused for good. A refusal that the
// person can mend (a password, a lapsed session, a state that changes) is asked anew.
func final(status int) bool { return status >= 200 && status < 300 }

func replay(c *gin.Context, a keptAnswer) {
	if a.ETag != "" {
		c.Header("ETag", a.ETag)
	}
	if a.Location != "" {
		c.Header("Location", a.Location)
	}
	c.Header("Idempotent-Replayed", "true")
	c.Data(a.Status, "application/json", []byte(a.Answer))
	c.Abort()
}

// idOf derives the id of what a request creates from who asks and the key.
func idOf(actor ledger.Actor, key string) string {
	return uuid.NewSHA1(uuid.MustParse(actor.PersonID), []byte(key)).String()
}

type recorder struct {
	gin.ResponseWriter
	body bytes.Buffer
}

// Write implements io.Writer.
func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// WriteString implements io.StringWriter.
func (r *recorder) WriteString(s string) (int, error) {
	r.body.WriteString(s)
	return r.ResponseWriter.WriteString(s)
}
