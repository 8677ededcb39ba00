package sheet

import (
	"math"
	"slices"
)

// Field is a label with its value in a form.
type Field struct {
	Label, Value string
	Wide         bool    // takes the whole width
	Under        string  // below the label, as a translation is
	Extra        float64 // empty height kept below the value, for signatures and seals
	Least        float64 // height at least
}

// GridStyle is how a form of fields is set.
type GridStyle struct {
	Label, Value, Under Style
	LabelWidth          float64
	Below               float64 // as of a Table
}

// Grid draws a form of two columns: label, value, label, value. A field that is wide, or left without a neighbour,
// takes the whole width.
func (s *Sheet) Grid(g GridStyle, fields []Field) {
	var rows []Row
	for i := 0; i < len(fields); i++ {
		if i+1 < len(fields) && !fields[i].Wide && !fields[i+1].Wide {
			half := s.frame.W/2 - g.LabelWidth
			rows = append(rows, append(g.pair(fields[i], half), g.pair(fields[i+1], half)...))
			i++
			continue
		}
		rows = append(rows, g.pair(fields[i], s.frame.W-g.LabelWidth))
	}
	s.Table(Table{Rows: rows, Below: g.Below})
}

// unit is what the widths of cells are multiples of where fields are packed: lines of several rows then meet.
const unit = 2.5

// mostLabel is how wide a label may become before it is broken.
const mostLabel = 16 * unit

// Pack makes rows of a width in which fields follow one another, as many to a row as their texts allow on one line each.
func (s *Sheet) Pack(g GridStyle, fields []Field, width float64) []Row {
	var rows []Row
	var row Row
	left := width
	for _, f := range fields {
		label := min(s.packed(g.Label, f.Label), mostLabel)
		value := min(max(s.packed(g.Value, f.Value), 4*unit), width-label)
		if len(row) > 0 && label+value > left+slack {
			rows = append(rows, fill(row, left))
			row, left = nil, width
		}
		row = append(row, g.pair(f, value)...)
		row[len(row)-2].Width = label
		left -= label + value
	}
	if len(row) > 0 {
		rows = append(rows, fill(row, left))
	}
	return rows
}

// packed is the width of a cell for a text.
func (s *Sheet) packed(st Style, text string) float64 {
	return math.Ceil((s.Width(st, text)+2*padX)/unit) * unit
}

// fill gives what is left of a packed row to its values, unit by unit, the last one first.
func fill(row Row, left float64) Row {
	for i := len(row) - 1; left > slack; i -= 2 {
		if i < 0 {
			i = len(row) - 1
		}
		more := min(unit, left)
		row[i].Width += more
		left -= more
	}
	return row
}

func (g GridStyle) pair(f Field, width float64) Row {
	return Row{
		{Text: f.Label, Style: g.Label, Width: g.LabelWidth, Shade: true, Under: f.Under, Below: g.Under},
		{Text: f.Value, Style: g.Value, Width: width, Extra: f.Extra, Least: f.Least},
	}
}

// FitColumns divides total among columns by the natural width of their texts: columns that ask for less than their
// share get what they ask for, the others share what is left evenly; what nobody asks for is spread over all.
func (s *Sheet) FitColumns(st Style, columns [][]string, total float64) []float64 {
	wants := make([]float64, len(columns))
	sum := 0.0
	for i, texts := range columns {
		for _, t := range texts {
			wants[i] = max(wants[i], s.Width(st, t)+2*padX+0.2)
		}
		sum += wants[i]
	}
	if sum <= total {
		for i := range wants {
			wants[i] += (total - sum) / float64(len(wants))
		}
		return wants
	}
	return share(wants, total)
}

// share caps the widest so that all together are total.
func share(wants []float64, total float64) []float64 {
	order := slices.Clone(wants)
	slices.Sort(order)
	left, limit := total, 0.0
	for i, w := range order {
		limit = left / float64(len(order)-i)
		if w > limit {
			break
		}
		left -= w
	}
	out := make([]float64, len(wants))
	for i, w := range wants {
		out[i] = min(w, limit)
	}
	return out
}
