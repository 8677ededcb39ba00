package api

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
)

// Stored names a stored file.
type Stored struct {
	Hash      string `json:"hash"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type"`
	Name      string `json:"name"`
}

type uploadInput struct {
	Name    string `query:"name" doc:"the file's own name"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// upload keeps the bytes under their hash; what they are is read from the bytes, not believed.
func (s *server) upload(ctx context.Context, actor ledger.Actor, in *uploadInput) (*answer[Stored], error) {
	var l errs.List
	if len(in.RawBody) == 0 {
		l.Add("", "empty", "文件为空", "the file is empty")
	}
	if len(in.Name) > 200 || !utf8.ValidString(in.Name) || strings.ContainsAny(in.Name, "/\\\x00") {
		l.Add("name", "name", "文件名无效", "the file name is not valid")
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	hash, err := s.Files.Put(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	f := files.File{
		Hash: hash, Size: int64(len(in.RawBody)), MediaType: http.DetectContentType(in.RawBody), Name: in.Name,
		Division: actor.Division, CreatedBy: actor.PersonID, CreatedAt: s.Now(),
	}
	err = s.DB.InTx(ctx, func(tx *database.Tx) error { return s.Files.Record(ctx, tx, f) })
	return &answer[Stored]{Stored{hash.String(), f.Size, f.MediaType, f.Name}}, err
}

type hashPath struct {
	Hash string `path:"hash"`
}

func (s *server) file(ctx context.Context, actor ledger.Actor, in *hashPath) (*binary, error) {
	hash, err := files.ParseHash(in.Hash)
	if err != nil {
		return nil, err
	}
	f, err := files.Find(ctx, s.DB, actor.Division, hash)
	if err != nil {
		return nil, err
	}
	content, err := s.Files.Read(ctx, hash)
	if err != nil {
		return nil, err
	}
	b := &binary{Type: "application/octet-stream", Disposition: attachment(f.Name), Body: content}
	if strings.HasPrefix(f.MediaType, "image/") && !strings.Contains(f.MediaType, "svg") {
		b.Type, b.Disposition = f.MediaType, "inline"
	}
	return b, nil
}

func (s *server) jobList(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]jobs.Job], error) {
	list, err := jobs.Recent(ctx, s.DB, actor, 50)
	return &answer[[]jobs.Job]{list}, err
}

func (s *server) job(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[jobs.Job], error) {
	j, err := jobs.Find(ctx, s.DB, actor, in.ID)
	return &answer[jobs.Job]{j}, err
}

func (s *server) cancelJob(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[jobs.Job], error) {
	j, err := jobs.Cancel(ctx, s.DB, actor, s.Now(), in.ID)
	return &answer[jobs.Job]{j}, err
}
