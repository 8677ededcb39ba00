package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"hengjian/certificates"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
)

func (s *server) startBatch(ctx context.Context, actor ledger.Actor, in *struct{ Body certificates.Batch }) (*answer[jobs.Job], error) {
	newID(ctx, &in.Body.ID)
	id, err := s.Certificates.EnqueueBatch(ctx, actor, in.Body)
	if err != nil {
		return nil, err
	}
	return s.enqueued(ctx, actor, id)
}

// enqueued answers with a job that is waiting, and has the runner look at once.
func (s *server) enqueued(ctx context.Context, actor ledger.Actor, id string) (*answer[jobs.Job], error) {
	if s.Jobs != nil {
		s.Jobs.Wake()
	}
	job, err := jobs.Find(ctx, s.DB, actor, id)
	return &answer[jobs.Job]{job}, err
}

type jobFilePath struct {
	Identified
	Number int `path:"n" doc:"as in the job's result, from 1"`
}

func (s *server) jobFile(ctx context.Context, actor ledger.Actor, in *jobFilePath) (*huma.StreamResponse, error) {
	made, err := s.Certificates.BatchFile(ctx, actor, in.ID, in.Number)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(answer huma.Context) { s.send(humagin.Unwrap(answer), made) }}, nil
}

// sendPause is how long somebody who downloads may take nothing.
const sendPause = 2 * time.Minute

// send streams a file. What goes wrong before the first byte is told; afterwards the connection is broken off, so that
// nobody takes a part for the whole.
func (s *server) send(c *gin.Context, m files.Made) {
	d := &download{c: c, made: m, connection: http.NewResponseController(c.Writer)}
	_ = d.connection.SetWriteDeadline(time.Time{}) // from here on the pause counts; a connection without deadlines has none to lift
	d.pause = time.AfterFunc(sendPause, func() { _ = d.connection.SetWriteDeadline(time.Unix(1, 0)) })
	defer d.pause.Stop()
	err := s.Files.Send(c.Request.Context(), m.Hash, d)
	if err == nil {
		return
	}
	s.Logger.WarnContext(c.Request.Context(), "download", "id", textOf(c.Request.Context(), requestIDKey), "file", m.Name, "error", err)
	if d.begun {
		panic(http.ErrAbortHandler)
	}
	writeProblem(c, err)
}

// download is a file on its way to whoever asked for it.
type download struct {
	c          *gin.Context
	made       files.Made
	connection *http.ResponseController
	pause      *time.Timer
	begun      bool
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !d.begun {
		d.begun = true
		d.c.Header("Content-Type", d.made.MediaType)
		d.c.Header("Content-Disposition", attachment(d.made.Name))
		d.c.Header("Content-Length", strconv.FormatInt(d.made.Size, 10))
		d.c.Status(http.StatusOK)
	}
	d.pause.Reset(sendPause)
	return d.c.Writer.Write(p)
}
