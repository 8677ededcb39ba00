package instrumentfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"hengjian/internal/errs"
)

// Bounds on a workbook, which may be far larger inside than outside.
const (
	maxUnpacked = 64 << 20
	maxParts    = 1_000
	maxElements = 1_000_000 // of all parts but the sheets: the library keeps these in memory
)

// oldOffice begins the binary .xls, and also an .xlsx with a password.
var oldOffice = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

func oldWorkbook() *errs.Error {
	return invalid("workbook_old",
		"这是旧版二进制Excel文件（.xls）或带密码的工作簿，无法读取，请另存为.xlsx或CSV后重试",
		"an old binary Excel file (.xls) or a workbook with a password cannot be read: save it as .xlsx or CSV")
}

func badWorkbook(cause error) *errs.Error {
	return invalid("workbook_unreadable", "工作簿已损坏或不是.xlsx文件",
		"the workbook is damaged or is not an .xlsx file").With(cause)
}

// isWorkbook says whether content is an archive, with files or without: an .xlsx is one.
func isWorkbook(content []byte) bool {
	return bytes.HasPrefix(content, []byte("PK\x03\x04")) || bytes.HasPrefix(content, []byte("PK\x05\x06"))
}

// openWorkbook opens an .xlsx after looking through all of it: what is cut off, malformed or beyond the bounds is
// refused as a whole, because the library would end a damaged sheet in silence.
func openWorkbook(content []byte) (doc *document, err error) {
	if len(content) > maxBytes {
		return nil, tooLarge()
	}
	if err := (&inspector{left: maxUnpacked, elements: maxElements}).archive(content); err != nil {
		return nil, err
	}
	defer recovered(&err)
	book, err := excelize.OpenReader(bytes.NewReader(content),
		excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return nil, badWorkbook(err)
	}
	doc = &document{encoding: "xlsx", workbook: true, close: func() { _ = book.Close() }}
	properties, err := book.GetWorkbookProps()
	if err != nil {
		return nil, badWorkbook(err)
	}
	for _, name := range book.GetSheetList() {
		doc.sheets = append(doc.sheets, &sheet{
			name: name, workbook: true, date1904: properties.Date1904 != nil && *properties.Date1904,
			records: func(yield func(record, error) bool) { readSheet(book, name, yield) },
		})
	}
	return doc, nil
}

// recovered makes an error of a panic of the library, which hostile workbooks can cause.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = badWorkbook(fmt.Errorf("panic: %v", p))
	}
}

// readSheet yields the rows of a sheet that are not empty. Each row is read twice: as people see it, and as it is
// stored.
func readSheet(book *excelize.File, name string, yield func(record, error) bool) {
	var shown, stored *excelize.Rows
	err := func() (err error) {
		defer recovered(&err)
		if shown, err = book.Rows(name); err == nil {
			stored, err = book.Rows(name)
		}
		return err
	}()
	if err != nil {
		yield(record{}, badWorkbook(err))
		return
	}
	defer closeAll(shown, stored)
	for line := 1; ; line++ {
		r, more, err := readRow(shown, stored)
		if err != nil {
			yield(record{}, badWorkbook(err))
			return
		}
		if r.line = line; !more || len(r.cells) > 0 && !yield(r, nil) {
			return
		}
	}
}

func closeAll(rows ...*excelize.Rows) {
	for _, r := range rows {
		_ = r.Close() // nothing was written; what reading found wrong is told already
	}
}

func readRow(shown, stored *excelize.Rows) (r record, more bool, err error) {
	defer recovered(&err)
	if !shown.Next() || !stored.Next() {
		return record{}, false, errors.Join(shown.Error(), stored.Error())
	}
	seen, err := shown.Columns()
	if err != nil {
		return record{}, false, err
	}
	raw, err := stored.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return record{}, false, err
	}
	for i, text := range seen {
		c := cell{text: strings.TrimSpace(text)}
		if i < len(raw) && strings.TrimSpace(raw[i]) != c.text {
			c.stored = strings.TrimSpace(raw[i])
		}
		r.cells = append(r.cells, c)
	}
	return r, true, nil
}
