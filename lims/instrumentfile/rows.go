package instrumentfile

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The codes of faults of rows.
const (
	badQuotes       = "bad_quotes"
	tooManyColumns  = "too_many_columns"
	cellTooLong     = "cell_too_long"
	missingSample   = "missing_sample"
	missingItem     = "missing_item"
	missingResult   = "missing_result"
	badUnit         = "bad_unit"
	shownDiffers    = "shown_differs"
	flagged         = "flagged"
	overRange       = "over_range"
	unreadable      = "unreadable_number"
	ambiguousNumber = "ambiguous_number"
	unreadableDate  = "unreadable_date"
	duplicate       = "duplicate"
)

// builder makes the rows of a table. Some things can only be settled when all rows are known: the decimal sign, the
// order of day and month, duplicates.
type builder struct {
	match
	rows    []Row
	dates   []cell // of each row
	section string
	last    map[*source]cell // what stood last in the columns that are filled down
}

// read reads the whole table.
func (m *match) read() (File, error) {
	b := &builder{match: *m, section: m.frame.section, last: map[*source]cell{}}
	for r, err := range m.sheet.all() {
		if err != nil {
			return File{}, err
		}
		if r.line <= m.frame.after || r.blank() {
			continue
		}
		line := r.joined()
		if m.layout.Ends != nil && m.layout.Ends.MatchString(line) {
			break
		}
		if b.structural(r, line) {
			continue
		}
		if b.data(r); len(b.rows) > maxRows {
			return File{}, invalid("too_many_rows", "结果过多：不超过%d行", "too many results: at most %d", maxRows)
		}
	}
	if len(b.rows) == 0 {
		return File{}, invalid("no_rows", "文件中没有结果行", "the file has no rows of results")
	}
	out := File{Profile: m.layout.Key, Rows: b.rows, Faults: m.notices()}
	b.settleNumbers()
	out.Faults = append(out.Faults, b.settleDates()...)
	b.settleDuplicates()
	for i := range b.rows {
		if b.rows[i].Fault != nil {
			b.rows[i].Value = ""
		}
	}
	return out, nil
}

// structural says whether a line belongs to the table without being data: the title of a section, what the profile
// names, the header repeated on a new page.
func (b *builder) structural(r record, line string) bool {
	if s := b.layout.Section; s != nil {
		if m := s.Pattern.FindStringSubmatch(line); m != nil {
			b.section = strings.TrimSpace(m[1])
			return true
		}
	}
	for _, pattern := range b.layout.Skip {
		if pattern.MatchString(line) {
			return true
		}
	}
	return b.frame.header != nil && slices.EqualFunc(r.cells, b.frame.header,
		func(c cell, name string) bool { return fold(c.text) == name })
}

// data makes the rows of a line: one, or one for each item of a wide layout.
func (b *builder) data(r record) {
	f := b.frame
	row := Row{Line: r.line, Sample: b.value(f.sample, r).text}
	row.Kind = b.kind(r, row.Sample)
	switch {
	case r.broken:
		row.refuse(badQuotes, "引号不成对，无法确定各列", "the quotes do not fit together: the columns cannot be told")
	case b.tooWide(r):
		row.refuse(tooManyColumns, "列数多于表头的%d列，各列可能错位",
			"there are more columns than the %d of the header: they may be shifted", f.width)
	}
	date, unit := b.value(f.date, r), b.value(f.unit, r).text
	if b.layout.Wide == nil {
		row.Item, row.Unit = b.value(f.item, r).text, unit
		b.add(row, r, b.value(f.result, r), date)
		return
	}
	for _, o := range f.readout {
		row.Item, row.Unit = o.item, o.unit
		if o.units >= 0 {
			row.Unit = r.at(o.units).text
		} else if row.Unit == "" {
			row.Unit = unit
		}
		b.add(row, r, r.at(o.column), date)
	}
}

// tooWide says whether a line has cells beyond the last column. In a workbook that does not shift the others.
func (b *builder) tooWide(r record) bool {
	if b.sheet.workbook {
		return false
	}
	if len(r.cells) > maxColumns {
		return true
	}
	return slices.ContainsFunc(r.cells[min(len(r.cells), b.frame.width):], func(c cell) bool { return c.text != "" })
}

