package instrumentfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestShapesOfTables reads invented files in the shapes that the shipped profiles declare.
func TestShapesOfTables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, profile, content string
		want                   []string
	}{
		{"a column for each item, units below", "rigaku-supermini",
			",,,,CaO,,As\n,,,,mass%,,ppm\nX1  ,M,1.0,2026/11/03 14:33,1.5,,2\nX2,M,1.0,2026/11/04 09:00,,,-3\nAverage,,,,1.5,,2\n",
			[]string{"3 X1 CaO 1.5→1.5 mass% 2026-11-03 sample", "3 X1 As 2→2 ppm 2026-11-03 sample",
				"4 X2 CaO → mass% 2026-11-04 sample !missing_result", "4 X2 As -3→-3 ppm 2026-11-04 sample",
				"5 Average CaO 1.5→1.5 mass%  statistic", "5 Average As 2→2 ppm  statistic"}},
		{"a group of columns for each item", "agilent-masshunter-quant",
			"Sample,,,,A Method,A Results,,B Results,,Q (1 -> 2) Results,\n" +
				",Name,Type,Acq. Date-Time,Exp. Conc.,RT,Final Conc.,RT,Final Conc.,Ratio,MI\n" +
				"!,X1,Sample,11/28/2026 1:05 AM,,9.9,0.5,8.8,0.6,3,F\n,B1,Blank,11/28/2026 1:25 AM,,9.9,0.01,8.8,ND,3,F\n",
			[]string{"3 X1 A 0.5→0.5  2026-11-28 sample", "3 X1 B 0.6→0.6  2026-11-28 sample",
				"4 B1 A 0.01→0.01  2026-11-28 blank", "4 B1 B ND→ND  2026-11-28 blank"}},
		{"a group of columns with its unit", "xrf-oxides",
			"\t\t\t\tSiO2\t\tCaO\t\nNr\tIdent\tSeq\tTime\tC\tUnit\tC\tUnit\n" +
				"1\tX1\t1 of 1\t16-Apr-2026 13:00:04\t36.1\t%\t38.2\tppm\n2\t??\tAve of 1\t\t36.1\t%\t38.2\tppm\n",
			[]string{"3 X1 SiO2 36.1→36.1 % 2026-04-16 sample", "3 X1 CaO 38.2→38.2 ppm 2026-04-16 sample",
				"4 ?? SiO2 36.1→36.1 %  statistic", "4 ?? CaO 38.2→38.2 ppm  statistic"}},
		{"items with units in the header", "perkinelmer-lactoscope",
			"Sample ID,Date/Time of Analysis,Predicted Fat % m/m,Predicted pH -,Lab,Warning\nX1,2026-11-03 08:00:00,3.9,6.5,No,\nX2,2026-11-03 08:01:00,9.9,6.5,No,Out of range\n",
			[]string{"2 X1 Fat 3.9→3.9 % m/m 2026-11-03 sample", "2 X1 pH 6.5→6.5 - 2026-11-03 sample",
				"3 X2 Fat 9.9→ % m/m 2026-11-03 sample !flagged", "3 X2 pH 6.5→ - 2026-11-03 sample !flagged"}},
		{"sections that are ranges", "agilent-aas",
			"Worksheet,W1\nDate départ,03.11.26 23:25\n\nMethod: Au range 1\nX1,OVER,,mg/L\nX2,1.5,,mg/L\nX3,2.5,,mg/L\n\nMethod: Au range 2\nX1,9.1,,mg/L\nX3,2.6,,mg/L\nMethod: Ag range 1\nX1,OVER,,mg/L\n",
			[]string{"5 X1 Au OVER→ mg/L 2026-11-03 sample !over_range", "6 X2 Au 1.5→1.5 mg/L 2026-11-03 sample",
				"7 X3 Au 2.5→ mg/L 2026-11-03 sample !duplicate", "10 X1 Au 9.1→9.1 mg/L 2026-11-03 sample",
				"11 X3 Au 2.6→ mg/L 2026-11-03 sample !duplicate", "13 X1 Ag OVER→ mg/L 2026-11-03 sample !over_range"}},
		{"sections with a header each", "shimadzu-lc",
			"ID#\t1\nName\tCBD\n\tData Filename\tSample Name\tSample Type\tConc.\tQC Check Results\tDate Acquired\n" +
				"1\ta.lcd\tX1\tUnknown\t1.5\t\t11/28/2026 7:55:06 PM\n\tAverage\t\t\t1.5\t\t\n\nID#\t2\nName\tTHC\n" +
				"\tData Filename\tSample Name\tSample Type\tConc.\tQC Check Results\tDate Acquired\n1\ta.lcd\tX1\tUnknown\t-----\t\t11/28/2026 7:55:06 PM\n",
			[]string{"4 X1 CBD 1.5→1.5  2026-11-28 sample", "5  CBD 1.5→1.5   statistic",
				"10 X1 THC -----→  2026-11-28 sample !unreadable_number"}},
		{"a sample for several lines", "mettler-dl55",
			"1\tX1\t2026-11-03 08:00:00\tR1 =\t7.1\tpH\tpH\n\t\t\tR2 =\tNaN\tmS/m\tEC\n2\tX2\t2026-11-04 08:00:00\tR1 =\t7.2\tpH\tpH\n",
			[]string{"1 X1 pH 7.1→7.1 pH 2026-11-03 sample", "2 X1 EC NaN→ mS/m 2026-11-03 sample !unreadable_number",
				"3 X2 pH 7.2→7.2 pH 2026-11-04 sample"}},
		{"whole lines quoted", "hach-dr3900",
			"\"DR3900 ,S/N 1\"\n\"Date:,Sample ID:,Result,Unit,Name,Error\"\n\"2026/11/03 21:46:09,X1,  32.9,mg/L,SiO₂,\"\n\"2026/11/03 21:47:09,X2,  99.9,mg/L,SiO₂,E7\"\n",
			[]string{"3 X1 SiO₂ 32.9→32.9 mg/L 2026-11-03 sample", "4 X2 SiO₂ 99.9→ mg/L 2026-11-03 sample !flagged"}},
		{"a sample above the table", "panalytical-axios",
			"28/11/2026 10:15:44\nPANalytical\n\"Quantification of sample X1, dried\",\n\nAnalyte,Compound,Concentration,Unit,Calculation\n,formula,,,method\n" +
				"Na,Na2O,\"2,085\",%,Calculate\nP,P2O5,\"0,016\",%,Calculate\nH,H2O,\"7,790\",%,Fixed\n",
			[]string{"7 X1, dried Na2O 2,085→2.085 % 2026-11-28 sample", "8 X1, dried P2O5 0,016→0.016 % 2026-11-28 sample",
				"9 X1, dried H2O 7,790→ % 2026-11-28 sample !flagged"}},
		{"a table that ends", "shimadzu-gcms",
			"[Header]\nData File Name\tC:\\Data\\X1_2.qgd\n\n[MS Quantitative Results]\n# of IDs\t2\nID#\tName\tType\tConc.\tUnit\n1\tLinalool\tTarget\t0.34\tmg\n2\tGeraniol\tTarget\t\t\n\n[MC Peak Table]\n1\tx\ty\t9\tmg\n",
			[]string{"7 X1_2 Linalool 0.34→0.34 mg  sample", "8 X1_2 Geraniol →   sample !missing_result"}},
	}
	for _, tt := range tests {
		f, err := Read([]byte(tt.content), "", "")
		if err != nil || f.Profile != tt.profile {
			t.Errorf("%s: read as %q, %v; want %s", tt.name, f.Profile, err, tt.profile)
			continue
		}
		if diff := cmp.Diff(tt.want, toldAll(f.Rows)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestShapesThatMissSomethingAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ profile, content string }{
		"no units below":          {"rigaku-supermini", ",,,,CaO,,As\nX1,M,1.0,2026/11/03 14:33,1.5,,2\n"},
		"no group of results":     {"agilent-masshunter-quant", "A Method,,\nName,Type,Acq. Date-Time\nX1,Sample,11/28/2026 1:05 AM\n"},
		"nothing above":           {"agilent-masshunter-quant", "Name,Type,Acq. Date-Time,Final Conc.\nX1,Sample,11/28/2026 1:05 AM,1\n"},
		"no section":              {"agilent-aas", "Worksheet,W1\nX1,1.5,,mg/L\n"},
		"no column behind":        {"varian-vistapro", "Solution Label,Element,Units,Corr Con,Date\nX1,Mn,mg/L,1,28/11/2026\n"},
		"not the instrument":      {"hach-dr3900", "Other\nDate:,Sample ID:,Result,Unit,Name\n2026/11/03 21:46:09,X1,1,mg/L,Si\n"},
		"the header is far below": {"hengjian-results", strings.Repeat("x\n", topLines) + templateHeader + "S1,铅,1,mg/kg,\n"},
	} {
		if f, err := Read([]byte(tt.content), "", tt.profile); !isCode(err, notThis) {
			t.Errorf("%s: %v, %v, want a refusal", name, toldAll(f.Rows), err)
		}
	}
}
