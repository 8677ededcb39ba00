package instrumentfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"hengjian/internal/errs"
)

// sharedFile reads a real export, which is not part of the project.
func sharedFile(t testing.TB, name string) []byte {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "instrument-files")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the instrument files are not there: ../shared/instrument-files is absent")
	}
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func mustRead(t testing.TB, content []byte, profile string) File {
	t.Helper()
	f, err := Read(content, "", profile)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tally counts rows by kind and code of fault.
func tally(rows []Row) map[string]int {
	out := map[string]int{}
	for _, r := range rows {
		key := string(r.Kind)
		if r.Fault != nil {
			key += " " + r.Fault.Code
		}
		out[key]++
	}
	return out
}

// TestRealExports holds the rows of each real export, counted in the files by other means (awk and by eye).
func TestRealExports(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file, profile, encoding string
		want                    map[string]int
		notices                 string
	}{
		{"agilent-aas-duplicate-id.xlsx", "agilent-aas", "xlsx", map[string]int{"sample": 2, "sample over_range": 2, "sample duplicate": 2}, ""},
		{"agilent-aas-over.xlsx", "agilent-aas", "xlsx", map[string]int{"sample": 2, "sample over_range": 6}, ""},
		{"agilent-aas-over-utf16.csv", "agilent-aas", "UTF-16LE", map[string]int{"sample": 2, "sample over_range": 6}, ""},
		{"agilent-masshunter-quant.csv", "agilent-masshunter-quant", "UTF-8", map[string]int{"sample": 1}, ""},
		{"cr-only-records.csv", "ise-records", "UTF-8", map[string]int{"sample": 68, "calibration": 25, "qc": 19}, ""},
		{"foss-fiastar.csv", "foss-fiastar", "UTF-8", map[string]int{"sample": 30, "qc": 4}, ""},
		{"foss-winescan-latin1.csv", "foss-winescan", "ISO-8859-1", map[string]int{"sample": 18, "statistic": 18}, ""},
		{"hach-dr3900-duplicate-id.csv", "hach-dr3900", "UTF-8", map[string]int{"sample": 2, "sample duplicate": 2}, ""},
		{"hach-dr3900-no-result.csv", "hach-dr3900", "UTF-8", map[string]int{"sample": 3, "sample missing_result": 1}, ""},
		{"hach-dr3900-utf16.csv", "hach-dr3900", "UTF-16LE", map[string]int{"sample": 4}, ""},
		{"hach-dr3900-utf8.csv", "hach-dr3900", "UTF-8", map[string]int{"sample": 4}, ""},
		{"mettler-dl55-titrator.xlsx", "mettler-dl55", "xlsx",
			map[string]int{"sample": 38, "sample unreadable_number": 2, "qc": 20, "qc unreadable_number": 4}, ""},
		{"panalytical-axios.csv", "panalytical-axios", "UTF-8", map[string]int{"sample": 12, "sample flagged": 1}, ""},
		{"perkinelmer-lactoscope.xlsx", "perkinelmer-lactoscope", "xlsx", map[string]int{"sample flagged": 4 * 12}, ""},
		{"rigaku-supermini.csv", "rigaku-supermini", "UTF-8", map[string]int{"sample": 4 * 35, "statistic": 7 * 35}, ""},
		{"seal-aq2.csv", "seal-aq2", "UTF-8", map[string]int{"sample": 38, "blank": 4, "calibration": 8}, ""},
		{"shimadzu-gcms-qp2010.txt", "shimadzu-gcms", "UTF-8", map[string]int{"sample": 20, "sample missing_result": 3}, ""},
		{"shimadzu-icpe.csv", "shimadzu-icpe", "UTF-8",
			map[string]int{"sample": 1, "sample flagged": 71, "calibration missing_result": 32, "qc": 5, "qc flagged": 7}, ""},
		{"shimadzu-lc2040c.txt", "shimadzu-lc", "UTF-8",
			map[string]int{"sample flagged": 6, "sample duplicate": 6, "sample unreadable_number": 10,
				"qc": 24, "qc unreadable_number": 9, "statistic": 48, "statistic unreadable_number": 7}, ""},
		{"thermo-gallery.tsv", "thermo-gallery", "UTF-8",
			map[string]int{"sample": 11, "sample flagged": 8, "sample duplicate": 10, "qc": 12, "qc flagged": 3}, ""},
		{"thermo-gallery-text-named.xls", "thermo-gallery", "UTF-8",
			map[string]int{"sample": 19, "sample flagged": 6, "sample duplicate": 12}, ""},
		{"utf8-bom-cr-only.txt", "hl7-observations", "UTF-8", map[string]int{"sample": 20, "sample unreadable_number": 1}, ""},
		{"varian-vistapro-icp.csv", "varian-vistapro", "UTF-8",
			map[string]int{"sample": 111, "sample flagged": 81, "sample duplicate": 24, "calibration": 29, "qc": 27, "blank": 15},
			"ambiguous_dates"},
		{"xrf-report.txt", "xrf-oxides", "UTF-8", map[string]int{"sample": 5 * 14, "statistic": 2 * 14}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			f := mustRead(t, sharedFile(t, tt.file), "")
			if f.Profile != tt.profile || f.Encoding != tt.encoding {
				t.Errorf("%s is read as %s in %s, want %s in %s", tt.file, f.Profile, f.Encoding, tt.profile, tt.encoding)
			}
			if diff := cmp.Diff(tt.want, tally(f.Rows)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.file, diff)
			}
			if got := codes(f.Faults); got != tt.notices {
				t.Errorf("%s: notices %q, want %q", tt.file, got, tt.notices)
			}
		})
	}
}

