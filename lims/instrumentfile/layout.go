package instrumentfile

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// layout is a profile as its file in profiles/ declares it. Patterns are regular expressions; those for lines see the
// trimmed cells joined by "|", whatever the delimiter was, without empty cells at the end. Names of columns match
// regardless of case, width and repeated blanks.
type layout struct {
	Profile `yaml:",inline"`

	// Seen says what the layout was taken from.
	Seen string `yaml:"seen"`
	// Delimiters are tried in order; a workbook needs none.
	Delimiters []string `yaml:"delimiters"`
	// Unwrap is for instruments that quote the whole line and not its fields.
	Unwrap bool `yaml:"unwrap"`

	// Recognise are patterns of lines that all have to be found near the top.
	Recognise []*regexp.Regexp `yaml:"recognise"`
	// Header is the pattern of the header line; without it that is the first line with all columns that are named
	// below.
	Header *regexp.Regexp `yaml:"header"`
	// Below is the pattern of a second header line under the first.
	Below *regexp.Regexp `yaml:"below"`
	// Skip are patterns of lines within the table that hold no data: rules, titles, repeated headers.
	Skip []*regexp.Regexp `yaml:"skip"`
	// Ends is the pattern of the line before which the table ends.
	Ends *regexp.Regexp `yaml:"ends"`
	// Section is for tables that are parted by lines which say what the rows below them are.
	Section *section `yaml:"section"`
	// Width is the number of columns of a table without a header.
	Width int `yaml:"width"`

	Sample     source `yaml:"sample"`
	Item       source `yaml:"item"`
	Result     source `yaml:"result"`
	Unit       source `yaml:"unit"`
	MeasuredOn source `yaml:"measured_on"`
	// Wide is for tables with a column, or a group of columns, for each item. Item and Result are then left out.
	Wide *wide `yaml:"wide"`

	// Dates are the layouts of measured_on in Go's notation. The one that reads all dates of the file is taken.
	Dates []string `yaml:"dates"`
	// Decimal is the decimal sign: point, comma, or either, when it depends on the instrument's settings.
	Decimal string `yaml:"decimal"`
	// Text says that results are written by people: with units, powers of ten, or several values in a cell.
	Text bool `yaml:"text"`

	// Kinds tell controls, blanks, standards and statistics from samples; the first that fits holds.
	Kinds []kindRule `yaml:"kinds"`
	// Flags are marks of the instrument that forbid to use a result.
	Flags []flagRule `yaml:"flags"`
}

// source says where a value of a row comes from: exactly one of Column, Position, Preamble, Section and Fixed.
type source struct {
	// Column is the name in the header, or its alternatives.
	Column names `yaml:"column"`
	// After is the column behind which Column stands, for names that occur more than once.
	After string `yaml:"after"`
	// Position is the number of the column, from 1.
	Position int `yaml:"position"`
	// Preamble is the pattern of a line above the table; its group is the value.
	Preamble *regexp.Regexp `yaml:"preamble"`
	// Section takes the group of the section's pattern.
	Section bool   `yaml:"section"`
	Fixed   string `yaml:"fixed"`
	// Optional says that a file may lack the column.
	Optional bool `yaml:"optional"`
	// FillDown repeats the value of the line above where the cell is empty.
	FillDown bool `yaml:"fill_down"`
	// Part is a pattern whose group is what counts of the text; a text that it does not fit stays whole.
	Part *regexp.Regexp `yaml:"part"`
	// Map translates values.
	Map map[string]string `yaml:"map"`
}

// section is a line within the table; the group of Pattern is what it says of the rows below.
type section struct {
	Pattern *regexp.Regexp `yaml:"pattern"`
	// Ranges says that the sections of one item are ranges of measurement: out of range in one does not contradict a
	// result in another.
	Ranges bool `yaml:"ranges"`
}

// wide says which columns hold results. Items is "header" when the header line names the items, "above" when the line
// above it does, each name over the first column of a group.
type wide struct {
	Items string `yaml:"items"`
	// From and Except say which columns may hold results under items: header.
	From   int      `yaml:"from"`
	Except []string `yaml:"except"`
	// Name takes the item, and the unit when it has that group, from the text that names it.
	Name *regexp.Regexp `yaml:"name"`
	// Result and Unit are the names of the columns in each group under items: above.
	Result string `yaml:"result"`
	Unit   string `yaml:"unit"`
	// UnitsBelow says that the second header line holds the units.
	UnitsBelow bool `yaml:"units_below"`
}

// mark is a text in a column that a rule looks for.
type mark struct {
	Column   string         `yaml:"column"`
	Position int            `yaml:"position"` // the number of the column, from 1, in a table without a header
	Pattern  *regexp.Regexp `yaml:"pattern"`
}

// placed tells whether the rule names its column.
func (m mark) placed() bool { return m.Column != "" || m.Position != 0 }

// kindRule gives rows a kind by the text of a column, or by the sample when no column is given.
type kindRule struct {
	mark `yaml:",inline"`
	Kind Kind `yaml:"kind"`
}

// flagRule refuses results by the text of a column.
type flagRule struct {
	mark `yaml:",inline"`
	ZH   string `yaml:"zh"`
	EN   string `yaml:"en"`
}

// names is one name or several in YAML.
type names []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (n *names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = names{node.Value}
		return nil
	}
	var list []string
	err := node.Decode(&list)
	*n = list
	return err
}

//go:embed profiles/*.yaml
var profileFiles embed.FS

