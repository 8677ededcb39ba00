package instrumentfile

import (
	"slices"
	"strings"

	"golang.org/x/text/width"

	"hengjian/internal/errs"
)

// topLines are the lines that are not empty in which a file is recognised and its header found.
const topLines = 60

// match is a layout found in a table.
type match struct {
	layout *layout
	sheet  sheet
	others []sheet // sheets of the workbook in which the layout was not found
	frame  frame
}

// frame is where things stand in a table. A column is -1 when there is none.
type frame struct {
	after   int      // the last line of the header; 0 when there is none
	header  []string // folded
	width   int
	sample  place
	item    place
	result  place
	unit    place
	date    place
	kinds   []int // the column of each rule, -1 for the sample
	flags   []int
	readout []readout
}

// place is where a value of each row stands, or the value itself when it is the same for all rows.
type place struct {
	column  int
	section bool
	value   string
	from    *source
}

// readout is a column of results in a wide table.
type readout struct {
	item   string
	column int
	units  int    // the column of the unit, or -1
	unit   string // the unit that the header names
}

// choose finds the layout of that key in the document, or the only one that fits when key is empty.
func choose(layouts []*layout, doc document, key string) (*match, error) {
	knownZH, knownEN := titles(layouts)
	if key != "" {
		i := slices.IndexFunc(layouts, func(l *layout) bool { return l.Key == key })
		if i < 0 {
			return nil, invalid("profile_unknown", "没有名为“%s”的文件格式；已有：%s", "there is no profile %s; known are %s",
				short(key), knownZH, short(key), knownEN)
		}
		return layouts[i].find(doc)
	}
	var found []*match
	var fitting []*layout
	var refused error
	for _, l := range layouts {
		m, err := l.find(doc)
		switch {
		case err == nil:
			found, fitting = append(found, m), append(fitting, l)
		case !isCode(err, notThis):
			refused = err
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		zh, en := titles(fitting)
		return nil, invalid("profile_ambiguous", "有多种文件格式符合：%s，请选择一种", "several profiles fit: %s; choose one", zh, en)
	case refused != nil:
		return nil, refused
	}
	return nil, invalid("profile_none", "无法识别文件格式；已有：%s", "no profile recognises the file; known are %s", knownZH, knownEN)
}

// notThis is the code of the refusal that a file is not of a layout; others are about files that are.
const notThis = "profile_mismatch"

func isCode(err error, code string) bool {
	e, ok := err.(*errs.Error) //nolint:errorlint // made in this file and never wrapped
	return ok && e.Code == code
}

// find looks for the layout in all tables of a document. Two tables of it in one workbook are refused: lines would not
// be unique, and one of them would be lost.
func (l *layout) find(doc document) (*match, error) {
	var found []*match
	refused := error(invalid(notThis, "文件不符合格式%s", "the file is not of the profile %s", l.title(), l.Key))
	var others []sheet
	for _, delimiter := range l.Delimiters {
		for _, s := range doc.tables(delimiter, l.Unwrap) {
			top, err := topOf(s)
			if err != nil {
				return nil, err
			}
			f, err := l.locate(top)
			switch {
			case err == nil:
				found = append(found, &match{layout: l, sheet: s, frame: f})
			case !isCode(err, notThis):
				refused = err
			}
			if err != nil && len(top) > 0 {
				others = append(others, s)
			}
		}
		if len(found) > 0 || doc.sheets != nil {
			break
		}
	}
	switch {
	case len(found) == 0:
		return nil, refused
	case len(found) > 1:
		return nil, invalid("several_sheets", "工作簿中有多个工作表（%s、%s）含有结果，请合并到一个工作表", "several sheets hold results (%s, %s): put them into one",
			short(found[0].sheet.name), short(found[1].sheet.name), short(found[0].sheet.name), short(found[1].sheet.name))
	}
	if doc.sheets != nil {
		found[0].others = others
	}
	return found[0], nil
}

// topOf returns the first records of a table that are not empty.
func topOf(s sheet) ([]record, error) {
	var top []record
	for r, err := range s.records {
		if err != nil {
			return nil, err
		}
		if !r.blank() {
			top = append(top, r)
		}
		if len(top) == topLines {
			break
		}
	}
	return top, nil
}

// unread names the sheets that were not read although something stands in them.
func (m *match) unread() []Fault {
	var out []Fault
	for _, s := range m.others {
		out = append(out, Fault{"sheet_not_read", "工作表“" + short(s.name) + "”不含此格式的结果，未读取",
			"the sheet " + short(s.name) + " has no results of this profile and was not read"})
	}
	return out
}

// locate finds the header and the columns in the first records of a table.
func (l *layout) locate(top []record) (frame, error) {
	mismatch := invalid(notThis, "文件不符合格式%s", "the file is not of the profile %s", l.title(), l.Key)
	for _, pattern := range l.Recognise {
		if !slices.ContainsFunc(top, func(r record) bool { return pattern.MatchString(r.joined()) }) {
			return frame{}, mismatch
		}
	}
	if !l.hasHeader() {
		return l.bare(top, mismatch)
	}
	refused := error(mismatch)
	for i, r := range top {
		if r.broken || l.Header != nil && !l.Header.MatchString(r.joined()) {
			continue
		}
		f, err := l.under(top, i)
		if err == nil {
			return f, nil
		}
		if !isCode(err, notThis) {
			refused = err
		}
	}
	return frame{}, refused
}

// bare is the frame of a table without a header: it begins with the first section, or with the first line.
func (l *layout) bare(top []record, mismatch error) (frame, error) {
	start := 0
	if l.Section != nil {
		start = slices.IndexFunc(top, func(r record) bool { return l.Section.Pattern.MatchString(r.joined()) })
	}
	if start < 0 || len(top) == 0 {
		return frame{}, mismatch
	}
	f := frame{after: top[start].line - 1, width: l.Width}
	err := l.place(&f, header{preamble: top[:start]})
	return f, err
}

// under is the frame when top[i] is the header line.
func (l *layout) under(top []record, i int) (frame, error) {
	h := header{preamble: top[:i]}
	for _, c := range top[i].cells {
		h.names = append(h.names, fold(c.text))
	}
	f := frame{after: top[i].line, header: h.names, width: len(h.names)}
	if l.Below != nil && i+1 < len(top) && l.Below.MatchString(top[i+1].joined()) {
		f.after = top[i+1].line
		h.below = &top[i+1]
	}
	if len(h.names) > maxColumns {
		return frame{}, invalid("too_many_columns", "列数过多：不超过%d列", "too many columns: at most %d", maxColumns)
	}
	if err := l.place(&f, h); err != nil {
		return frame{}, err
	}
	if l.Wide == nil {
		return f, nil
	}
	f.readout = l.Wide.readouts(top[i], h, f)
	if len(f.readout) == 0 {
		return frame{}, h.missing("")
	}
	return f, nil
}

// header is a header line with what stands around it.
type header struct {
	names    []string
	preamble []record
	below    *record
}

func (h header) missing(name string) *errs.Error {
	return invalid(notThis, "文件中没有“%s”列", "the file has no column %s", name, name)
}

// place finds every source and rule of the layout.
func (l *layout) place(f *frame, h header) error {
	for i, p := range []*place{&f.sample, &f.item, &f.result, &f.unit, &f.date} {
		var err error
		if *p, err = h.find(l.sources()[i]); err != nil {
			return err
		}
	}
	for _, k := range l.Kinds {
		at, err := h.find(&source{Column: optionalName(k.Column), Optional: true})
		if err != nil {
			return err
		}
		f.kinds = append(f.kinds, at.column)
	}
	for _, r := range l.Flags {
		at, err := h.find(&source{Column: names{r.Column}, Optional: true})
		if err != nil {
			return err
		}
		f.flags = append(f.flags, at.column)
	}
	return nil
}

func optionalName(s string) names {
	if s == "" {
		return nil
	}
	return names{s}
}

// find finds one source. A column that occurs twice is refused: nobody can say which is meant.
func (h header) find(s *source) (place, error) {
	p := place{column: -1, section: s.Section, value: s.Fixed, from: s}
	switch {
	case s.Position > 0:
		p.column = s.Position - 1
	case s.Preamble != nil:
		for _, r := range h.preamble {
			if m := s.Preamble.FindStringSubmatch(r.joined()); m != nil {
				p.value = strings.TrimSpace(m[1])
				break
			}
		}
	case len(s.Column) > 0:
		var err error
		if p.column, err = h.column(s); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (h header) column(s *source) (int, error) {
	start := 0
	if s.After != "" {
		start = slices.Index(h.names, fold(s.After)) + 1
		if start == 0 {
			return -1, h.missing(s.After)
		}
	}
	found := -1
	for _, name := range s.Column {
		name = fold(name)
		i := slices.Index(h.names[start:], name)
		if i < 0 {
			continue
		}
		twice := s.After == "" && slices.Contains(h.names[start+i+1:], name)
		if twice || found >= 0 {
			return -1, invalid("column_twice", "“%s”列出现多次，无法确定用哪一列", "the column %s occurs more than once", name, name)
		}
		found = start + i
	}
	if found < 0 && !s.Optional {
		return -1, h.missing(s.Column[0])
	}
	return found, nil
}

// readouts finds the columns of results of a wide table.
func (w *wide) readouts(line record, h header, f frame) []readout {
	if w.Items == "above" {
		return w.groups(h)
	}
	var except []string
	for _, name := range w.Except {
		except = append(except, fold(name))
	}
	taken := []int{f.sample.column, f.unit.column, f.date.column}
	var out []readout
	for i, c := range line.cells {
		if i+1 < w.From || c.text == "" || slices.Contains(taken, i) || slices.Contains(except, fold(c.text)) {
			continue
		}
		item, unit, ok := w.split(c.text)
		if !ok {
			continue
		}
		if w.UnitsBelow && h.below != nil {
			unit = h.below.at(i).text
		}
		out = append(out, readout{item: item, column: i, units: -1, unit: unit})
	}
	return out
}

// groups finds the result and the unit under each name of the line above the header.
func (w *wide) groups(h header) []readout {
	if len(h.preamble) == 0 {
		return nil
	}
	above := h.preamble[len(h.preamble)-1]
	var out []readout
	for i := 0; i < len(above.cells); i++ {
		if above.cells[i].text == "" {
			continue
		}
		end := i + 1
		for end < len(h.names) && above.at(end).text == "" {
			end++
		}
		group := h.names[min(i, len(h.names)):min(end, len(h.names))]
		item, unit, ok := w.split(above.cells[i].text)
		result := slices.Index(group, fold(w.Result))
		if !ok || result < 0 {
			continue
		}
		r := readout{item: item, column: i + result, units: -1, unit: unit}
		if at := slices.Index(group, fold(w.Unit)); w.Unit != "" && at >= 0 {
			r.units = i + at
		}
		out = append(out, r)
	}
	return out
}

// split takes item and unit from the text that names a column of results.
func (w *wide) split(text string) (item, unit string, ok bool) {
	if w.Name == nil {
		return text, "", true
	}
	m := w.Name.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	if i := w.Name.SubexpIndex("unit"); i >= 0 {
		unit = strings.TrimSpace(m[i])
	}
	return strings.TrimSpace(m[1]), unit, true
}

// fold makes names of columns comparable: case, full width and blanks do not count.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(width.Fold.String(s))), " ")
}

// short cuts a text to a length that a message can carry.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	r := []rune(s[:min(len(s), 4*most+1)]) // characters have at most four bytes
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