func codes(faults []Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

// TestRowsOfRealExports holds one row or two of each layout in full, read off the files by eye.
func TestRowsOfRealExports(t *testing.T) {
	t.Parallel()
	tests := map[string][]Row{
		"hach-dr3900-utf8.csv": {
			{Line: 6, Sample: "DU-0003", Item: "SiO₂", Raw: "38.0", Value: "38.0", Unit: "mg/L", MeasuredOn: "2022-06-21", Kind: Sample}},
		"foss-fiastar.csv": {
			{Line: 17, Sample: "V15-025230", Item: "F SO2", Raw: "35", Value: "35", MeasuredOn: "2015-05-14", Kind: Sample},
			{Line: 18, Sample: "kontrole", Item: "F SO2", Raw: "37", Value: "37", MeasuredOn: "2015-05-14", Kind: QC}},
		"seal-aq2.csv": {
			{Line: 4, Sample: "2ppm NO2", Item: "NO3 _ NO2", Raw: "2.744", Value: "2.744", Unit: "mg N/L", Kind: Calibration},
			{Line: 48, Sample: "BOG - 18", Item: "Chloride 200", Raw: "55.334", Value: "55.334", Unit: "mg Cl/L", Kind: Sample}},
		"panalytical-axios.csv": {
			{Line: 21, Sample: "ESFERA CINZA - 1g H3BO3 -  1:0,5 - NO PPC", Item: "Al2O3", Raw: "12,501", Value: "12.501", Unit: "%",
				MeasuredOn: "2013-11-29", Kind: Sample}},
		"rigaku-supermini.csv": {
			{Line: 6, Sample: "AMIS0299", Item: "Bi", Raw: "452", Value: "452", Unit: "ppm", MeasuredOn: "2015-03-31", Kind: Sample},
			{Line: 12, Sample: "Std dev.", Item: "Al2O3", Raw: "8.7006", Value: "8.7006", Unit: "mass%", Kind: Statistic}},
		"thermo-gallery.tsv": {
			{Line: 34, Sample: "28825", Item: "D Lac BBK", Raw: "112,3195", Value: "112.3195", Unit: "mg/l", MeasuredOn: "2012-11-15", Kind: Sample}},
		"thermo-gallery-text-named.xls": {
			{Line: 12, Sample: "5082", Item: "AceticAcid", Raw: "0.51329", Value: "0.51329", Unit: "g/l", MeasuredOn: "2013-12-13", Kind: Sample}},
		"agilent-masshunter-quant.csv": {
			{Line: 3, Sample: "H2O-0001", Item: "TestInterims", Raw: "0.1034", Value: "0.1034", MeasuredOn: "2019-02-28", Kind: Sample}},
		"agilent-aas-over.xlsx": {
			{Line: 16, Sample: "DU-0002", Item: "Au", Raw: "1.5", Value: "1.5", Unit: "mg/L", MeasuredOn: "2021-03-01", Kind: Sample},
			{Line: 21, Sample: "DU-0001", Item: "Au", Raw: "2", Value: "2", Unit: "mg/L", MeasuredOn: "2021-03-01", Kind: Sample}},
		"agilent-aas-over-utf16.csv": {
			{Line: 21, Sample: "DU-0001", Item: "Au", Raw: "2", Value: "2", Unit: "mg/L", MeasuredOn: "2021-03-01", Kind: Sample}},
		"varian-vistapro-icp.csv": {
			{Line: 79, Sample: "A00035495003*WM01", Item: "Mn 257.610", Raw: "-", Unit: "mg/L", Kind: Sample,
				Fault: &Fault{Code: "flagged", ZH: "仪器对该结果作了标记（x）", EN: "the instrument marked the result (x)"}}},
		"mettler-dl55-titrator.xlsx": {
			{Line: 12, Sample: "Pol16-0194-R1", Item: "Total Alkalinity", Raw: "539.64", Value: "539.64", Unit: "ppm CaCO3 TALK",
				MeasuredOn: "2016-09-21", Kind: Sample}},
		"foss-winescan-latin1.csv": {
			{Line: 4, Sample: "V10-031209", Item: "MalicAcid", Raw: "-0.80", Value: "-0.80", MeasuredOn: "2010-11-02", Kind: Statistic}},
		"shimadzu-gcms-qp2010.txt": {
			{Line: 21, Sample: "1-16-02249-001_CD_10172016_2", Item: "Terpinolene", Raw: "2.09534", Value: "2.09534", Unit: "mg", Kind: Sample}},
		"shimadzu-icpe.csv": {
			{Line: 36, Sample: "CHECK", Item: "Pb", Raw: "21.0", Value: "21.0", Unit: "ppb", MeasuredOn: "2016-10-13", Kind: QC},
			{Line: 44, Sample: "1-16-02223", Item: "Pb", Raw: "-107", Unit: "ppb", MeasuredOn: "2016-10-13", Kind: Sample,
				Fault: &Fault{Code: "flagged", ZH: "仪器对该结果作了标记（L）", EN: "the instrument marked the result (L)"}}},
		"utf8-bom-cr-only.txt": {
			{Line: 10, Sample: "8927", Item: "MCV", Raw: "79.7", Value: "79.7", MeasuredOn: "2012-05-09", Kind: Sample}},
		"shimadzu-lc2040c.txt": {
			{Line: 19, Sample: "QC PREP B", Item: "CBDA - cannabidiolic acid", Raw: "0.029", Value: "0.029", MeasuredOn: "2016-10-17", Kind: QC}},
		"cr-only-records.csv": {
			{Line: 6, Sample: "000003R0", Item: "Mn", Raw: "114.9652327", Value: "114.9652327", Unit: "mmol/L", MeasuredOn: "2018-07-26", Kind: Sample}},
		"xrf-report.txt": {
			{Line: 3, Sample: "DU-0001", Item: "Na2O", Raw: "0.34114", Value: "0.34114", Unit: "%", MeasuredOn: "2024-04-16", Kind: Sample}},
		"perkinelmer-lactoscope.xlsx": {
			{Line: 3, Sample: "H23-04844", Item: "Freezing point depression", Raw: "531", Unit: "m°C", MeasuredOn: "2023-06-13", Kind: Sample,
				Fault: &Fault{Code: "flagged", ZH: "仪器警告（Out of range）", EN: "the instrument warns (Out of range)"}}},
	}
	for file, want := range tests {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			rows := mustRead(t, sharedFile(t, file), "").Rows
			for _, w := range want {
				var got []Row
				for _, r := range rows {
					if r.Line == w.Line && r.Item == w.Item {
						got = append(got, r)
					}
				}
				if diff := cmp.Diff([]Row{w}, got); diff != "" {
					t.Errorf("%s line %d (-want +got)\n%s", file, w.Line, diff)
				}
			}
		})
	}
}

