package instrumentfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hengjian/internal/errs"
)

// workbook makes an .xlsx of sheets of rows; a nil cell is left out.
func workbook(t testing.TB, sheets ...[][]any) []byte {
	t.Helper()
	return saved(t, fill(t, sheets...))
}

func fill(t testing.TB, sheets ...[][]any) *excelize.File {
	t.Helper()
	book := excelize.NewFile()
	for i, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if i > 0 {
			if _, err := book.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for j, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, j+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	return book
}

func saved(t testing.TB, book *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var titleRow = []any{"样品编号", "检验项目", "检验结果", "单位", "检验日期"}

func TestTheTemplateAsWorkbook(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, time.November, 3, 15, 4, 5, 0, time.UTC)
	f := mustRead(t, workbook(t, [][]any{
		{"济南市长清区检验检测中心"}, {}, titleRow,
		{"S1", "铅", 0.05, "mg/kg", day},
		{"S2", "铅", "0.050", "mg/kg", "2026-11-03"},
		{},
		{"00123", "铅", "<0.01", "mg/kg", nil},
		{nil, "铅", 7, "mg/kg", nil},
		{"S3", "铅", 8, "mg/kg", nil, "a remark beside the table"},
	}), "")
	want := []string{"4 S1 铅 0.05→0.05 mg/kg 2026-11-03 sample", "5 S2 铅 0.050→0.050 mg/kg 2026-11-03 sample",
		"7 00123 铅 <0.01→<0.01 mg/kg  sample", "8  铅 7→ mg/kg  sample !missing_sample", "9 S3 铅 8→8 mg/kg  sample"}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" || f.Encoding != "xlsx" || f.Profile != "hengjian-results" {
		t.Errorf("%s in %s (-want +got)\n%s", f.Profile, f.Encoding, diff)
	}
}

// TestNumbersBehindFormats reads cells whose format shows another text than the number that is stored.
func TestNumbersBehindFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		value  any
		format string
		want   string // Raw, or the code of the fault
	}{
		{"general", 1.23456, "General", "1.23456"},
		{"zeros that are shown", 2.1, "0.000", "2.100"},
		{"shown rounded", 1.23456, "0.00", "1.23456"},
		{"shown with thousands", 1234.5, "#,##0.00", "1234.50"},
		{"a binary fraction", 3.7999999999999998, "General", "3.8"},
		{"the sum of binary fractions", 0.1 + 0.2, "0.00", "0.30"},
		{"small", 0.00000123, "General", "0.00000123"},
		{"scientific", 0.000123456, "0.00E+00", "0.000123456"},
		{"a percentage", 0.125, "0.0%", shownDiffers},
		{"a date", 45000.0, "yyyy-mm-dd", shownDiffers},
		{"with its unit", 5.0, `0.0" mg/kg"`, shownDiffers},
		{"hidden sign", -5.0, "0;0", shownDiffers},
		{"text", "1.50", "0.0", "1.50"},
		{"an error", "#DIV/0!", "General", unreadable},
	}
	for _, tt := range tests {
		book := fill(t, [][]any{titleRow, {"S1", "铅", tt.value, "mg/kg"}})
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &tt.format})
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetCellStyle("Sheet1", "C2", "C2", style); err != nil {
			t.Fatal(err)
		}
		r := mustRead(t, saved(t, book), "").Rows[0]
		got := r.Raw
		if r.Fault != nil {
			got = r.Fault.Code
		}
		if got != tt.want {
			t.Errorf("%s: %v as %s gives %s (%+v), want %s", tt.name, tt.value, tt.format, got, r, tt.want)
		}
	}
}

func TestAFormulaWithoutItsValueIsMissing(t *testing.T) {
	t.Parallel()
	book := fill(t, [][]any{titleRow, {"S1", "铅", nil, "mg/kg"}})
	if err := book.SetCellFormula("Sheet1", "C2", "1+1"); err != nil {
		t.Fatal(err)
	}
	if r := mustRead(t, saved(t, book), "").Rows[0]; r.Fault == nil || r.Fault.Code != missingResult {
		t.Errorf("got %s, want a missing result", told(r))
	}
}

