package lims

import (
	"bytes"
	_ "embed" // the catalogue of fields
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// FieldKind says how a field of the sampling form is filled in and checked.
type FieldKind string

// The kinds of fields. A bool is "true" or "false", a date 2006-01-02, a decimal a plain number.
const (
	TextField    FieldKind = "text"
	DateField    FieldKind = "date"
	DecimalField FieldKind = "decimal"
	ChoiceField  FieldKind = "choice"
	BoolField    FieldKind = "bool"
)

// Choice is one value that a choice field may have.
type Choice struct {
	Key string `json:"key" yaml:"key"`
	ZH  string `json:"zh" yaml:"zh"`
	EN  string `json:"en" yaml:"en"`
}

// Condition holds when every field that it names has one of the values.
type Condition map[string][]string

// Field is one field of a sampling form. Path is its place in SamplingForm, such as sampled_unit.name or
// details.batch_number.
type Field struct {
	Path         string    `json:"path" yaml:"path"`
	Group        string    `json:"-" yaml:"group"`
	ZH           string    `json:"zh" yaml:"zh"`
	EN           string    `json:"en" yaml:"en"`
	Kind         FieldKind `json:"kind" yaml:"kind" enum:"text,date,decimal,choice,bool"`
	Required     bool      `json:"required" yaml:"required"`
	RequiredWhen Condition `json:"required_when,omitempty" yaml:"required_when"`
	OnlyWhen     Condition `json:"only_when,omitempty" yaml:"only_when"`
	Choices      []Choice  `json:"choices,omitempty" yaml:"-"`
	ChoiceList   string    `json:"-" yaml:"choices"`
	Max          int       `json:"max,omitempty" yaml:"max" doc:"characters"`
	Low          string    `json:"low,omitempty" yaml:"low"`
	High         string    `json:"high,omitempty" yaml:"high"`
	Pattern      string    `json:"pattern,omitempty" yaml:"pattern"`
	Future       bool      `json:"future,omitempty" yaml:"future" doc:"the date may lie in the future"`
	Personal     string    `json:"personal,omitempty" yaml:"personal" enum:"phone,id,name,address"`

	pattern *regexp.Regexp
}

// FieldGroup is a block of the printed form.
type FieldGroup struct {
	Key    string  `json:"key" yaml:"key"`
	ZH     string  `json:"zh" yaml:"zh"`
	EN     string  `json:"en" yaml:"en"`
	Fields []Field `json:"fields" yaml:"-"`
}

// Form is the catalogue of fields of one category, in the order of the printed form.
type Form struct {
	Category Category     `json:"category"`
	ZH       string       `json:"zh"`
	EN       string       `json:"en"`
	Groups   []FieldGroup `json:"groups"`
}

// FormFields returns the fields of a category's sampling form, from which the form is drawn and checked.
func FormFields(category Category) (Form, error) {
	form, ok := forms()[category]
	if !ok {
		return Form{}, unknownCategory(category)
	}
	return form, nil
}

func unknownCategory(c Category) error {
	var l errs.List
	l.Add("category", "choice", fmt.Sprintf("没有“%s”这一类别", short(string(c))),
		fmt.Sprintf("there is no category %q", short(string(c))))
	return l.Err()
}

// defaultMax bounds texts whose field names no bound.
const defaultMax = 200

//go:embed data/forms.yaml
var formsYAML []byte

var forms = sync.OnceValue(func() map[Category]Form {
	forms, err := readForms(formsYAML)
	if err != nil {
		panic("lims: forms.yaml: " + err.Error())
	}
	return forms
})

type formsFile struct {
	Groups  []FieldGroup        `yaml:"groups"`
	Choices map[string][]Choice `yaml:"choices"`
	Common  []Field             `yaml:"common"`
	Forms   map[Category]struct {
		ZH     string  `yaml:"zh"`
		EN     string  `yaml:"en"`
		Fields []Field `yaml:"fields"`
	} `yaml:"forms"`
}

func readForms(text []byte) (map[Category]Form, error) {
	var file formsFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	out := map[Category]Form{}
	for _, c := range Categories() {
		spec, ok := file.Forms[c]
		if !ok {
			return nil, fmt.Errorf("no form for %s", c)
		}
		form := Form{Category: c, ZH: spec.ZH, EN: spec.EN}
		fields, err := complete(file, slices.Concat(file.Common, spec.Fields))
		if err != nil {
			return nil, fmt.Errorf("form %s: %w", c, err)
		}
		for _, g := range file.Groups {
			g.Fields = slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.Group != g.Key })
			if len(g.Fields) > 0 {
				form.Groups = append(form.Groups, g)
			}
		}
		if got := len(form.all()); got != len(fields) {
			return nil, fmt.Errorf("form %s: %d fields stand in no group", c, len(fields)-got)
		}
		out[c] = form
	}
	return out, nil
}

