package certificates

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"hengjian/internal/errs"
)

// MaxChecked is the most bytes of a file that is checked.
const MaxChecked = 64 << 20

// Bounds of a file that is looked into: it may come from anywhere.
const (
	maxAttachments = 16
	maxAttached    = 32 << 20 // of all files inside together, unpacked
	maxObjects     = 100_000
	maxNesting     = 50
)

var errTooMuchInside = errs.New(errs.Invalid, "file_bomb", "文件内的附件过多或解压后过大，已停止读取",
	"the files inside are too many or too large when unpacked; reading was stopped")

// attachments reads the files inside a PDF, by their names.
func attachments(pdf []byte) (found map[string][]byte, err error) {
	if len(pdf) > MaxChecked {
		return nil, errs.New(errs.Invalid, "file_too_large", "文件超过64 MB", "the file is larger than 64 MB")
	}
	if packedObjects.Match(pdf) {
		return nil, errNotOurs
	}
	defer func() { // a file from anywhere may hold anything
		if p := recover(); p != nil {
			found, err = nil, errNotOurs.With(fmt.Errorf("reading the PDF: %v", p))
		}
	}()
	conf := bounded
	ctx, err := api.ReadContext(bytes.NewReader(pdf), &conf)
	if err != nil {
		return nil, errNotOurs.With(err)
	}
	inside := opened{ctx.XRefTable, map[string][]byte{}, maxAttached}
	if err := inside.all(); err != nil {
		return nil, err
	}
	return inside.files, nil
}

// packedObjects finds objects and tables of places inside streams, however their names are spelt. Our files have none, and
// thousands of them, each within its bounds, unpack to any size.
var packedObjects = regexp.MustCompile(`/(?:(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])|(?:X|#58)(?:R|#52)(?:e|#65)(?:f|#66))\b`)

// bounded is how pdfcpu reads a file from anywhere. Each reader takes a copy.
var bounded = func() model.Configuration {
	c := ourOwn
	c.Limits.MaxStreamBytes, c.Limits.MaxDecodeBytes = MaxChecked, maxAttached
	c.Limits.MaxObjectCount, c.Limits.MaxXRefEntries = maxObjects, maxObjects
	c.Limits.MaxRecursionDepth = maxNesting
	return c
}()

// ourOwn are pdfcpu's settings without a folder of its own. They are made once: pdfcpu keeps that choice in a variable
// that its readers read and no lock protects.
var ourOwn = func() model.Configuration {
	api.DisableConfigDir()
	return *model.NewDefaultConfiguration()
}()

// opened is a PDF with what was taken out of it.
type opened struct {
	*model.XRefTable
	files map[string][]byte
	room  int64 // bytes that may still be unpacked
}

// all takes the files out: names and specifications by turns, in the one list that our files have of them.
func (o *opened) all() error {
	at, err := o.Catalog()
	for _, below := range []string{"Names", "EmbeddedFiles"} {
		if err == nil {
			at, err = o.DereferenceDict(at[below])
		}
	}
	if err != nil || at == nil {
		return errNotOurs.With(err)
	}
	list, err := o.DereferenceArray(at["Names"])
	if err != nil {
		return errNotOurs.With(err)
	}
	if len(list) > 2*maxAttachments {
		return errTooMuchInside
	}
	for i := 1; i < len(list); i += 2 {
		if err := o.take(list[i]); err != nil {
			return err
		}
	}
	return nil
}

// take unpacks the file of a file specification (ISO 32000-1 7.11.3).
func (o *opened) take(specification types.Object) error {
	spec, err := o.DereferenceDict(specification)
	if err != nil || spec == nil {
		return errNotOurs.With(err)
	}
	name, err := o.DereferenceStringOrHexLiteral(spec["UF"], model.V10, nil)
	if err != nil {
		return errNotOurs.With(err)
	}
	content, err := o.DereferenceDict(spec["EF"])
	if err != nil || content == nil {
		return errNotOurs.With(err)
	}
	stream, _, err := o.DereferenceStreamDict(content["F"])
	if err != nil || stream == nil {
		return errNotOurs.With(err)
	}
	if stream.FilterPipeline == nil {
		stream.Content = stream.Raw
	} else if err := stream.DecodeWithLimit(o.room); err != nil {
		return errTooMuchInside.With(err)
	}
	if o.room -= int64(len(stream.Content)); o.room <= 0 {
		return errTooMuchInside
	}
	o.files[name] = stream.Content
	return nil
}