func TestSampleNumbersAreAsShown(t *testing.T) {
	t.Parallel()
	book := fill(t, [][]any{titleRow, {123, "铅", 1, "mg/kg"}})
	format := "00000"
	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStyle("Sheet1", "A2", "A2", style); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, saved(t, book), "").Rows[0].Sample; got != "00123" {
		t.Errorf("the sample shown as 00123 is read as %s", got)
	}
}

func TestDatesFrom1904(t *testing.T) {
	t.Parallel()
	book := fill(t, [][]any{titleRow, {"S1", "铅", 1, "mg/kg", 44867}})
	yes := true
	if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, saved(t, book), "").Rows[0].MeasuredOn; got != "2026-11-03" {
		t.Errorf("day 44867 since 1904 is read as %s, want 2026-11-03", got)
	}
}

func TestSheets(t *testing.T) {
	t.Parallel()
	results, other := [][]any{titleRow, {"S1", "铅", 1, "mg/kg"}}, [][]any{{"说明"}}
	f := mustRead(t, workbook(t, other, results, nil), "")
	if len(f.Rows) != 1 || codes(f.Faults) != "sheet_not_read" || !strings.Contains(f.Faults[0].ZH, "Sheet1") {
		t.Errorf("got %v, notices %+v", toldAll(f.Rows), f.Faults)
	}
	if _, err := Read(workbook(t, results, results), "", ""); !isCode(err, "several_sheets") {
		t.Errorf("two sheets of results: %v", err)
	}
}

func TestAnotherProfileInAWorkbook(t *testing.T) {
	t.Parallel()
	f := mustRead(t, workbook(t, [][]any{
		{"Sample ID", "Sample Details", "Test Name", "Result", "Units", "Absorbance"},
		{"BOG - 1", nil, "Chloride 200", "  2.034", "mg Cl/L", "0.227567"},
	}), "")
	if got := toldAll(f.Rows); f.Profile != "seal-aq2" || len(got) != 1 || got[0] != "2 BOG - 1 Chloride 200 2.034→2.034 mg Cl/L  sample" {
		t.Errorf("%s: %v", f.Profile, got)
	}
}

func TestManyRowsOfAWorkbook(t *testing.T) {
	t.Parallel()
	rows := [][]any{titleRow}
	for i := range 3000 {
		rows = append(rows, []any{fmt.Sprintf("S%d", i), "铅", i, "mg/kg"})
	}
	f := mustRead(t, workbook(t, rows), "")
	for i, r := range f.Rows {
		if want := fmt.Sprintf("%d S%d 铅 %d→%d mg/kg  sample", i+2, i, i, i); told(r) != want {
			t.Fatalf("row %d: got %s, want %s", i, told(r), want)
		}
	}
	if len(f.Rows) != 3000 {
		t.Errorf("got %d rows, want 3000", len(f.Rows))
	}
}

// rezip copies a workbook with one part replaced or added.
func rezip(t testing.TB, content []byte, name string, write func(w io.Writer) error) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range r.File {
		if part.Name == name {
			continue
		}
		if err := w.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create(name)
	if err == nil {
		err = write(part)
	}
	if closing := w.Close(); err != nil || closing != nil {
		t.Fatal(err, closing)
	}
	return b.Bytes()
}

const sheetPart = "xl/worksheets/sheet1.xml"

// sheetOf is the part of a sheet with these rows.
func sheetOf(rows string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+
			rows+`</sheetData></worksheet>`)
		return err
	}
}

// cells are the cells of the header and of one row, as a sheet holds them.
func cells(row string, texts ...string) string {
	var b strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&b, `<c r="%c%s" t="str"><v>%s</v></c>`, 'A'+i, row, text)
	}
	return b.String()
}