// complete fills in choices and patterns, and refuses a catalogue that contradicts itself.
func complete(file formsFile, fields []Field) ([]Field, error) {
	byPath := map[string]Field{}
	for i, f := range fields {
		if _, twice := byPath[f.Path]; twice {
			return nil, fmt.Errorf("field %s stands twice", f.Path)
		}
		if f.Kind == ChoiceField {
			if f.Choices = file.Choices[f.ChoiceList]; len(f.Choices) == 0 {
				return nil, fmt.Errorf("field %s: no choices %q", f.Path, f.ChoiceList)
			}
		}
		if f.Kind == TextField && f.Max == 0 {
			f.Max = defaultMax
		}
		if f.Pattern != "" {
			var err error
			if f.pattern, err = regexp.Compile(f.Pattern); err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Path, err)
			}
		}
		fields[i], byPath[f.Path] = f, f
	}
	for _, f := range fields {
		for _, c := range []Condition{f.RequiredWhen, f.OnlyWhen} {
			if err := c.agrees(byPath); err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Path, err)
			}
		}
	}
	return fields, nil
}

// agrees tells whether a condition names fields that exist and values that they can have.
func (c Condition) agrees(fields map[string]Field) error {
	for path, values := range c {
		f, ok := fields[path]
		if !ok {
			return fmt.Errorf("its condition names %s, which is no field", path)
		}
		for _, v := range values {
			if f.Kind == ChoiceField && !f.has(v) {
				return fmt.Errorf("its condition names %s, which %s cannot be", v, path)
			}
		}
	}
	return nil
}

func (c Condition) holds(values map[string]string) bool {
	for path, wanted := range c {
		if !slices.Contains(wanted, values[path]) {
			return false
		}
	}
	return true
}

func (f Field) has(key string) bool {
	return slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Key == key })
}

func (f Form) all() []Field {
	var fields []Field
	for _, g := range f.Groups {
		fields = append(fields, g.Fields...)
	}
	return fields
}

// label returns what a choice is called in Chinese, the value itself when the field is no choice.
func (f Form) label(path, value string) string {
	for _, field := range f.all() {
		for _, c := range field.Choices {
			if field.Path == path && c.Key == value {
				return c.ZH
			}
		}
	}
	return value
}

// check notes all that is wrong with the values of the form's fields. Values without a field are refused: a form that
// silently drops what somebody wrote would lose it.
func (f Form) check(l *errs.List, values map[string]string, today calendar.Date) {
	known := map[string]bool{}
	for _, field := range f.all() {
		known[field.Path] = true
		field.check(l, values, today)
	}
	for _, path := range sortedKeys(values) {
		if !known[path] {
			l.Add(path, "unknown_field", f.ZH+"没有此项", "the "+f.EN+" has no such field")
		}
	}
}

