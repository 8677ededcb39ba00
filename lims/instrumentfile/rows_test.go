package instrumentfile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hengjian/internal/errs"
)

const templateHeader = "样品编号,检验项目,检验结果,单位,检验日期\n"

// told writes a row as "line sample item raw→value unit date kind fault".
func told(r Row) string {
	fault := ""
	if r.Fault != nil {
		fault = " !" + r.Fault.Code
	}
	return fmt.Sprintf("%d %s %s %s→%s %s %s %s%s", r.Line, r.Sample, r.Item, r.Raw, r.Value, r.Unit, r.MeasuredOn, r.Kind, fault)
}

func toldAll(rows []Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, told(r))
	}
	return out
}

func TestRowsOfTheTemplate(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, line, want string }{
		{"a number", "S1,铅,0.050,mg/kg,2026-11-03", "2 S1 铅 0.050→0.050 mg/kg 2026-11-03 sample"},
		{"below", "S1,铅, <0.01 ,mg/kg,2026/11/3", "2 S1 铅 <0.01→<0.01 mg/kg 2026-11-03 sample"},
		{"full width", "S1,铅,＜０．０１,mg/kg,2026年11月3日", "2 S1 铅 ＜０．０１→<0.01 mg/kg 2026-11-03 sample"},
		{"a minus sign", "S1,铅,−0.2,mg/kg,", "2 S1 铅 −0.2→-0.2 mg/kg  sample"},
		{"no digit before the point", "S1,铅,.5,mg/kg,", "2 S1 铅 .5→0.5 mg/kg  sample"},
		{"no digit behind the point", "S1,铅,5.,mg/kg,", "2 S1 铅 5.→5 mg/kg  sample"},
		{"an exponent", "S1,铅,3.78472E6,mg/kg,", "2 S1 铅 3.78472E6→3.78472E6 mg/kg  sample"},
		{"not detected", "S1,铅,未检出,mg/kg,", "2 S1 铅 未检出→未检出 mg/kg  sample"},
		{"not detected, with the limit", "S1,铅,未检出(检出限:0.01mg/kg),mg/kg,",
			"2 S1 铅 未检出(检出限:0.01mg/kg)→未检出(检出限:0.01mg/kg) mg/kg  sample"},
		{"ND", "S1,铅,N.D.,mg/kg,", "2 S1 铅 N.D.→N.D. mg/kg  sample"},
		{"five values", `S1,菌落总数,"<10;20;1.3×10³;40;<10",CFU/g,`, "2 S1 菌落总数 <10;20;1.3×10³;40;<10→<10;20;1.3×10³;40;<10 CFU/g  sample"},
		{"a unit in the cell", "S1,铅,6.71mg/100g,,", "2 S1 铅 6.71mg/100g→6.71mg/100g   sample"},
		{"uncertainty", "S1,铅,6.7 ± 0.2 mg/m3,,", "2 S1 铅 6.7 ± 0.2 mg/m3→6.7 ± 0.2 mg/m3   sample"},
		{"dimensionless", "S1,比值,0.5,1,", "2 S1 比值 0.5→0.5 1  sample"},
		{"no sample", ",铅,1,mg/kg,", "2  铅 1→ mg/kg  sample !missing_sample"},
		{"no item", "S1,,1,mg/kg,", "2 S1  1→ mg/kg  sample !missing_item"},
		{"no result", "S1,铅, ,mg/kg,", "2 S1 铅 → mg/kg  sample !missing_result"},
		{"a letter", "S1,铅,1O5,mg/kg,", "2 S1 铅 1O5→ mg/kg  sample !unreadable_number"},
		{"two points", "S1,铅,1.2.3,mg/kg,", "2 S1 铅 1.2.3→ mg/kg  sample !unreadable_number"},
		{"a word", "S1,铅,合同见附件,mg/kg,", "2 S1 铅 合同见附件→ mg/kg  sample !unreadable_number"},
		{"not a number", "S1,铅,NaN,mg/kg,", "2 S1 铅 NaN→ mg/kg  sample !unreadable_number"},
		{"a formula", "S1,铅,=1+1,mg/kg,", "2 S1 铅 =1+1→ mg/kg  sample !unreadable_number"},
		{"an absurd exponent", "S1,铅,1e999,mg/kg,", "2 S1 铅 1e999→ mg/kg  sample !unreadable_number"},
		{"over", "S1,铅,OVER,mg/kg,", "2 S1 铅 OVER→ mg/kg  sample !over_range"},
		{"stars", "S1,铅,*****,mg/kg,", "2 S1 铅 *****→ mg/kg  sample !over_range"},
		{"超量程", "S1,铅,超量程,mg/kg,", "2 S1 铅 超量程→ mg/kg  sample !over_range"},
		{"a comma too many", "S1,铅,0,05,mg/kg,2026-11-03", "2 S1 铅 0→ 05  sample !too_many_columns"},
		{"a comma that shifts within the header", "S1,铅,0,05,mg/kg", "2 S1 铅 0→ 05  sample !bad_unit"},
		{"a quote that is not closed", `S1,铅,"0.05,mg/kg,2026-11-03`, "2 S1 铅 0.05→ mg/kg 2026-11-03 sample !bad_quotes"},
		{"a date that is none", "S1,铅,1,mg/kg,2026-13-03", "2 S1 铅 1→ mg/kg  sample !unreadable_date"},
		{"the number of a day in a text", "S1,铅,1,mg/kg,45000", "2 S1 铅 1→ mg/kg  sample !unreadable_date"},
		{"a blank", "空白1,铅,1,mg/kg,", "2 空白1 铅 1→1 mg/kg  blank"},
		{"a control", "质控样,铅,1,mg/kg,", "2 质控样 铅 1→1 mg/kg  qc"},
		{"a cell over two lines", "\"S1\n甲\",铅,1,mg/kg,", "2 S1\n甲 铅 1→1 mg/kg  sample"},
	}
	for _, tt := range tests {
		f, err := Read([]byte(templateHeader+tt.line+"\n"), "", "")
		if err != nil || len(f.Rows) != 1 {
			t.Errorf("%s: %q gives %v, %v", tt.name, tt.line, toldAll(f.Rows), err)
			continue
		}
		if got := told(f.Rows[0]); got != tt.want {
			t.Errorf("%s: %q\ngot  %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

func TestDuplicatesAreAllRefused(t *testing.T) {
	t.Parallel()
	f := mustRead(t, []byte(templateHeader+`S1,铅,1,mg/kg,
S1,镉,1,mg/kg,
s1 ,铅,2,mg/kg,
S2,铅,1,mg/kg,
S1,铅,,mg/kg,
质控样,铅,1,mg/kg,
质控样,铅,1,mg/kg,
S3,Co,1,mg/kg,
S3,CO,1,mg/kg,
`), "")
	want := []string{
		"2 S1 铅 1→ mg/kg  sample !duplicate", "3 S1 镉 1→1 mg/kg  sample", "4 s1 铅 2→ mg/kg  sample !duplicate",
		"5 S2 铅 1→1 mg/kg  sample", "6 S1 铅 → mg/kg  sample !missing_result",
		"7 质控样 铅 1→1 mg/kg  qc", "8 质控样 铅 1→1 mg/kg  qc", "9 S3 Co 1→1 mg/kg  sample", "10 S3 CO 1→1 mg/kg  sample",
	}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if zh := f.Rows[0].Fault.ZH; !strings.Contains(zh, "第2、4、6行") {
		t.Errorf("the fault does not name the lines: %s", zh)
	}
}

func TestManyDuplicatesAreToldShortly(t *testing.T) {
	t.Parallel()
	f := mustRead(t, []byte(templateHeader+strings.Repeat("S1,铅,1,mg/kg,\n", 5000)), "")
	for _, r := range f.Rows {
		if r.Fault == nil || len(r.Fault.ZH) > 200 {
			t.Fatalf("line %d: %+v", r.Line, r.Fault)
		}
	}
}

func TestListed(t *testing.T) {
	t.Parallel()
	fault := &Fault{Code: "x"}
	tests := []struct {
		row  Row
		want string
	}{
		{Row{Kind: Sample}, ""}, {Row{Kind: Sample, Fault: fault}, "x"}, {Row{Kind: QC, Fault: fault}, "x"},
		{Row{Kind: QC}, "not_a_sample"}, {Row{Kind: Blank}, "not_a_sample"}, {Row{Kind: Calibration}, "not_a_sample"},
		{Row{Kind: Statistic}, "not_a_sample"},
	}
	for _, tt := range tests {
		got := ""
		if f := tt.row.Listed(); f != nil {
			got = f.Code
		}
		if got != tt.want {
			t.Errorf("%+v is listed as %q, want %q", tt.row, got, tt.want)
		}
	}
}

// layoutWith is the base profile of layout_test.go with other lines.
func layoutWith(t testing.TB, lines string) []*layout {
	t.Helper()
	l, err := readLayout([]byte(strings.Replace(base, "decimal: comma\n", "", 1) + lines))
	if err != nil {
		t.Fatal(err)
	}
	return []*layout{l}
}

func TestTheDecimalSignIsThatOfTheFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		decimal string
		results []string
		want    string // value or code of each
	}{
		{"either", []string{"1,5", "2,085", "-3"}, "1.5 2.085 -3"},
		{"either", []string{"0,235"}, "0.235"},
		{"either", []string{"1.5", "7"}, "1.5 7"},
		{"either", []string{"2,085", "12,501"}, "ambiguous_number ambiguous_number"},
		{"either", []string{"2,085", "5"}, "ambiguous_number 5"},
		{"either", []string{"1.5", "2,085"}, "1.5 unreadable_number"},
		{"either", []string{"1.5", "2,5", "7"}, "1.5 ambiguous_number 7"},
		{"either", []string{"1,5", "n.d.", "OVER"}, "1.5 n.d. over_range"},
		{"either", []string{"1,5", "1,234,567"}, "1.5 unreadable_number"},
		{"comma", []string{"1,5", "1.5", "2,085"}, "1.5 unreadable_number 2.085"},
		{"point", []string{"1,5", "1.5", "2,085"}, "unreadable_number 1.5 unreadable_number"},
	}
	for _, tt := range tests {
		var text strings.Builder
		text.WriteString("Probe;Parameter;Wert\n")
		for i, r := range tt.results {
			fmt.Fprintf(&text, "S%d;Pb;%s\n", i, r)
		}
		f, err := read(layoutWith(t, "decimal: "+tt.decimal+"\n"), []byte(text.String()), "", "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range f.Rows {
			if r.Fault != nil {
				got = append(got, r.Fault.Code)
			} else {
				got = append(got, r.Value)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s %v: got %v, want %s", tt.decimal, tt.results, got, tt.want)
		}
	}
}

func TestDatesAreReadByTheLayoutThatReadsAll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		dates   []string
		want    string
		notices string
	}{
		{[]string{"13/12/2013", "01/02/2014"}, "2013-12-13 2014-02-01", ""},
		{[]string{"12/13/2013", "01/02/2014"}, "2013-12-13 2014-01-02", ""},
		{[]string{"03/04/2013", "", "05/06/2013"}, "- - -", "ambiguous_dates"},
		{[]string{"05/05/2013"}, "2013-05-05", ""},
		{[]string{"13/12/2013", "unknown", "14/12/2013"}, "2013-12-13 unreadable_date 2013-12-14", ""},
		{[]string{"03/04/2013", "unknown"}, "- -", "ambiguous_dates"},
		{[]string{"", ""}, "- -", ""},
	}
	for _, tt := range tests {
		var text strings.Builder
		text.WriteString("Probe;Parameter;Wert;Datum\n")
		for i, d := range tt.dates {
			fmt.Fprintf(&text, "S%d;Pb;1;%s\n", i, d)
		}
		layouts := layoutWith(t, "decimal: point\nmeasured_on: {column: Datum}\ndates: [\"02/01/2006\", \"01/02/2006\"]\n")
		f, err := read(layouts, []byte(text.String()), "", "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range f.Rows {
			switch {
			case r.Fault != nil:
				got = append(got, r.Fault.Code)
			case r.MeasuredOn == "":
				got = append(got, "-")
			default:
				got = append(got, r.MeasuredOn)
			}
		}
		if strings.Join(got, " ") != tt.want || codes(f.Faults) != tt.notices {
			t.Errorf("%v: got %v and %q, want %s and %q", tt.dates, got, codes(f.Faults), tt.want, tt.notices)
		}
	}
}

