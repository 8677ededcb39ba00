package instrumentfile

import (
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// header is a header line with what stands around it.
type header struct {
	names    []string
	preamble []record
	below    *record
}

// place finds every source and rule of the layout.
func (l *layout) place(f *frame, h header) error {
	for i, p := range []*place{&f.sample, &f.item, &f.result, &f.unit, &f.date} {
		var err error
		if *p, err = l.source(h, l.sources()[i]); err != nil {
			return err
		}
	}
	for _, k := range l.Kinds {
		at, err := l.rule(f, h, k.mark)
		if err != nil {
			return err
		}
		f.kinds = append(f.kinds, at)
	}
	for _, r := range l.Flags {
		at, err := l.rule(f, h, r.mark)
		if err != nil {
			return err
		}
		f.flags = append(f.flags, at)
	}
	return nil
}

// rule finds the column of a rule, or notes that the file has none.
func (l *layout) rule(f *frame, h header, m mark) (int, error) {
	if m.Column == "" {
		return m.Position - 1, nil // -1: it looks at the sample
	}
	at, err := l.column(h, &source{Column: names{m.Column}, Optional: true})
	if err == nil && at < 0 && !slices.Contains(f.absent, m.Column) {
		f.absent = append(f.absent, m.Column)
	}
	return at, err
}

// source finds one source. A column that occurs twice is refused: nobody can say which is meant.
func (l *layout) source(h header, s *source) (place, error) {
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
		if p.column, err = l.column(h, s); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (l *layout) column(h header, s *source) (int, error) {
	start := 0
	if s.After != "" {
		start = slices.Index(h.names, fold(s.After)) + 1
		if start == 0 {
			return -1, l.mismatch()
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
			return -1, invalid("column_twice", "“%s”列出现多次，无法确定用哪一列", "the column %s occurs more than once", name)
		}
		found = start + i
	}
	if found < 0 && !s.Optional {
		return -1, l.mismatch()
	}
	return found, nil
}

// readouts finds the columns of results of a wide table.
func (w *wide) readouts(line record, h header, f frame) []readout {
	if w.Items == "above" {
		return w.groups(h)
	}
	if w.UnitsBelow && h.below == nil {
		return nil
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
		if w.UnitsBelow {
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
