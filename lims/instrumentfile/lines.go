package instrumentfile

import (
	"iter"
	"strings"
)

// record is a line of a text or a row of a sheet, cut into cells. Of a broken one the quotes do not fit together: its
// cells are a guess that serves the listing only.
type record struct {
	line   int
	cells  []cell
	broken bool
}

// cell is a trimmed cell: its text as people see it. stored is the number behind it in a workbook when that differs.
type cell struct{ text, stored string }

// sheet is a table that can be read again and again. A text has one without a name.
type sheet struct {
	name     string
	workbook bool
	date1904 bool
	records  iter.Seq2[record, error]
	top      []record // once it was asked for
	short    bool     // top is all of it
}

// topLines are the lines that are not empty in which a file is recognised and its header found.
const topLines = 60

// head returns the first records that are not empty.
func (s *sheet) head() ([]record, error) {
	if s.top != nil {
		return s.top, nil
	}
	top := []record{}
	for r, err := range s.records {
		if err != nil {
			return nil, err
		}
		if len(top) == topLines {
			s.top = top
			return top, nil
		}
		if !r.blank() {
			top = append(top, r)
		}
	}
	s.top, s.short = top, true
	return top, nil
}

// all are all records; empty ones may be left out.
func (s *sheet) all() iter.Seq2[record, error] {
	if !s.short {
		return s.records
	}
	return func(yield func(record, error) bool) {
		for _, r := range s.top {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (r record) blank() bool {
	for _, c := range r.cells {
		if c.text != "" {
			return false
		}
	}
	return !r.broken
}

// at returns cell i, an empty one beyond the end and for i = -1.
func (r record) at(i int) cell {
	if i < 0 || i >= len(r.cells) {
		return cell{}
	}
	return r.cells[i]
}

// longestLine bounds what the patterns of profiles see of a line, in bytes.
const longestLine = 8 << 10

// joined is the record for the patterns of profiles: the cells joined by |, so that a pattern fits whatever the
// delimiter was. Empty cells at the end are left out, and what goes beyond the longest line.
func (r record) joined() string {
	n := len(r.cells)
	for n > 0 && r.cells[n-1].text == "" {
		n--
	}
	var b strings.Builder
	for i, c := range r.cells[:n] {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(c.text[:min(len(c.text), longestLine)])
		if b.Len() > longestLine {
			break
		}
	}
	return b.String()
}

// lines cuts a text at CR LF, LF and CR.
func lines(text string) []string {
	out := make([]string, 0, strings.Count(text, "\n")+strings.Count(text, "\r")+1)
	for text != "" {
		end := strings.IndexAny(text, "\r\n")
		if end < 0 {
			return append(out, text)
		}
		out = append(out, text[:end])
		if strings.HasPrefix(text[end:], "\r\n") {
			end++
		}
		text = text[end+1:]
	}
	return out
}

// cut returns the records of a text. With unwrap, a line that is one quoted field is cut again inside.
func cut(text string, by cutting) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		all := lines(text)
		for i := 0; i < len(all); {
			r, taken := next(all[i:], by.delimiter)
			r.line = i + 1
			if by.unwrap && !r.broken && len(r.cells) == 1 {
				r.unwrap(by.delimiter)
			}
			if !yield(r, nil) {
				return
			}
			i += taken
		}
	}
}

// unwrap cuts the only cell of a record again.
func (r *record) unwrap(delimiter string) {
	inner := r.cells[0].text
	cells, state := fields(inner, delimiter)
	if r.cells = cells; state != whole {
		r.cells, r.broken = guess(inner, delimiter), true
	}
}

// mostLines bounds a cell that runs over several lines.
const mostLines = 50

// next reads one record and says how many lines it took. A quoted cell may run over several lines, but only when none
// of the lines that it swallows has a delimiter within the quotes: a quote that somebody forgot must not swallow
// rows.
func next(lines []string, delimiter string) (r record, taken int) {
	line := lines[0]
	for taken = 1; ; taken++ {
		cells, state := fields(line, delimiter)
		if state == whole {
			return record{cells: cells}, taken
		}
		if state == stray || taken == len(lines) || taken == mostLines {
			break
		}
		inside, _, _ := strings.Cut(lines[taken], `"`)
		if strings.Contains(inside, delimiter) {
			break
		}
		line += "\n" + lines[taken]
	}
	return record{cells: guess(lines[0], delimiter), broken: true}, 1
}

// quoting says how the quotes of a line fit together.
type quoting int

const (
	whole    quoting = iota
	unclosed         // the last cell is quoted and goes on
	stray            // a quote stands where none may
)

// fields cuts a line into cells, at most one more than a file may have. Within quotes "" is a quote.
func fields(line, delimiter string) ([]cell, quoting) {
	var cells []cell
	for len(cells) <= maxColumns {
		text, rest, state := field(line, delimiter)
		if state != whole {
			return nil, state
		}
		cells = append(cells, cell{text: strings.TrimSpace(text)})
		next, more := strings.CutPrefix(rest, delimiter)
		if !more {
			break
		}
		line = next
	}
	return cells, whole
}

// field takes the first field from a line; rest begins with the delimiter or is empty.
func field(line, delimiter string) (text, rest string, state quoting) {
	end := strings.Index(line, delimiter)
	if end < 0 {
		end = len(line)
	}
	start := strings.TrimLeft(line[:end], " ")
	if !strings.HasPrefix(start, `"`) {
		if strings.Contains(start, `"`) {
			return "", "", stray
		}
		return line[:end], line[end:], whole
	}
	var b strings.Builder
	rest = line[strings.IndexByte(line, '"')+1:]
	for {
		text, after, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", "", unclosed
		}
		b.WriteString(text)
		if rest, closed = strings.CutPrefix(after, `"`); !closed {
			rest = strings.TrimLeft(after, " ")
			break
		}
		b.WriteByte('"')
	}
	if rest != "" && !strings.HasPrefix(rest, delimiter) {
		return "", "", stray
	}
	return b.String(), rest, whole
}

// guess cuts a line at every delimiter, without regard to quotes.
func guess(line, delimiter string) []cell {
	parts := strings.SplitN(line, delimiter, maxColumns+2)
	cells := make([]cell, 0, len(parts))
	for _, p := range parts[:min(len(parts), maxColumns+1)] {
		cells = append(cells, cell{text: strings.TrimSpace(strings.ReplaceAll(p, `"`, ""))})
	}
	return cells
}
