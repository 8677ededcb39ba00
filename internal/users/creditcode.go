package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"hengjian/internal/errs"
)

// codeAlphabet is the character set of the unified social credit code 统一社会信用代码 (GB 32100-2015): no I, O, S, V, Z.
// A character's value is its place. The organisation code inside (GB 11714) counts A to Z as 10 to 35.
const (
	codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	codeLength   = 18
)

// The weights of the two check characters: 3^(i-1) mod 31 of GB 32100-2015, and those of GB 11714.
var (
	codeWeights         = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// CheckCreditCode tells what is wrong with a unified social credit code (GB 32100-2015), nil when nothing is. The
// organisation code inside has a check character of its own (GB 11714); codes of self-employed households (92…) may
// fail that one and are accepted: see OrganisationCodeHolds.
func CheckCreditCode(code string) error {
	if utf8.RuneCountInString(code) != codeLength {
		return badCode("credit_code_length", "统一社会信用代码应为18位", "a unified social credit code has 18 characters")
	}
	if i := strings.IndexFunc(code, func(r rune) bool { return !strings.ContainsRune(codeAlphabet, r) }); i >= 0 {
		return badCode("credit_code_character", fmt.Sprintf("统一社会信用代码第%d位的字符不允许使用", i+1),
			fmt.Sprintf("character %d is not one that a unified social credit code may hold", i+1))
	}
	if strings.Trim(code[2:8], "0123456789") != "" {
		return badCode("credit_code_division", "统一社会信用代码第3至8位（行政区划）应为数字",
			"characters 3 to 8, the administrative division, must be digits")
	}
	if code[17] != codeCheck(code) {
		return badCode("credit_code_check", "统一社会信用代码的校验码不正确", "the check character of the code does not match")
	}
	if !OrganisationCodeHolds(code) && !strings.HasPrefix(code, "92") {
		return badCode("credit_code_organisation", "统一社会信用代码中组织机构代码的校验码不正确",
			"the check character of the organisation code within does not match")
	}
	return nil
}

func badCode(code, zh, en string) error { return errs.New(errs.Invalid, code, zh, en) }

// OrganisationCodeHolds tells whether the organisation code within an 18-character credit code has the right check
// character (GB 11714). For a self-employed household a mismatch is a warning, nothing more.
func OrganisationCodeHolds(code string) bool {
	return len(code) == codeLength && code[16] == organisationCheck(code[8:16])
}

// codeCheck computes character 18 of the code's first 17.
func codeCheck(code string) byte {
	sum := 0
	for i, weight := range codeWeights {
		sum += weight * strings.IndexByte(codeAlphabet, code[i])
	}
	return codeAlphabet[(31-sum%31)%31]
}

// organisationCheck computes the ninth character of an organisation code of 8 characters.
func organisationCheck(code string) byte {
	sum := 0
	for i, weight := range organisationWeights {
		sum += weight * organisationValue(code[i])
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + check)
	}
}

func organisationValue(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}

// CreditCode makes the valid but invented code number serial of a company (91) in a division of six digits. Its
// organisation code begins with YY, far from those that are allotted to real companies. It repeats after 31^6 serials.
// A division of another length has no codes: "".
func CreditCode(serial int, division string) string {
	if len(division) != 6 {
		return ""
	}
	organisation := []byte("YY000000")
	for i, n := len(organisation)-1, uint(serial); i >= 2; i, n = i-1, n/31 {
		organisation[i] = codeAlphabet[n%31]
	}
	code := "91" + division + string(organisation)
	code += string(organisationCheck(string(organisation)))
	return code + string(codeCheck(code))
}

// CreditCodeLine answers one line of the calculator: {"code":"…"} gives {"valid":true}, or
// {"valid":false,"reason":"…"}. A line that is not such an object is an error.
func CreditCodeLine(line []byte) ([]byte, error) {
	var in struct {
		Code *string `json:"code"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return nil, errs.New(errs.Invalid, "bad_line", "输入行不是有效的JSON对象", "the line is not a JSON object").With(err)
	}
	if in.Code == nil {
		return nil, errs.New(errs.Invalid, "bad_line", "输入行缺少code", "the line has no code")
	}
	out := struct {
		Valid  bool   `json:"valid"`
		Reason string `json:"reason,omitempty"`
	}{Valid: true}
	if e, bad := errors.AsType[*errs.Error](CheckCreditCode(*in.Code)); bad {
		out.Valid, out.Reason = false, e.ZH+" / "+e.EN
	}
	return json.Marshal(out)
}
