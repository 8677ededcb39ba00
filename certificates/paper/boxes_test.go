package paper

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hengjian/certificates/sheet"
)

// collisions walks what stands on the pages and names everything that leaves its box or the paper's margins, or stands
// on something else.
func collisions(pages []*sheet.Page) []string {
	var found []string
	for n, p := range pages {
		for _, c := range pageCollisions(p) {
			found = append(found, fmt.Sprintf("page %d: %s", n+1, c))
		}
	}
	return found
}

func pageCollisions(p *sheet.Page) []string {
	return collisionsWithin(p, sheet.Rect{X: 12, Y: 10, W: sheet.PaperWidth - 24, H: sheet.PaperHeight - 20})
}

func collisionsWithin(p *sheet.Page, margins sheet.Rect) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for i, t := range p.Texts {
		ink := t.Ink()
		if !inside(ink, margins) {
			say("%q leaves the margins: %v", t.Text, ink)
		}
		if ink.X < t.Box.X-0.01 || ink.Right() > t.Box.Right()+0.01 || ink.Y < t.Box.Y-0.6 || ink.Bottom() > t.Box.Bottom()+0.6 {
			say("%q leaves its box: %v not in %v", t.Text, ink, t.Box)
		}
		for _, o := range p.Texts[i+1:] {
			if !accent(t) && !accent(o) && overlap(ink, o.Ink()) {
				say("%q stands on %q", t.Text, o.Text)
			}
		}
		for _, l := range p.Lines {
			if overlap(ink, lineBox(l)) {
				say("a line runs through %q", t.Text)
			}
		}
		for _, c := range p.Codes {
			if overlap(ink, c.Quiet()) {
				say("%q stands in the quiet zone of the code", t.Text)
			}
		}
		for _, c := range p.Circles {
			if c.Dashed && !nameOfSeal(t.Text, c) && inCircle(ink, c) {
				say("%q stands in the place of the seal", t.Text)
			}
		}
	}
	for _, c := range p.Circles {
		ring := ringBox(c)
		if !inside(ring, margins) {
			say("the seal at %v leaves the margins", ring)
		}
		for _, l := range p.Lines {
			if c.From != c.To && c.Dashed && overlap(ring, lineBox(l)) {
				say("a line runs through the seal over the edge")
			}
		}
	}
	return found
}

// nameOfSeal tells whether the text is what stands in the place of a seal: its name, or 骑缝章 beside an edge.
func nameOfSeal(text string, c sheet.Circle) bool {
	if c.From != c.To {
		return slices.Contains([]string{"骑", "缝", "章"}, text)
	}
	return slices.Contains([]string{"检验检测专用章", "检定专用章", "校准专用章"}, text)
}

// ringBox is the box around a ring, or around the part of it that is drawn.
func ringBox(c sheet.Circle) sheet.Rect {
	from, to := c.From, c.To
	if from == to {
		from, to = 0, 360
	}
	box := sheet.Rect{X: c.X + c.RX*math.Cos(from*math.Pi/180), Y: c.Y - c.RY*math.Sin(from*math.Pi/180)}
	for a := from; a <= to; a += 0.5 {
		x, y := c.X+c.RX*math.Cos(a*math.Pi/180), c.Y-c.RY*math.Sin(a*math.Pi/180)
		right, bottom := max(box.Right(), x), max(box.Bottom(), y)
		box.X, box.Y = min(box.X, x), min(box.Y, y)
		box.W, box.H = right-box.X, bottom-box.Y
	}
	return box
}

// accent reports a mark that stands on its letter by intention.
func accent(t sheet.Text) bool {
	r, _ := utf8.DecodeRuneInString(t.Text)
	return unicode.Is(unicode.Mn, r)
}

func inside(r, outer sheet.Rect) bool {
	return r.X >= outer.X && r.Y >= outer.Y && r.Right() <= outer.Right() && r.Bottom() <= outer.Bottom()
}

// overlap allows a tenth of a millimetre: boxes of ink are larger than the ink.
func overlap(a, b sheet.Rect) bool {
	const least = 0.1
	return a.X+least < b.Right() && b.X+least < a.Right() && a.Y+least < b.Bottom() && b.Y+least < a.Bottom()
}

func lineBox(l sheet.Line) sheet.Rect {
	w := l.Width / 2
	return sheet.Rect{X: min(l.X1, l.X2) - w, Y: min(l.Y1, l.Y2) - w,
		W: math.Abs(l.X1-l.X2) + l.Width, H: math.Abs(l.Y1-l.Y2) + l.Width}
}

func inCircle(r sheet.Rect, c sheet.Circle) bool {
	x, y := min(max(c.X, r.X), r.Right()), min(max(c.Y, r.Y), r.Bottom())
	return math.Hypot(x-c.X, y-c.Y) < c.RX
}

// pageTexts joins all that stands on the pages, without spaces and line ends.
func pageTexts(pages []*sheet.Page) string {
	var b strings.Builder
	for _, p := range pages {
		for _, t := range p.Texts {
			b.WriteString(t.Text)
		}
	}
	return squeeze(b.String())
}

func onePageOf(p *sheet.Page) []*sheet.Page { return []*sheet.Page{p} }

func squeeze(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }

// stretch makes every text of a content longer, as far as it may be: words is put behind each.
func stretch(c Content, words string) Content {
	return altered(c, func(text string) string { return text + words })
}

// altered is a copy of a content with every text changed, cut to what its place allows. Words of the system and what is
// empty stay.
func altered(c Content, change func(text string) string) Content {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	alterValue(v, "", change)
	return v.Interface().(Content)
}

func alterValue(v reflect.Value, path string, change func(text string) string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.String() != "" && !strings.Contains(path, "person_id") {
			v.SetString(allowed(path, change(v.String())))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			n := reflect.New(v.Type().Elem())
			n.Elem().Set(v.Elem())
			alterValue(n.Elem(), path, change)
			v.Set(n)
		}
	case reflect.Slice:
		n := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(n, v)
		for i := range n.Len() {
			alterValue(n.Index(i), path, change)
		}
		v.Set(n)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				alterValue(v.Field(i), below(path, f), change)
			}
		}
	default:
	}
}

// allowed cuts a text to what may stand at path.
func allowed(path, text string) string {
	most, fixed := limitOf(path)
	if fixed {
		text = strings.ReplaceAll(text, "\n", "")
	}
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}