func TestExportsOfOtherKindsAreRefusedWithTheKnownProfiles(t *testing.T) {
	t.Parallel()
	const file = "README.md"
	_, err := Read(sharedFile(t, file), file, "")
	if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "hach-dr3900") {
		t.Errorf("%s: %v, want a refusal that names the file and the known profiles", file, err)
	}
}

func encoded(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

// TestTwinsGiveTheSameRows reads the same text in other encodings and with other line ends.
func TestTwinsGiveTheSameRows(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"hach-dr3900-utf8.csv", "hach-dr3900-duplicate-id.csv", "hach-dr3900-no-result.csv", "foss-fiastar.csv", "seal-aq2.csv",
		"panalytical-axios.csv", "rigaku-supermini.csv", "thermo-gallery.tsv", "thermo-gallery-text-named.xls",
		"agilent-masshunter-quant.csv", "varian-vistapro-icp.csv", "foss-winescan-latin1.csv", "cr-only-records.csv",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			content := sharedFile(t, file)
			want := mustRead(t, content, "")
			text, _, err := Decode(content)
			if err != nil {
				t.Fatal(err)
			}
			// A Chinese laboratory's name above the table, so that GBK has something to encode.
			text = addLine(t, text, want.Profile)
			want = mustRead(t, []byte(text), "")
			unix := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
			twins := []struct {
				name, encoding string
				content        []byte
			}{
				{"GB 18030", "GB", encoded(t, simplifiedchinese.GB18030, text)},
				{"UTF-16BE", "UTF-16BE", encoded(t, utf.UTF16(utf.BigEndian, utf.UseBOM), text)},
				{"UTF-16LE", "UTF-16LE", encoded(t, utf.UTF16(utf.LittleEndian, utf.UseBOM), text)},
				{"UTF-16BE without mark", "UTF-16BE", encoded(t, utf.UTF16(utf.BigEndian, utf.IgnoreBOM), text)},
				{"UTF-16LE without mark", "UTF-16LE", encoded(t, utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), text)},
				{"UTF-8 with mark", "UTF-8", []byte("\xef\xbb\xbf" + text)},
				{"CR", "UTF-8", []byte(strings.ReplaceAll(unix, "\n", "\r"))},
				{"CR LF", "UTF-8", []byte(strings.ReplaceAll(unix, "\n", "\r\n"))},
				{"the end mark of DOS", "UTF-8", []byte(unix + "\x1a")},
				{"no last line end", "UTF-8", []byte(strings.TrimRight(unix, "\n"))},
			}
			if gbk, err := simplifiedchinese.GBK.NewEncoder().String(text); err == nil { // SiO₂ is not in GBK
				twins = append(twins, twins[0])
				twins[len(twins)-1].name, twins[len(twins)-1].content = "GBK", []byte(gbk)
			}
			for _, twin := range twins {
				got := mustRead(t, twin.content, "")
				name := twin.name
				if !strings.HasPrefix(got.Encoding, twin.encoding) {
					t.Errorf("%s as %s is taken for %s", file, name, got.Encoding)
				}
				if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
					t.Errorf("%s as %s (-want +got)\n%s", file, name, diff)
				}
			}
		})
	}
}