func (f Field) check(l *errs.List, values map[string]string, today calendar.Date) {
	value := values[f.Path]
	allowed := len(f.OnlyWhen) == 0 || f.OnlyWhen.holds(values)
	required := f.Required || (len(f.RequiredWhen) > 0 && f.RequiredWhen.holds(values))
	switch {
	case value == "" && required && allowed:
		l.Add(f.Path, "required", f.ZH+"必填", f.EN+" is required")
	case value == "":
	case !allowed:
		l.Add(f.Path, "not_applicable", "本单不应填写"+f.ZH, f.EN+" does not apply to this form")
	default:
		f.checkValue(l, value, today)
	}
}

func (f Field) checkValue(l *errs.List, value string, today calendar.Date) {
	switch f.Kind {
	case TextField:
		f.checkText(l, value)
	case DateField:
		f.checkDate(l, value, today)
	case DecimalField:
		f.checkDecimal(l, value)
	case ChoiceField:
		if !f.has(value) {
			l.Add(f.Path, "choice", f.ZH+"不在可选范围内", f.EN+" is none of the choices")
		}
	case BoolField:
		if value != "true" && value != "false" {
			l.Add(f.Path, "bool", f.ZH+"须为是或否", f.EN+" must be true or false")
		}
	}
}

func (f Field) checkText(l *errs.List, value string) {
	checkText(l, f.Path, value, f.ZH, f.EN, f.Max)
	if f.pattern != nil && !f.pattern.MatchString(value) {
		l.Add(f.Path, "pattern", f.ZH+"格式不正确", f.EN+" has the wrong format")
	}
}

// earliest is the first day that a form may name; anything before is a slip of the pen.
var earliest = calendar.MustDate("1990-01-01")

func (f Field) checkDate(l *errs.List, value string, today calendar.Date) {
	d, err := calendar.ParseDate(value)
	switch {
	case err != nil:
		l.Add(f.Path, "date", f.ZH+"不是有效日期（例：2026-09-18）", f.EN+" is not a date such as 2026-09-18")
	case d.Before(earliest):
		l.Add(f.Path, "date_absurd", f.ZH+"过早，请核对", f.EN+" lies too far in the past")
	case d.After(today) && !f.Future:
		l.Add(f.Path, "date_future", f.ZH+"不能晚于今天", f.EN+" lies in the future")
	case d.After(today.AddMonths(12 * 20)):
		l.Add(f.Path, "date_absurd", f.ZH+"过晚，请核对", f.EN+" lies too far in the future")
	}
}

func (f Field) checkDecimal(l *errs.List, value string) {
	d, err := measure.ParseDecimal(value)
	if err != nil {
		l.Add(f.Path, "decimal", f.ZH+"不是数字", f.EN+" is not a number")
		return
	}
	if f.Low != "" && d.Cmp(measure.MustDecimal(f.Low)) < 0 {
		l.Add(f.Path, "too_low", f.ZH+"不能小于"+f.Low, f.EN+" is below "+f.Low)
	}
	if f.High != "" && d.Cmp(measure.MustDecimal(f.High)) > 0 {
		l.Add(f.Path, "too_high", f.ZH+"不能大于"+f.High, f.EN+" is above "+f.High)
	}
}

// checkText notes a text that is too long or that no database and no PDF can hold.
func checkText(l *errs.List, path, value, zh, en string, limit int) {
	if n := utf8.RuneCountInString(value); n > limit {
		l.Add(path, "too_long", fmt.Sprintf("%s过长：%d个字符，最多%d个", zh, n, limit),
			fmt.Sprintf("%s is too long: %d characters of at most %d", en, n, limit))
	}
	unfit := func(r rune) bool { return r == utf8.RuneError || (unicode.IsControl(r) && r != '\n') }
	if !utf8.ValidString(value) || strings.ContainsFunc(value, unfit) {
		l.Add(path, "unfit_characters", zh+"含有无法保存的字符", en+" holds characters that cannot be kept")
	}
}
