package instrumentfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"hengjian/internal/errs"
)

// inspector looks through a workbook before the library does, which trusts what it reads: it counts what the archive
// really unpacks to, and finds sheets that are malformed or out of order.
type inspector struct {
	left     int64 // bytes that may still come
	elements int   // elements that may still come
}

// archive looks at what every part of the archive claims to unpack to, and then reads each to its end.
func (i *inspector) archive(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return badWorkbook(err)
	}
	if len(archive.File) > maxParts {
		return bomb()
	}
	claimed := uint64(0)
	for _, part := range archive.File {
		if claimed += min(part.UncompressedSize64, maxUnpacked+1); claimed > maxUnpacked {
			return bomb()
		}
	}
	for _, part := range archive.File {
		if err := i.part(part); err != nil {
			return err
		}
	}
	return nil
}

func bomb() *errs.Error {
	return invalid("workbook_too_large", "工作簿解压后过大：不超过%d MiB",
		"the workbook is too large when unpacked: at most %d MiB", maxUnpacked>>20)
}

func (i *inspector) part(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return badWorkbook(err)
	}
	bounded := counted{r: r, left: &i.left}
	if strings.EqualFold(path.Ext(part.Name), ".xml") {
		err = i.document(bounded)
	} else {
		_, err = io.Copy(io.Discard, bounded)
	}
	if closing := r.Close(); err == nil {
		err = closing
	}
	if _, ours := errors.AsType[*errs.Error](err); ours || err == nil {
		return err
	}
	return badWorkbook(err)
}

// counted fails when more is read than is left, whatever the archive says of its size.
type counted struct {
	r    io.Reader
	left *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if *c.left -= int64(n); *c.left < 0 {
		return 0, bomb()
	}
	return n, err
}

// document reads an XML part to its end.
func (i *inspector) document(r io.Reader) error {
	d := xml.NewDecoder(r)
	var at *position
	for root := true; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case root && start.Name.Local == "worksheet":
			at = &position{}
		case at != nil:
			err = at.pass(start)
		default:
			if i.elements--; i.elements < 0 {
				err = bomb()
			}
		}
		if root = false; err != nil {
			return err
		}
	}
}

// position is how far a sheet is read. Rows and cells have to ascend: the library would move those that do not into
// other columns.
type position struct{ row, column int }

func (p *position) pass(e xml.StartElement) (err error) {
	var ref string
	for _, a := range e.Attr {
		if a.Name.Local == "r" {
			ref = a.Value
		}
	}
	row, column := p.row, p.column
	switch e.Name.Local {
	case "row":
		row, column = row+1, 0
		if ref != "" {
			row, err = strconv.Atoi(ref)
		}
		if err != nil || row <= p.row {
			return fmt.Errorf("row %q stands after row %d", ref, p.row)
		}
	case "c":
		column++
		if ref != "" {
			column, row, err = excelize.CellNameToCoordinates(ref)
		}
		if err != nil || column <= p.column || row != p.row {
			return fmt.Errorf("cell %q stands after column %d of row %d", ref, p.column, p.row)
		}
		if column > maxColumns {
			return invalid("too_many_columns", "列数过多：不超过%d列", "too many columns: at most %d", maxColumns)
		}
	}
	p.row, p.column = row, column
	return nil
}