func TestSheetsInOrderAreRead(t *testing.T) {
	t.Parallel()
	book := workbook(t, [][]any{titleRow})
	title := cells("1", "样品编号", "检验项目", "检验结果", "单位")
	for name, rows := range map[string]string{
		"with references":    `<row r="1">` + title + `</row><row r="2">` + cells("2", "S1", "铅", "1", "mg/kg") + `</row>`,
		"without references": `<row>` + strings.NewReplacer(` r="A1"`, "", ` r="B1"`, "", ` r="C1"`, "", ` r="D1"`, "").Replace(title) + `</row><row><c t="str"><v>S1</v></c><c t="str"><v>铅</v></c><c><v>1</v></c><c t="str"><v>mg/kg</v></c></row>`,
	} {
		f := mustRead(t, rezip(t, book, sheetPart, sheetOf(rows)), "")
		if got := toldAll(f.Rows); len(got) != 1 || got[0] != "2 S1 铅 1→1 mg/kg  sample" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestNumbersAsStored reads numbers as other programs write them: with all 17 digits of a binary number.
func TestNumbersAsStored(t *testing.T) {
	t.Parallel()
	book := workbook(t, [][]any{titleRow})
	title := `<row r="1">` + cells("1", "样品编号", "检验项目", "检验结果", "单位") + `</row>`
	for stored, want := range map[string]string{
		"0.05":                    "0.05",
		"3.7999999999999998":      "3.8",
		"0.30000000000000004":     "0.3",
		"-12.300000000000001":     "-12.3",
		"1.2345678901234567E-5":   "0.0000123456789012346",
		"1E-3":                    "0.001",
		"100.00000000000001":      "100",
		"123456789012345678901.5": shownDiffers,
		"12345678901234567890":    shownDiffers,
	} {
		row := `<row r="2"><c r="A2" t="str"><v>S1</v></c><c r="B2" t="str"><v>铅</v></c><c r="C2"><v>` + stored + `</v></c></row>`
		r := mustRead(t, rezip(t, book, sheetPart, sheetOf(title+row)), "").Rows[0]
		got := r.Raw
		if r.Fault != nil {
			got = r.Fault.Code
		}
		if got != want {
			t.Errorf("%s is read as %s (%s), want %s", stored, got, told(r), want)
		}
	}
}

func TestDamagedAndHostileWorkbooksAreRefused(t *testing.T) {
	t.Parallel()
	good := workbook(t, [][]any{titleRow, {"S1", "铅", 1, "mg/kg"}})
	title := `<row r="1">` + cells("1", "样品编号", "检验项目", "检验结果", "单位") + `</row>`
	row := `<row r="2">` + cells("2", "S1", "铅", "1", "mg/kg") + `</row>`
	corrupted := bytes.Clone(good)
	corrupted[bytes.Index(corrupted, []byte(sheetPart))+len(sheetPart)+20] ^= 0xff
	var parts bytes.Buffer
	w := zip.NewWriter(&parts)
	for i := range maxParts + 1 {
		if _, err := w.Create(fmt.Sprintf("p%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, code string
		content    []byte
	}{
		{"half of it", "workbook_unreadable", good[:len(good)/2]},
		{"without its last byte", "workbook_unreadable", good[:len(good)-1]},
		{"a byte changed", "workbook_unreadable", corrupted},
		{"only the mark", "workbook_unreadable", []byte("PK\x03\x04")},
		{"an empty archive", "workbook_unreadable", append([]byte("PK\x05\x06"), make([]byte, 18)...)},
		{"a zip of something else", "workbook_unreadable", zipOf(t, "hello.txt", "hello")},
		{"too large", "file_too_large", append([]byte("PK\x03\x04"), make([]byte, maxBytes)...)},
		{"a bomb", "workbook_too_large", claim(rezip(t, good, "xl/media/image1.png", zeros(50_000)), maxUnpacked+1)},
		{"a part larger than it claims", "workbook_unreadable", claim(rezip(t, good, "xl/media/image1.png", zeros(50_000)), 1)},
		{"a bomb of parts", "workbook_too_large", parts.Bytes()},
		{"a sheet that ends early", "workbook_unreadable", rezip(t, good, sheetPart, func(w io.Writer) error {
			_, err := io.WriteString(w, `<worksheet><sheetData>`+title+row+`<row r="3">`)
			return err
		})},
		{"rows out of order", "workbook_unreadable", rezip(t, good, sheetPart, sheetOf(title+row+`<row r="2">`+cells("2", "S2")+`</row>`))},
		{"cells out of order", "workbook_unreadable", rezip(t, good, sheetPart,
			sheetOf(title+`<row r="2"><c r="B2"><v>2</v></c><c r="A2"><v>1</v></c></row>`))},
		{"a cell of another row", "workbook_unreadable", rezip(t, good, sheetPart, sheetOf(title+`<row r="2"><c r="A9"><v>1</v></c></row>`))},
		{"a row that is no number", "workbook_unreadable", rezip(t, good, sheetPart, sheetOf(title+`<row r="x"/>`))},
		{"a cell far to the right", "too_many_columns", rezip(t, good, sheetPart, sheetOf(title+`<row r="2"><c r="XFD2"><v>1</v></c></row>`))},
	}
	for _, tt := range tests {
		f, err := Read(tt.content, "run.xlsx", "")
		if errs.KindOf(err) != errs.Invalid || !isCode(err, tt.code) || len(f.Rows) > 0 {
			t.Errorf("%s: %v and %v, want the refusal %s", tt.name, toldAll(f.Rows), err, tt.code)
		}
	}
}

func zipOf(t testing.TB, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if closing := w.Close(); err != nil || closing != nil {
		t.Fatal(err, closing)
	}
	return b.Bytes()
}

func zeros(n int) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(make([]byte, n))
		return err
	}
}

// claim writes another size into the directory for the part that was added last.
func claim(content []byte, size uint32) []byte {
	entry := bytes.LastIndex(content, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(content[entry+24:], size)
	return content
}

// TestTheInspectorCountsForItself: a directory may lie of the sizes, so what really comes out is counted as well.
func TestTheInspectorCountsForItself(t *testing.T) {
	t.Parallel()
	good := workbook(t, [][]any{titleRow, {"S1", "铅", 1, "mg/kg"}})
	sheet := rezip(t, good, sheetPart, sheetOf(strings.Repeat("<row/>", 5000)))
	picture := rezip(t, good, "xl/media/image1.png", zeros(50_000))
	texts := rezip(t, good, "xl/sharedStrings.xml", func(w io.Writer) error {
		_, err := io.WriteString(w, "<sst>"+strings.Repeat("<si/>", 5000)+"</sst>")
		return err
	})
	tests := []struct {
		name           string
		content        []byte
		left, elements int
		code           string
	}{
		{"a small workbook", good, 30_000, 2000, ""},
		{"many bytes in the sheet", sheet, 30_000, 2000, "workbook_too_large"},
		{"enough room for them", sheet, 60_000, 2000, ""},
		{"many bytes in a picture", picture, 30_000, 2000, "workbook_too_large"},
		{"enough room for the picture", picture, 80_000, 2000, ""},
		{"many elements in a part that is kept in memory", texts, 60_000, 2000, "workbook_too_large"},
		{"enough room for the elements", texts, 60_000, 8000, ""},
	}
	for _, tt := range tests {
		err := (&inspector{left: int64(tt.left), elements: tt.elements}).archive(tt.content)
		if tt.code == "" && err != nil || tt.code != "" && !isCode(err, tt.code) {
			t.Errorf("%s with %d bytes and %d elements: got %v, want %q", tt.name, tt.left, tt.elements, err, tt.code)
		}
	}
}
