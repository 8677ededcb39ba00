package instrumentfile

import (
	"errors"
	"slices"
	"strings"

	"hengjian/internal/errs"
)

// match is a layout found in a table.
type match struct {
	layout *layout
	sheet  *sheet
	others []*sheet // sheets of the workbook in which the layout was not found
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
	kinds   []int    // the column of each rule, or -1
	flags   []int    // the same
	absent  []string // columns of rules that the file lacks
	section string   // that which began above the header
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
func choose(layouts []*layout, doc *document, key string) (*match, error) {
	knownZH, knownEN := titles(layouts)
	if key != "" {
		i := slices.IndexFunc(layouts, func(l *layout) bool { return l.Key == key })
		if i < 0 {
			return nil, invalid("profile_unknown", "没有名为“%[1]s”的文件格式；已有：%[2]s",
				"there is no profile %[1]s; known are %[3]s", short(key), knownZH, knownEN)
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
		return nil, invalid("profile_ambiguous", "有多种文件格式符合：%[1]s，请选择一种",
			"several profiles fit: %[2]s; choose one", zh, en)
	case refused != nil:
		return nil, refused
	}
	return nil, invalid("profile_none", "无法识别文件格式；已有：%[1]s",
		"no profile recognises the file; known are %[2]s", knownZH, knownEN)
}

// notThis is the code of the refusal that a file is not of a layout; others are about files that are.
const notThis = "profile_mismatch"

func isCode(err error, code string) bool {
	e, ok := errors.AsType[*errs.Error](err)
	return ok && e.Code == code
}

// find looks for the layout in all tables of a document, by one delimiter after the other.
func (l *layout) find(doc *document) (*match, error) {
	refused := error(l.mismatch())
	for _, delimiter := range l.Delimiters {
		m, err := l.findIn(doc.tables(cutting{delimiter, l.Unwrap}))
		if err == nil {
			return m, nil
		}
		if !isCode(err, notThis) {
			refused = err
		}
		if doc.workbook {
			break
		}
	}
	return nil, refused
}

// findIn looks for the layout in tables. Two sheets of it in one workbook are refused: the numbers of their rows
// would not be unique, and one of them would be lost.
func (l *layout) findIn(sheets []*sheet) (*match, error) {
	var found *match
	var others []*sheet
	refused := error(l.mismatch())
	for _, s := range sheets {
		top, err := s.head()
		if err != nil {
			return nil, err
		}
		f, err := l.locate(top)
		switch {
		case err == nil && found != nil:
			return nil, invalid("several_sheets", "工作簿中有多个工作表（%s、%s）含有结果，请合并到一个工作表",
				"several sheets hold results (%s, %s): put them into one", short(found.sheet.name), short(s.name))
		case err == nil:
			found = &match{layout: l, sheet: s, frame: f}
		case !isCode(err, notThis):
			refused = err
		}
		if err != nil && len(top) > 0 {
			others = append(others, s)
		}
	}
	if found == nil {
		return nil, refused
	}
	found.others = others
	return found, nil
}

func (l *layout) mismatch() *errs.Error {
	var columns []string
	for _, s := range l.sources() {
		if len(s.Column) > 0 && !s.Optional {
			columns = append(columns, s.Column[0])
		}
	}
	return invalid(notThis, "文件不符合格式%[1]s，所需的列：%[3]s",
		"the file is not of the profile %[2]s, which needs the columns %[3]s", l.title(), l.Key, strings.Join(columns, "、"))
}

// notices tell what of the file could not be taken into account.
func (m *match) notices() []Fault {
	var out []Fault
	for _, s := range m.others {
		out = append(out, Fault{"sheet_not_read", "工作表“" + short(s.name) + "”不含此格式的结果，未读取",
			"the sheet " + short(s.name) + " has no results of this profile and was not read"})
	}
	for _, name := range m.frame.absent {
		out = append(out, Fault{"column_absent", "文件没有“" + name + "”列，无法据此识别质控行或仪器标记",
			"the file has no column " + name + ", by which controls or marks of the instrument are known"})
	}
	return out
}

// locate finds the header and the columns in the first records of a table.
func (l *layout) locate(top []record) (frame, error) {
	for _, pattern := range l.Recognise {
		if !slices.ContainsFunc(top, func(r record) bool { return pattern.MatchString(r.joined()) }) {
			return frame{}, l.mismatch()
		}
	}
	if !l.hasHeader() {
		return l.bare(top)
	}
	refused := error(l.mismatch())
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
func (l *layout) bare(top []record) (frame, error) {
	start := 0
	if l.Section != nil {
		start = slices.IndexFunc(top, func(r record) bool { return l.Section.Pattern.MatchString(r.joined()) })
	}
	if start < 0 || len(top) == 0 {
		return frame{}, l.mismatch()
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
	if l.Section != nil {
		for _, r := range h.preamble {
			if m := l.Section.Pattern.FindStringSubmatch(r.joined()); m != nil {
				f.section = strings.TrimSpace(m[1])
			}
		}
	}
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
		return frame{}, l.mismatch()
	}
	return f, nil
}