// addLine puts a Chinese line into the text where the profile has a preamble, else a Chinese sample into the data.
func addLine(t testing.TB, text, profile string) string {
	t.Helper()
	switch profile {
	case "hach-dr3900":
		return strings.Replace(text, "DU-0001", "样品一号", 1)
	case "panalytical-axios":
		return strings.Replace(text, "ESFERA CINZA", "济南市长清区市场监督管理局", 1)
	}
	for _, name := range []string{"V15-024828", "BOG - 1,", "BOG652", "28839", "5082", "H2O-0001", "A00035524001", "AR-01176-01", "000003R0"} {
		if strings.Contains(text, name) {
			return strings.Replace(text, strings.TrimSuffix(name, ","), "样品一号"+strings.TrimSuffix(name, ","), 1)
		}
	}
	t.Fatalf("no sample to rename in a file of %s", profile)
	return ""
}

func TestTheTwinsThatInstrumentsWroteGiveTheSameRows(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"hach-dr3900-utf8.csv":  "hach-dr3900-utf16.csv",
		"agilent-aas-over.xlsx": "agilent-aas-over-utf16.csv",
	} {
		x, y := mustRead(t, sharedFile(t, a), ""), mustRead(t, sharedFile(t, b), "")
		if diff := cmp.Diff(x.Rows, y.Rows); diff != "" {
			t.Errorf("%s and %s differ (-first +second)\n%s", a, b, diff)
		}
	}
}