// value is what a place holds in a line.
func (b *builder) value(p place, r record) cell {
	c := cell{text: p.value}
	switch {
	case p.section:
		c.text = b.section
	case p.column >= 0:
		c = r.at(p.column)
	}
	if p.from.FillDown {
		if c.text == "" {
			c = b.last[p.from]
		}
		b.last[p.from] = c
	}
	if p.from.Part != nil {
		if m := p.from.Part.FindStringSubmatch(c.text); m != nil {
			c.text = strings.TrimSpace(m[1])
		}
	}
	if to, ok := p.from.Map[c.text]; ok {
		return cell{text: to}
	}
	return c
}

// kind is that of the first rule which fits, else a sample.
func (b *builder) kind(r record, sample string) Kind {
	for i, rule := range b.layout.Kinds {
		text := sample
		if rule.placed() {
			text = r.at(b.frame.kinds[i]).text
		}
		if rule.Pattern.MatchString(text) {
			return rule.Kind
		}
	}
	return Sample
}

// add checks what one row can tell by itself, and keeps it.
func (b *builder) add(row Row, r record, result, date cell) {
	raw, fits := result.number()
	row.Raw = raw
	row.bound()
	switch {
	case row.Sample == "" && row.Kind != Statistic:
		row.refuse(missingSample, "缺少样品编号", "the sample's number is missing")
	case row.Item == "":
		row.refuse(missingItem, "缺少检验项目", "the item is missing")
	case row.Raw == "":
		row.refuse(missingResult, "缺少检验结果", "the result is missing")
	case !fits:
		row.refuse(shownDiffers, "单元格显示“%s”，存储的却是%s，无法确定以何者为准",
			"the cell shows %s but stores %s: which is meant cannot be told", short(result.text), short(result.stored))
	case row.Unit != "1" && plainNumber.MatchString(row.Unit):
		row.refuse(badUnit, "单位栏是数字“%s”，各列可能错位",
			"the unit is the number %s: the columns may be shifted", short(row.Unit))
	}
	for i, rule := range b.layout.Flags {
		if mark := r.at(b.frame.flags[i]).text; mark != "" && rule.Pattern.MatchString(mark) {
			row.refuse(flagged, "%[1]s（%[3]s）", "%[2]s (%[3]s)", rule.ZH, rule.EN, short(mark))
		}
	}
	b.rows = append(b.rows, row)
	b.dates = append(b.dates, date)
}

// refuse gives a row its fault; the first that is found holds.
func (r *Row) refuse(code, zh, en string, args ...any) {
	if r.Fault == nil {
		r.Fault = &Fault{code, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
	}
}

// bound cuts cells that are no names and no results, but whole texts.
func (r *Row) bound() {
	for _, text := range []*string{&r.Sample, &r.Item, &r.Raw, &r.Unit} {
		if utf8.RuneCountInString(*text) > maxCell {
			*text = strings.Clone(string([]rune(*text)[:maxCell]))
			r.refuse(cellTooLong, "单元格内容超过%d个字", "a cell has more than %d characters", maxCell)
		}
	}
}

// settleDuplicates refuses all rows that report one item of one sample more than once: nobody can say which is meant.
func (b *builder) settleDuplicates() {
	type key struct{ sample, item string }
	same := map[key][]int{}
	for i, r := range b.rows {
		outOfRange := b.layout.Section != nil && b.layout.Section.Ranges && r.Fault != nil && r.Fault.Code == overRange
		if r.Kind == Sample && r.Sample != "" && r.Item != "" && !outOfRange {
			k := key{fold(r.Sample), r.Item}
			same[k] = append(same[k], i)
		}
	}
	for _, at := range same {
		if len(at) < 2 {
			continue
		}
		zh, en := b.where(at)
		for _, i := range at {
			b.rows[i].refuse(duplicate, "文件中同一样品同一项目重复（第%[1]s行）",
				"the file reports this item of this sample more than once (lines %[2]s)", zh, en)
		}
	}
}

// where lists the lines of rows, the first ten at most.
func (b *builder) where(at []int) (zh, en string) {
	const most = 10
	var all []string
	for _, i := range at[:min(len(at), most)] {
		all = append(all, fmt.Sprint(b.rows[i].Line))
	}
	if len(at) > most {
		all = append(all, "…")
	}
	return strings.Join(all, "、"), strings.Join(all, ", ")
}
