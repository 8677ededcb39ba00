package certificates

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// indexName is the list of the documents inside a ZIP.
const indexName = "index.csv"

// writeZIP packs the very files of documents, stored as they are since they are compressed, and their index. The same
// documents make the same bytes.
func (s *Service) writeZIP(ctx context.Context, documents []batchDocument, to io.Writer, step func() error) error {
	z := zip.NewWriter(to)
	for _, d := range documents {
		content, err := s.bytes(ctx, d.Document)
		if err != nil {
			return fmt.Errorf("document %s: %w", d.Number, err)
		}
		entry, err := z.CreateHeader(&zip.FileHeader{Name: d.Number + ".pdf", Method: zip.Store, Modified: d.IssuedAt.UTC()})
		if err != nil {
			return fmt.Errorf("document %s: %w", d.Number, err)
		}
		if _, err := entry.Write(content); err != nil {
			return fmt.Errorf("document %s: %w", d.Number, err)
		}
		if err := step(); err != nil {
			return err
		}
	}
	entry, err := z.CreateHeader(&zip.FileHeader{Name: indexName, Method: zip.Deflate, Modified: documents[0].IssuedAt.UTC()})
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if err := writeIndex(documents, entry); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return z.Close()
}

var indexStatuses = map[Status]string{
	Valid: "有效 valid", Expired: "已过期 expired", Superseded: "已被替代 superseded", Revoked: "已撤销 revoked",
}

// writeIndex lists documents as CSV that spreadsheets open as UTF-8.
func writeIndex(documents []batchDocument, to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true
	rows := [][]string{{"文书编号 number", "种类 kind", "名称 title", "持有单位 holder", "申请或样品编号 order or sample",
		"签发日期 issued on", "打包时状态 status when packed", "SHA-256", "文件 file"}}
	for _, d := range documents {
		rows = append(rows, []string{d.Number, kindNames[d.Kind].zh + " " + kindNames[d.Kind].en, d.Title, d.Holder, d.Order, d.IssuedOn.String(),
			indexStatuses[d.Status], d.FileHash, d.Number + ".pdf"})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
	}
	return w.WriteAll(rows)
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

// printTitle says what a print file is, and what it is not.
func printTitle(documents []batchDocument, volume, of int) string {
	return fmt.Sprintf("合并打印件（非原件，不含电子签名）%s 至 %s，%d份，第%d册共%d册 / "+
		"merged for print (no original, not signed): %d documents, volume %d of %d",
		documents[0].Number, documents[len(documents)-1].Number, len(documents), volume, of, len(documents), volume, of)
}

// merging is how pdfcpu reads and merges: each document with a bookmark.
var merging = func() model.Configuration {
	c := ourOwn
	c.Cmd, c.ValidationMode, c.CreateBookmarks = model.MERGECREATE, model.ValidationRelaxed, true
	return c
}()

// writePrint merges documents into one file to print. What belongs to an original (its attachments, its metadata) is left
// out of it, and its title says what it is.
func (s *Service) writePrint(ctx context.Context, v volume, to io.Writer, step func() error) error {
	var whole *model.Context
	for _, d := range v.documents {
		content, err := s.bytes(ctx, d.Document)
		if err != nil {
			return fmt.Errorf("document %s: %w", d.Number, err)
		}
		if whole, err = appendPages(whole, d.Number, content, v.duplex); err != nil {
			return fmt.Errorf("document %s: %w", d.Number, err)
		}
		if err := step(); err != nil {
			return err
		}
	}
	if err := entitle(whole, v.title); err != nil {
		return err
	}
	return api.WriteContext(whole, to)
}

// appendPages adds the pages of a document to the whole, which is nil before the first; for printing on both sides, so
// many that the next one begins on a sheet of its own.
func appendPages(whole *model.Context, number string, pdf []byte, duplex bool) (*model.Context, error) {
	conf := merging
	next, err := api.ReadAndValidate(bytes.NewReader(pdf), &conf)
	if err != nil {
		return nil, err
	}
	root, err := next.Catalog()
	if err != nil {
		return nil, err
	}
	for _, entry := range []string{"AF", "Metadata", "Names"} {
		delete(root, entry)
	}
	next.Names = map[string]*model.Node{}
	if duplex && next.PageCount%2 == 1 {
		if err := next.InsertBlankPages(types.IntSet{next.PageCount: true}, nil, false); err != nil {
			return nil, err
		}
		next.PageCount++
	}
	if whole != nil {
		return whole, pdfcpu.MergeXRefTables(number, next, whole, false, false)
	}
	next.EnsureVersionForWriting()
	return next, pdfcpu.EnsureOutlines(next, number, false)
}

// entitle puts the title into the file.
func entitle(whole *model.Context, title string) error {
	info := types.NewDict()
	info["Title"] = types.NewHexLiteral([]byte(types.EncodeUTF16String(title)))
	info.InsertString("Creator", "Hengjian")
	ref, err := whole.IndRefForNewObject(info)
	if err != nil {
		return fmt.Errorf("title: %w", err)
	}
	whole.Info = ref
	return nil
}