// shipped are the embedded layouts, by key.
var shipped = sync.OnceValue(func() []*layout {
	files, err := profileFiles.ReadDir("profiles")
	if err != nil {
		panic("instrumentfile: " + err.Error())
	}
	var all []*layout
	for _, f := range files {
		text, err := profileFiles.ReadFile(path.Join("profiles", f.Name()))
		if err != nil {
			panic("instrumentfile: " + err.Error())
		}
		l, err := readLayout(text)
		if err == nil && l.Key+".yaml" != f.Name() {
			err = fmt.Errorf("the key is %q", l.Key)
		}
		if err != nil {
			panic("instrumentfile: " + f.Name() + ": " + err.Error())
		}
		all = append(all, l)
	}
	return all
})

// readLayout reads a profile strictly: an unknown field is a fault and not a comment.
func readLayout(text []byte) (*layout, error) {
	var l layout
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&l); err != nil {
		return nil, err
	}
	return &l, l.check()
}

// check returns the first thing that a profile says wrongly.
func (l *layout) check() error {
	switch {
	case !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(l.Key):
		return fmt.Errorf("key %q is not of a-z, 0-9 and -", l.Key)
	case l.ZH == "" || l.EN == "" || l.Seen == "":
		return fmt.Errorf("zh, en and seen are required")
	case len(l.Delimiters) == 0 || slices.Contains(l.Delimiters, ""):
		return fmt.Errorf("delimiters are required")
	case !slices.Contains([]string{"point", "comma", "either"}, l.Decimal):
		return fmt.Errorf("decimal is %q, not point, comma or either", l.Decimal)
	case l.MeasuredOn.given() && len(l.Dates) == 0:
		return fmt.Errorf("measured_on needs dates")
	case l.Section != nil && (l.Section.Pattern == nil || l.Section.Pattern.NumSubexp() == 0):
		return fmt.Errorf("section needs a pattern with a group")
	case !l.hasHeader() && l.Width == 0:
		return fmt.Errorf("a table without a header needs its width")
	case !l.hasHeader() && l.Section == nil && len(l.Recognise) == 0:
		return fmt.Errorf("nothing says how a file is recognised")
	}
	if err := l.checkSources(); err != nil {
		return err
	}
	return l.checkRules()
}

// hasHeader says whether the table has a header line.
func (l *layout) hasHeader() bool {
	named := func(s *source) bool { return len(s.Column) > 0 }
	return l.Header != nil || l.Wide != nil || slices.ContainsFunc(l.sources(), named)
}

func (l *layout) sources() []*source {
	return []*source{&l.Sample, &l.Item, &l.Result, &l.Unit, &l.MeasuredOn}
}

func (l *layout) checkSources() error {
	for i, name := range []string{"sample", "item", "result", "unit", "measured_on"} {
		s := l.sources()[i]
		n := s.count()
		inWide := l.Wide != nil && (name == "item" || name == "result")
		required := name == "sample" || l.Wide == nil && (name == "item" || name == "result")
		switch {
		case n > 1 || inWide && n > 0:
			return fmt.Errorf("%s has more than one source", name)
		case required && n == 0:
			return fmt.Errorf("%s is required", name)
		case s.Section && l.Section == nil:
			return fmt.Errorf("%s comes from a section, but there is none", name)
		case s.Preamble != nil && s.Preamble.NumSubexp() == 0:
			return fmt.Errorf("the preamble of %s needs a group", name)
		case s.Part != nil && s.Part.NumSubexp() == 0:
			return fmt.Errorf("the part of %s needs a group", name)
		}
	}
	if w := l.Wide; w != nil && (w.Items != "header" || w.Result != "") && (w.Items != "above" || w.Result == "") {
		return fmt.Errorf("wide is by header, or by a result column under the line above")
	}
	return nil
}

func (l *layout) checkRules() error {
	for _, k := range l.Kinds {
		if _, known := kindNames[k.Kind]; !known || k.Pattern == nil {
			return fmt.Errorf("kinds: %q is no kind, or has no pattern", k.Kind)
		}
		if err := l.checkMark(k.mark); err != nil {
			return fmt.Errorf("kinds: %w", err)
		}
	}
	for _, f := range l.Flags {
		if !f.placed() || f.Pattern == nil || f.ZH == "" || f.EN == "" {
			return fmt.Errorf("flags: column or position, pattern, zh and en are required")
		}
		if err := l.checkMark(f.mark); err != nil {
			return fmt.Errorf("flags: %w", err)
		}
	}
	return nil
}

func (l *layout) checkMark(m mark) error {
	if m.Position != 0 && (m.Column != "" || m.Position < 0 || m.Position > l.Width) {
		return fmt.Errorf("position %d is not within the width, or a column is named, too", m.Position)
	}
	return nil
}

// count is the number of ways in which s is given.
func (s *source) count() int {
	n := 0
	for _, given := range []bool{len(s.Column) > 0, s.Position > 0, s.Preamble != nil, s.Section, s.Fixed != ""} {
		if given {
			n++
		}
	}
	return n
}

func (s *source) given() bool { return s.count() > 0 }

// title is the profile in a list for people.
func (l *layout) title() string { return l.Key + "（" + l.ZH + "）" }

func titles(layouts []*layout) (zh, en string) {
	var inZH, inEN []string
	for _, l := range layouts {
		inZH, inEN = append(inZH, l.title()), append(inEN, l.Key)
	}
	return strings.Join(inZH, "、"), strings.Join(inEN, ", ")
}
