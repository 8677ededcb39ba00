package users

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"hengjian/internal/errs"
)

func TestCheckCreditCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, want string }{
		{"91330100799655058B", ""},
		{"91440300708461136T", ""},
		{"91110000802100433B", ""},
		{"914403001922038216", ""},
		{"9144030071526726XG", ""}, // organisation code ends in X
		{"911100007109250324", ""},
		{"91110000710933809D", ""},
		{"91350100M000100Y43", ""},
		{"91110108551385082Q", ""},
		{"91330100799655058C", "credit_code_check"},
		{"91440300729865614P", "credit_code_check"},
		{"91110108717809965C", "credit_code_check"},
		{"91110105MA0118XG3J", "credit_code_check"},
		{"914403007192068994", "credit_code_check"},
		{"9133010079965505OB", "credit_code_character"},
		{"91330100799655058b", "credit_code_character"},
		{"9133010079965505９B", "credit_code_character"}, // a full-width digit
		{"9133010079965505", "credit_code_length"},
		{"", "credit_code_length"},
		{"370113600001234", "credit_code_length"}, // a 15-digit licence number is no credit code
		{"91A30100799655058B", "credit_code_division"},
		{withCheck("91330100799655059"), "credit_code_organisation"},
		{withCheck("92330100799655059"), ""}, // self-employed household
	} {
		if got := codeOf(CheckCreditCode(c.code)); got != c.want {
			t.Errorf("CheckCreditCode(%q) = %q, want %q", c.code, got, c.want)
		}
	}
	if code := withCheck("92330100799655059"); OrganisationCodeHolds(code) {
		t.Errorf("OrganisationCodeHolds(%q) = true, want the mismatch told", code)
	}
}

func withCheck(code string) string { return code + string(codeCheck(code)) }

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Code
	}
	return err.Error()
}

func TestCreditCodeVectors(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../shared/vectors/uscc.csv")
	if err != nil {
		t.Skipf("the published vectors are not at ../shared: %v", err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 10 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if err := CheckCreditCode(row[0]); (err == nil) != (row[1] == "Y") {
			t.Errorf("CheckCreditCode(%q) = %v, want valid %s (%s)", row[0], err, row[1], row[2])
		}
	}
}

// Every check digit must be able to fail: changing any one character of a valid code makes it invalid.
func TestCreditCodeFindsEverySingleError(t *testing.T) {
	t.Parallel()
	const good = "91330100799655058B"
	for i := range good {
		for _, c := range []byte(codeAlphabet) {
			bad := good[:i] + string(c) + good[i+1:]
			if bad != good && CheckCreditCode(bad) == nil {
				t.Errorf("CheckCreditCode(%q) = nil, want the error at character %d found", bad, i+1)
			}
		}
	}
}

func TestCreditCodeInvented(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for serial := range 2000 {
		code := CreditCode(serial, "370113")
		if err := CheckCreditCode(code); err != nil || !OrganisationCodeHolds(code) {
			t.Fatalf("CreditCode(%d) = %q: %v", serial, code, err)
		}
		if other, twice := seen[code]; twice {
			t.Fatalf("CreditCode(%d) = CreditCode(%d) = %q", serial, other, code)
		}
		seen[code] = serial
	}
	for _, serial := range []int{-1, 1 << 40} {
		if code := CreditCode(serial, "370113"); CheckCreditCode(code) != nil {
			t.Errorf("CreditCode(%d) = %q, not valid", serial, code)
		}
	}
	if code := CreditCode(1, "3701"); code != "" {
		t.Errorf("CreditCode(1, 3701) = %q, want none", code)
	}
}

func TestCreditCodeLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want string // "" is an error
	}{
		{`{"code":"91330100799655058B"}`, `{"valid":true}`},
		{`{"code":"9133010079965505","why":"short"}`,
			`{"valid":false,"reason":"统一社会信用代码应为18位 / a unified social credit code has 18 characters"}`},
		{`{"code":""}`, `{"valid":false,"reason":"统一社会信用代码应为18位 / a unified social credit code has 18 characters"}`},
		{`{"cod":"91330100799655058B"}`, ""},
		{`{"code":null}`, ""},
		{`{"code":913301007996550581}`, ""},
		{`"91330100799655058B"`, ""},
		{`{"code":"91330100799655058B"`, ""},
		{``, ""},
	} {
		got, err := CreditCodeLine([]byte(c.line))
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("CreditCodeLine(%s) = %s, %v, want %s", c.line, got, err, c.want)
		}
	}
}

func FuzzCreditCodeLine(f *testing.F) {
	f.Add([]byte(`{"code":"91330100799655058B"}`))
	f.Add([]byte(`{"code":"91330100\u0000996550５8"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		out, err := CreditCodeLine(line)
		if err == nil && !json.Valid(out) {
			t.Errorf("CreditCodeLine(%q) = %q, no JSON", line, out)
		}
	})
}
