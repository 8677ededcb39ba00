package instrumentfile

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"hengjian/internal/measure"
)

const (
	sign    = `^(?:[<>≤≥]|<=|>=)? *`
	times10 = `(?: *[×xX*] *10 *\^?[-+]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*)?`
	plus    = `(?: *(?:±|\+/-) *\d+(?:\.\d+)?)?`
	unit    = ` *[%‰°℃\pL²³· -]*`
	portion = `(?: */ *\d* *[\pL²³]+[23]?)*` // of a unit: /100g, /25cm2
	remark  = `(?: *\([^()]{1,100}\))?`      // behind a value: (检出限:0.01mg/kg)
)

var (
	// plainNumber is a number with any decimal sign.
	plainNumber = regexp.MustCompile(sign + `[+-]?[\d.,]*\d[\d.,]*$`)
	// qualified is a number with or without < or >, with one decimal point at most.
	qualified = regexp.MustCompile(`^([<>≤≥]|<=|>=)? *([+-]?)(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)
	// words are results without a number.
	words = regexp.MustCompile(`(?i)^(?:n\.?d\.?|not detected|detected|negative|positive|absent|present|tntc` +
		`|< *lod|< *loq|未检出|未检测到|检出|不得检出|阴性|阳性|多不可计|低于检出限|低于定量限)` + portion + remark + `$`)
	// outOfRange are marks that an instrument writes instead of a number that it could not measure.
	outOfRange = regexp.MustCompile(`(?i)^(?:(?:over|under)(?:[ -]?(?:range|flow|load))?|ovr|ovf|out of range|saturated` +
		`|sat|high|low|hi|lo|超量程|超出量程|超范围|超限|\*{2,}|\+{2,}|#{2,}|>{2,}|<{2,})$`)
	// written is a value as people write it; several are parted by one of the separators.
	written = regexp.MustCompile(sign + `\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?` + times10 + plus + unit + portion +
		remark + `$`)
	separator = regexp.MustCompile(`[;；、,，\n]`)
	// thousands is a number whose commas may all part thousands.
	thousands = regexp.MustCompile(sign + `[+-]?[1-9]\d{0,2}(?:,\d{3})+$`)
)

// settleNumbers reads the results of all rows.
func (b *builder) settleNumbers() {
	comma, known := b.decimalComma()
	for i := range b.rows {
		r := &b.rows[i]
		if r.Raw == "" {
			continue
		}
		folded := width.Fold.String(strings.ReplaceAll(r.Raw, "−", "-"))
		switch value, ok := b.read(folded, r.Raw, comma); {
		case outOfRange.MatchString(folded):
			r.refuse(overRange, "仪器示值超出量程（%s）", "the reading is out of the instrument's range (%s)", short(r.Raw))
		case !known && strings.Contains(folded, ","):
			r.refuse(ambiguousNumber, "无法确定“%s”中的逗号是小数点还是千位分隔符",
				"whether the comma of %s is the decimal sign cannot be told", short(r.Raw))
		case !ok:
			r.refuse(unreadable, "检验结果“%s”不是可识别的数值", "the result %s is not a number", short(r.Raw))
		default:
			r.Value = value
		}
	}
}

// decimalComma decides whether the file writes a decimal comma; known is false when it cannot be told. A comma that
// may part thousands is no witness.
func (b *builder) decimalComma() (comma, known bool) {
	if b.layout.Decimal != "either" {
		return b.layout.Decimal == "comma", true
	}
	var points, commas, doubtful bool
	for _, r := range b.rows {
		switch text := width.Fold.String(r.Raw); {
		case !plainNumber.MatchString(text):
		case thousands.MatchString(text):
			doubtful = true
		case strings.Contains(text, "."):
			points = true
		case strings.Contains(text, ","):
			commas = true
		}
	}
	if commas && points || doubtful && !commas && !points {
		return false, false
	}
	return commas, true
}

// read returns the reading with a decimal point and ASCII digits.
func (b *builder) read(folded, raw string, comma bool) (string, bool) {
	if words.MatchString(folded) {
		return folded, true
	}
	number := folded
	if comma {
		if strings.Contains(number, ".") {
			return "", false
		}
		number = strings.Replace(number, ",", ".", 1)
	}
	if m := qualified.FindStringSubmatch(number); m != nil {
		digits := strings.TrimSuffix(m[3], ".")
		if digits[0] == '.' {
			digits = "0" + digits
		}
		if _, err := measure.ParseDecimal(m[2] + digits + m[4]); err != nil {
			return "", false
		}
		return m[1] + m[2] + digits + m[4], true
	}
	if !b.layout.Text {
		return "", false
	}
	for _, part := range separator.Split(strings.TrimRight(folded, ";；、,，"), -1) {
		if part = strings.TrimSpace(part); !written.MatchString(part) && !words.MatchString(part) {
			return "", false
		}
	}
	return raw, true
}

// number is the result in a cell. In a workbook the shown text may be rounded: then the stored number holds. ok is
// false when the two are not the same number (a percentage, a date).
func (c cell) number() (text string, ok bool) {
	if c.stored == "" {
		return c.text, true
	}
	stored, err := measure.ParseDecimal(c.stored)
	if err != nil {
		return c.text, false
	}
	shown, err := measure.ParseDecimal(strings.ReplaceAll(c.text, ",", ""))
	if err != nil {
		return c.text, false
	}
	exact := significant(stored)
	if shown.Equal(exact) {
		return shown.String(), true
	}
	last := measure.MustDecimal(fmt.Sprintf("1e-%d", min(shown.Decimals(), 40)))
	off := exact.Sub(shown).Abs()
	return exact.String(), off.Add(off).Cmp(last) <= 0
}

// significant takes away the digits beyond the 15 that a workbook's binary numbers carry: 3.8 is stored as
// 3.7999999999999998.
func significant(d measure.Decimal) measure.Decimal {
	const carried = 15
	text := strings.TrimLeft(strings.ReplaceAll(d.Abs().String(), ".", ""), "0")
	extra := len(text) - carried
	if extra <= 0 || d.Decimals() == 0 {
		return d
	}
	places := d.Decimals() - extra
	if places < 0 || places > 40 {
		return d
	}
	rounded, err := measure.Round(d, measure.MustDecimal(fmt.Sprintf("1e-%d", places)))
	if err != nil {
		return d
	}
	plain := rounded.String()
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	if plain, err := measure.ParseDecimal(plain); err == nil {
		return plain
	}
	return d
}
