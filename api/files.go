package api

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/gif" // the heads of pictures
	_ "image/jpeg"
	_ "image/png"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	_ "golang.org/x/image/webp"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
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

// upload keeps the bytes under their hash; what they are is read from the bytes, not believed. They are never unpacked
// or drawn here.
func (s *server) upload(ctx context.Context, actor ledger.Actor, in *uploadInput) (*answer[Stored], error) {
	var l errs.List
	if len(in.RawBody) == 0 {
		l.Add("", "empty", "文件为空", "the file is empty")
	}
	if !isFileName(in.Name) {
		l.Add("name", "name", "文件名无效", "the file name is not valid")
	}
	media, err := mediaType(in.RawBody)
	l.Merge("", err)
	if err := l.Err(); err != nil {
		return nil, err
	}
	hash, err := s.Files.Put(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	f := files.File{
		Hash: hash, Size: int64(len(in.RawBody)), MediaType: media, Name: in.Name,
		Division: actor.Division, CreatedBy: actor.PersonID, CreatedAt: s.Now(),
	}
	err = s.DB.InTx(ctx, func(tx *database.Tx) error { return s.Files.Record(ctx, tx, f) })
	return &answer[Stored]{Stored{hash.String(), f.Size, f.MediaType, f.Name}}, err
}

// isFileName takes a name of one part without invisible characters, which make a name look like another one.
func isFileName(name string) bool {
	return len(name) <= 200 && utf8.ValidString(name) && name != "." && name != ".." && !strings.ContainsAny(name, `/\`) &&
		!strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) })
}

// pictures are what a browser shows in its place; everything else it is to save.
var pictures = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// maxPixels is what a browser has to unpack for one picture at most; telephones take 50 million and more.
const maxPixels = 128 << 20

// mediaType says what the bytes are. A picture is one whose head can be read; one that is small as a file and unpacks to
// more than a browser holds is refused.
func mediaType(content []byte) (string, error) {
	media := http.DetectContentType(content)
	if !strings.HasPrefix(media, "image/") {
		return media, nil
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case err != nil || !slices.Contains(pictures, media):
		return "application/octet-stream", nil
	case head.Width > maxPixels/max(head.Height, 1):
		return "", errs.New(errs.Invalid, "picture_too_large", fmt.Sprintf("图片为%d×%d像素，过大", head.Width, head.Height),
			fmt.Sprintf("a picture of %d by %d pixels is too large", head.Width, head.Height))
	}
	return media, nil
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
	if slices.Contains(pictures, f.MediaType) {
		b.Type, b.Disposition = f.MediaType, "inline"
	}
	return b, nil
}