func TestFlagsAndTheirColumn(t *testing.T) {
	t.Parallel()
	layouts := layoutWith(t, "decimal: point\nflags: [{column: Status, pattern: '^bad', zh: 坏, en: bad}]\n"+
		"kinds: [{column: Art, pattern: '^Blind', kind: blank}]\n")
	f, err := read(layouts, []byte("Probe;Parameter;Wert;Status;Art\nS1;Pb;1;bad 7;\nS2;Pb;2;good;Blindwert\n"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2 S1 Pb 1→   sample !flagged", "3 S2 Pb 2→2   blank"}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" || codes(f.Faults) != "" {
		t.Errorf("notices %q (-want +got)\n%s", codes(f.Faults), diff)
	}
	f, err = read(layouts, []byte("Probe;Parameter;Wert\nS1;Pb;1\n"), "", "")
	if err != nil || codes(f.Faults) != "column_absent column_absent" {
		t.Errorf("without the columns: notices %q, %v", codes(f.Faults), err)
	}
}

func TestMarksOfATableWithoutAHeader(t *testing.T) {
	t.Parallel()
	l, err := readLayout([]byte(bareBase + "width: 5\nrecognise: ['^[^|]+\\|P']\n" +
		"flags: [{position: 4, pattern: '^L$', zh: 低, en: low}]\nkinds: [{position: 5, pattern: '^CAL', kind: calibration}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := read([]*layout{l}, []byte("S1,Pb,1,L,\nS2,Pb,2,,CAL1\nS3,Pb,3,,\n"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 S1 Pb 1→   sample !flagged", "2 S2 Pb 2→2   calibration", "3 S3 Pb 3→3   sample"}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Of a message's fields the first component counts; what is no number, or is not final, is listed.
func TestMessages(t *testing.T) {
	t.Parallel()
	f := mustRead(t, []byte("MSH|^~\\&|A\rPID|1\rOBR|1||S1^7|x\rOBX|1|NM|Pb^lead||0.12^^1|mg/kg^^|||||F^|202609181007\r"+
		"OBX|2|NM|Cd||0.2|mg/kg|||||P\rC|1\rOBR|2||S2\rOBX|1|ST|Pb||clear^||||||C\rL|1\r"), "")
	want := []string{"4 S1 Pb 0.12→0.12 mg/kg 2026-09-18 sample", "5 S1 Cd 0.2→ mg/kg  sample !flagged", "8 S2 Pb clear→   sample !unreadable_number"}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" || f.Profile != "hl7-observations" {
		t.Errorf("as %s (-want +got)\n%s", f.Profile, diff)
	}
}

func TestStructureOfTables(t *testing.T) {
	t.Parallel()
	layouts := layoutWith(t, `decimal: point
below: '^-+\|'
skip: ['^=+$']
ends: '^Summe'
`)
	f, err := read(layouts, []byte("Bericht\n\nProbe;Parameter;Wert\n-----;--;--\nS1;Pb;1\n=====\nprobe;PARAMETER;Wert\n\nS2;Pb;2\nSumme;;3\nS9;Pb;9\n"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"5 S1 Pb 1→1   sample", "9 S2 Pb 2→2   sample"}
	if diff := cmp.Diff(want, toldAll(f.Rows)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f, err = read(layouts, []byte("Probe;Parameter;Wert\nS1;Pb;1\n"), "", "")
	if err != nil || len(f.Rows) != 1 {
		t.Errorf("a table without the second header line: %v, %v", toldAll(f.Rows), err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	row := "S1,铅,1,mg/kg,\n"
	tests := []struct{ name, content, profile, code string }{
		{"an unknown profile", templateHeader + row, "none", "profile_unknown"},
		{"another profile", templateHeader + row, "seal-aq2", "profile_mismatch"},
		{"no profile", "a,b\n1,2\n", "", "profile_none"},
		{"only blanks", "\n\n \n", "", "profile_none"},
		{"no rows", templateHeader + "\n,,,,\n", "", "no_rows"},
		{"a column twice", "样品编号,检验项目,检验结果,检验结果,单位\nS1,铅,1,2,mg/kg\n", "", "column_twice"},
		{"a column under two names", "样品编号,检验项目,检验结果,结果,单位\nS1,铅,1,2,mg/kg\n", "hengjian-results", "column_twice"},
		{"too many rows", templateHeader + strings.Repeat(row, maxRows+1), "", "too_many_rows"},
		{"too many lines", templateHeader + strings.Repeat("\n", maxLines), "", "too_many_lines"},
		{"too many columns", "样品编号,检验项目,检验结果,单位" + strings.Repeat(",x", maxColumns) + "\n" + row, "", "too_many_columns"},
	}
	for _, tt := range tests {
		f, err := Read([]byte(tt.content), "run.csv", tt.profile)
		if errs.KindOf(err) != errs.Invalid || !isCode(err, tt.code) || len(f.Rows) > 0 {
			t.Errorf("%s: %d rows and %v, want the refusal %s", tt.name, len(f.Rows), err, tt.code)
		}
	}
}

func TestAFileOfTwoProfilesIsRefused(t *testing.T) {
	t.Parallel()
	two := append(layoutWith(t, "decimal: point\n"), layoutWith(t, "decimal: comma\n")...)
	two[1].Key = "new-two"
	content := []byte("Probe;Parameter;Wert\nS1;Pb;1\n")
	_, err := read(two, content, "", "")
	if !isCode(err, "profile_ambiguous") || !strings.Contains(err.Error(), "new-one, new-two") {
		t.Errorf("got %v, want a refusal that names both", err)
	}
	if f, err := read(two, content, "", "new-two"); err != nil || f.Profile != "new-two" {
		t.Errorf("by its key: %+v, %v", f, err)
	}
}

func TestLongCellsAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", maxCell+1)
	for _, line := range []string{long + ",铅,1,mg/kg,", "S1," + long + ",1,mg/kg,", "S1,铅," + long + ",mg/kg,", "S1,铅,1," + long + ","} {
		r := mustRead(t, []byte(templateHeader+line), "").Rows[0]
		for _, text := range []string{r.Sample, r.Item, r.Raw, r.Unit} {
			if len([]rune(text)) > maxCell {
				t.Errorf("%.40s…: a cell of %d characters is kept", line, len([]rune(text)))
			}
		}
		if r.Fault == nil || r.Fault.Code != cellTooLong {
			t.Errorf("%.40s…: fault %+v", line, r.Fault)
		}
	}
}

func TestTenThousandRows(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString(templateHeader)
	for i := range 10_000 {
		fmt.Fprintf(&b, "S%05d,铅,%d.%d,mg/kg,2026-11-03\n", i, i, i%7)
	}
	f := mustRead(t, b.Bytes(), "")
	for i, r := range f.Rows {
		if want := fmt.Sprintf("%d S%05d 铅 %d.%d→%d.%d mg/kg 2026-11-03 sample", i+2, i, i, i%7, i, i%7); told(r) != want {
			t.Fatalf("row %d: got %s, want %s", i, told(r), want)
		}
	}
	if len(f.Rows) != 10_000 {
		t.Errorf("got %d rows, want 10000", len(f.Rows))
	}
}

// TestRowsInAreRowsOut writes random cells as CSV: each record comes out as one row with its line and its text.
func TestRowsInAreRowsOut(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`[A-Z]{0,2}[0-9]{0,2}`),
		rapid.StringOf(rapid.SampledFrom([]rune(`铅,;"a1.<> 空`))), rapid.SampledFrom([]string{"", "OVER", "1,5", "ND", "QC"}))
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.SliceOfN(text, 4, 4), 1, 40).Draw(t, "records")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "CR LF")
		all := append([][]string{{"样品编号", "检验项目", "检验结果", "单位"}}, records...)
		if err := w.WriteAll(all); err != nil {
			t.Fatal(err)
		}
		var want [][4]string
		for _, r := range records {
			var row [4]string
			for i := range row {
				row[i] = strings.TrimSpace(r[i])
			}
			if row != [4]string{} {
				want = append(want, row)
			}
		}
		f, err := Read(b.Bytes(), "", "hengjian-results")
		if len(want) == 0 {
			if !isCode(err, "no_rows") {
				t.Fatalf("no records give %v", err)
			}
			return
		}
		var got [][4]string
		for _, r := range f.Rows {
			got = append(got, [4]string{r.Sample, r.Item, r.Raw, r.Unit})
			if (r.Value == "") != (r.Fault != nil) {
				t.Fatalf("a row has value and fault, or neither: %s", told(r))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v (-want +got)\n%s", err, diff)
		}
	})
}
