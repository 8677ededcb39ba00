package procedure

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// classParameter is what a procedure calls the parameter that is the accuracy class of the instrument.
const classParameter = "accuracy_class"

// symbol is what people write beside a number, such as Max or e; other names of parameters are codes.
var symbol = regexp.MustCompile(`^[A-Za-z]{1,3}$`)

// Class is an accuracy class in the procedure's own spelling: Ⅲ级 is III. Where none is told it is what the procedure takes
// for granted; asked is false when the procedure does not judge by a class.
func (d *Definition) Class(text string) (class string, asked bool) {
	n := slices.IndexFunc(d.Parameters, func(p Parameter) bool { return p.Name == classParameter && p.Kind == kindChoice })
	if n < 0 {
		return text, false
	}
	p := &d.Parameters[n]
	if text = strings.TrimSpace(text); text == "" {
		return p.Default, true
	}
	return p.choice(text), true
}

// ClassOf is the accuracy class that the parameters of an instrument have it judged by; "" when there is none.
func (d *Definition) ClassOf(parameters map[string]json.RawMessage) string {
	text := ""
	if cell := parameters[classParameter]; !blank(cell) {
		var err error
		if text, err = textCell(cell); err != nil {
			return ""
		}
	}
	class, _ := d.Class(text)
	return class
}

// ParameterWords are the parameters that were given for an instrument as a certificate states them, in the procedure's
// order: 最大秤量Max=15 kg. What is wrong with one is told by Evaluate; here it stands as it was given.
func (d *Definition) ParameterWords(parameters map[string]json.RawMessage) []string {
	words := []string{}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if cell := parameters[p.Name]; !blank(cell) {
			words = append(words, p.words(cell, d.unitOf(p, parameters)))
		}
	}
	return words
}

// unitOf is the unit of a parameter: its own, else the one common to the parameters, else the procedure's.
func (d *Definition) unitOf(p *Parameter, parameters map[string]json.RawMessage) string {
	switch p.Kind {
	case kindQuantity, kindList, kindIntervals:
	default:
		return p.Unit
	}
	for _, name := range []string{p.Name + "_unit", "unit"} {
		if unit, err := textCell(parameters[name]); err == nil && unit != "" {
			return unit
		}
	}
	return d.Unit
}

func (p *Parameter) words(cell json.RawMessage, unit string) string {
	text, err := textCell(cell)
	if err != nil {
		text = string(cell)
	}
	switch p.Kind {
	case kindChoice:
		text = p.choice(text)
	case kindBoolean:
		text = cellZH(readTruth, text)
	case kindIntervals:
		if list, err := intervalCell(cell); err == nil {
			return p.Title.ZH + "：" + intervalWords(list, unit)
		}
	}
	if symbol.MatchString(p.Name) {
		return p.Title.ZH + p.Name + "=" + withUnit(text, unit)
	}
	return p.Title.ZH + "：" + withUnit(text, unit)
}

// intervalWords: 至2000 g为1 g，至5000 g为2 g.
func intervalWords(list []interval, unit string) string {
	parts := make([]string, len(list))
	for i, r := range list {
		parts[i] = "至" + withUnit(plain(r.max), unit) + "为" + withUnit(plain(r.e), unit)
	}
	return strings.Join(parts, "，")
}
