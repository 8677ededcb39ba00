package procedure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"hengjian/internal/measure"
)

// Cells are JSON as it was sent: numbers are read from their digits, never through float64.

// String is a value as text, as it is printed.
func (v value) String() string {
	switch v.kind {
	case numberKind:
		return v.number.String()
	case truthKind:
		return fmt.Sprint(v.truth)
	case textKind:
		return v.text
	}
	parts := make([]string, len(v.list))
	for i, d := range v.list {
		parts[i] = d.String()
	}
	return strings.Join(parts, ", ")
}

// blank tells whether a cell says nothing: absent, null or an empty text.
func blank(raw json.RawMessage) bool {
	text := string(bytes.TrimSpace(raw))
	return text == "" || text == "null" || text == `""`
}

// textCell reads a text, or a number as its digits.
func textCell(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	var text string
	if len(raw) > 0 && raw[0] == '"' {
		err := json.Unmarshal(raw, &text)
		return strings.TrimSpace(text), err
	}
	if len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		return string(raw), nil
	}
	text = short(string(raw))
	return "", undefined(fmt.Sprintf("“%s”不是文字或数值", text), fmt.Sprintf("%q is neither text nor number", text))
}

func numberCell(raw json.RawMessage) (measure.Decimal, error) {
	text, err := textCell(raw)
	if err != nil {
		return measure.Decimal{}, err
	}
	return measure.ParseDecimal(text)
}

// truthCell reads true or false, also as a text, and nothing else.
func truthCell(raw json.RawMessage) (bool, error) {
	switch string(bytes.TrimSpace(raw)) {
	case "true", `"true"`:
		return true, nil
	case "false", `"false"`:
		return false, nil
	}
	return false, undefined("须为 true 或 false", "it must be true or false")
}

// listCell reads ["0.4","0.8"], or the text "0.4,0.8".
func listCell(raw json.RawMessage) ([]measure.Decimal, error) {
	var cells []json.RawMessage
	if json.Unmarshal(raw, &cells) != nil {
		text, err := textCell(raw)
		if err != nil {
			return nil, err
		}
		for part := range strings.FieldsFuncSeq(text, separatesParts) {
			cells = append(cells, quoted(part))
		}
	}
	if len(cells) == 0 || len(cells) > maxList {
		return nil, undefined(fmt.Sprintf("须为1至%d个数值", maxList), fmt.Sprintf("it must be 1 to %d numbers", maxList))
	}
	list := make([]measure.Decimal, len(cells))
	for i, cell := range cells {
		var err error
		if list[i], err = numberCell(cell); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// maxIntervals bounds the partial ranges of an instrument.
const maxIntervals = 10

// intervalCell reads [{"max":"2000","e":"1"},…], also within a text, as a form sends it, and 2000/1，15000/5.
func intervalCell(raw json.RawMessage) ([]interval, error) {
	if text, err := textCell(raw); err == nil {
		raw = json.RawMessage(text)
	}
	var err error
	cells := shortIntervals(string(raw))
	if cells == nil {
		err = errors.Join(json.Unmarshal(raw, &cells), uniqueKeys(raw))
	}
	if err != nil || len(cells) == 0 || len(cells) > maxIntervals {
		return nil, undefined(`须写作 6/0.002，15/0.005（最大秤量/分度值），或 [{"max":"…","e":"…"}]`,
			`it must be like 6/0.002, 15/0.005 (max/e), or [{"max":"…","e":"…"}]`)
	}
	list := make([]interval, len(cells))
	var before interval
	for i, cell := range cells {
		upper, errMax := numberCell(cell["max"])
		e, errE := numberCell(cell["e"])
		if err := errors.Join(errMax, errE); err != nil || len(cell) != 2 {
			return nil, undefined(`每个区间须为 {"max":"…","e":"…"}`, `each interval must be {"max":"…","e":"…"}`)
		}
		if upper.Cmp(before.max) <= 0 || e.Cmp(before.e) <= 0 {
			return nil, undefined("各区间的最大秤量和分度值须大于零且逐个增大", "max and e of the intervals must be above zero and ascend")
		}
		before = interval{upper, e}
		list[i] = before
	}
	return list, nil
}

// shortIntervals reads intervals as people write them, 6/0.002，15/0.005; nil when the text is something else.
func shortIntervals(text string) (cells []map[string]json.RawMessage) {
	for part := range strings.FieldsFuncSeq(text, separatesParts) {
		upper, e, ok := strings.Cut(part, "/")
		if !ok {
			return nil
		}
		cells = append(cells, map[string]json.RawMessage{"max": quoted(upper), "e": quoted(e)})
	}
	return cells
}

// separatesParts tells the signs that stand between the numbers of a list.
func separatesParts(r rune) bool { return strings.ContainsRune(",，、;； ", r) }

// objectCell reads an object of cells.
func objectCell(raw json.RawMessage) (map[string]json.RawMessage, error) {
	var cells map[string]json.RawMessage
	if err := json.Unmarshal(raw, &cells); err != nil || cells == nil {
		return nil, undefined("不是由各列组成的对象", "it is not an object of columns")
	}
	return cells, nil
}

// uniqueKeys refuses JSON in which an object has a key twice: encoding/json would silently take the last.
func uniqueKeys(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var open []map[string]bool // of each object around; nil for an array
	key := false               // the next text is a key
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && len(open) == 0:
			return nil
		case err != nil:
			return err
		}
		delim, isDelim := t.(json.Delim)
		switch {
		case isDelim && (delim == '{' || delim == '['):
			open = append(open, map[string]bool{})
			if delim == '[' {
				open[len(open)-1] = nil
			}
		case isDelim:
			open = open[:len(open)-1]
		case key:
			name, _ := t.(string)
			if open[len(open)-1][name] {
				return undefined(fmt.Sprintf("“%s”重复出现", short(name)), fmt.Sprintf("%q stands twice", short(name)))
			}
			open[len(open)-1][name] = true
			key = false
			continue
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}
