package standards

import (
	"fmt"
	"regexp"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// portionUnit is "found in this much of the sample" (/10g, /件) or a count in it: known only as equal to itself, since
// nothing in 1 g does not say nothing in 25 g.
var portionUnit = regexp.MustCompile(`^(?:CFU|MPN|个)?/(?:[1-9]\d{0,4})?(?:g|mL|cm2|dm2|L|kg|件|份|个|只|皿)$`)

// readUnit gives the one spelling of a unit. "" and "/" are no unit; a text that is no unit at all is refused.
func readUnit(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "/" {
		return "", nil
	}
	u := measure.NormalUnit(s)
	if measure.KnownUnit(s) || portionUnit.MatchString(u) {
		return u, nil
	}
	return "", unreadable("unit_unknown", fmt.Sprintf("不认识的单位“%s”", clip(s)), fmt.Sprintf("unknown unit %q", clip(s)))
}

// inUnit gives v of one unit in another. A unit on one side only is refused: to guess it would be to guess the verdict.
func inUnit(v measure.Decimal, from, to string) (measure.Decimal, error) {
	if from == to {
		return v, nil
	}
	if from == "" {
		return v, unreadable("unit_missing", fmt.Sprintf("检验结果没有单位，限量单位为 %s，不能比较", to),
			fmt.Sprintf("the result has no unit while the limit is in %s", to))
	}
	if to == "" {
		return v, unreadable("unit_missing", fmt.Sprintf("检验结果单位为 %s，限量没有单位，不能比较", from),
			fmt.Sprintf("the result is in %s while the limit has no unit", from))
	}
	q, err := measure.Convert(measure.Quantity{Value: v, Unit: from}, to)
	if err != nil {
		return v, errs.New(errs.Invalid, "unit_mismatch",
			fmt.Sprintf("检验结果单位 %s 不能换算为限量单位 %s", from, to),
			fmt.Sprintf("%s cannot be converted to the limit's %s", from, to)).With(err)
	}
	return q.Value, nil
}

// samePortion says whether a finding in words, such as 未检出/25g, speaks of the portion that the limit asks for. A word
// without a unit was reported under the method, which prescribes the portion.
func samePortion(found, wanted string) bool {
	if found == "" || wanted == "" || found == wanted {
		return true
	}
	_, err := measure.Convert(measure.Quantity{Unit: found}, wanted)
	return err == nil
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
