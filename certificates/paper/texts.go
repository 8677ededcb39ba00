package paper

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/errs"
)

// textFaults looks at every text of a content, whatever its shape, for what cannot be printed: bytes that are not
// UTF-8, control characters, characters without a glyph, and texts beyond all measure. Nothing is replaced in silence.
func textFaults(l *errs.List, set *fonts.Set, c Content) {
	total, different := 0, map[rune]bool{}
	eachText("", reflect.ValueOf(c), func(path, text string) {
		total += len(text)
		for _, r := range text {
			different[r] = true
		}
		most, fixed := limitOf(path)
		switch {
		case utf8.RuneCountInString(text) > most:
			l.Add(path, "too_long", fmt.Sprintf("不得超过 %d 字", most), fmt.Sprintf("longer than %d characters", most))
		case !utf8.ValidString(text):
			l.Add(path, "not_utf8", "含有无法识别的编码", "holds bytes that are not UTF-8")
		case fixed && strings.Contains(sheet.Clean(text), "\n"):
			l.Add(path, "several_lines", "只能为一行", "must be one line")
		default:
			glyphFaults(l, set, path, text)
		}
	})
	if total > maxTotal {
		l.Add("", "too_long", "文书内容过长", fmt.Sprintf("the document is longer than %d bytes", maxTotal))
	}
	if len(different) > maxGlyphs {
		l.Add("", "too_many_characters", fmt.Sprintf("文书用到 %d 个不同的字，不得超过 %d 个", len(different), maxGlyphs),
			fmt.Sprintf("%d different characters in one document are more than %d", len(different), maxGlyphs))
	}
}

// limits are the most characters of the texts that stand at fixed places, on one line of their own where they cannot
// flow over pages; by path without indexes.
var limits = map[string]int{
	"number": 40, "results.columns": 60,
	"body.name": 60, "body.address": 120, "body.postcode": 20, "body.phone": 60, "body.fax": 60, "body.email": 80,
	"body.cma_number": 20, "body.cnas_number": 20, "body.authorization": 60, "source": 40, "form_title": 30,
	"groups.title": 12, "sample_number": 40, "copies.name": 4, "copies.for": 24,
	"signatures.inspector.name": 40, "signatures.reviewer.name": 40, "signatures.approver.name": 40,
	"signatures.verifier.name": 40, "signatures.checker.name": 40, "signatures.calibrator.name": 40,
}

// limitOf is the most characters of the text at path, and whether it stands at a fixed place.
func limitOf(path string) (most int, fixed bool) {
	var b strings.Builder
	for path != "" {
		before, after, _ := strings.Cut(path, "[")
		b.WriteString(before)
		_, path, _ = strings.Cut(after, "]")
	}
	if n, ok := limits[b.String()]; ok {
		return n, true
	}
	return maxText, false
}

func glyphFaults(l *errs.List, set *fonts.Set, path, text string) {
	for _, r := range sheet.Unprintable(set, text) {
		if unicode.IsControl(r) {
			l.Add(path, "control_character",
				fmt.Sprintf("含有控制字符 %U", r), fmt.Sprintf("holds the control character %U", r))
			continue
		}
		l.Add(path, "no_glyph", fmt.Sprintf("字库中没有字符“%c”（%U），无法打印", r, r),
			fmt.Sprintf("the fonts have no glyph for %c (%U)", r, r))
	}
}

// eachText calls visit for each text in v with its path in the notation of the JSON: a.b[0].c.
func eachText(path string, v reflect.Value, visit func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		visit(path, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			eachText(path, v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(fmt.Sprintf("%s[%d]", path, i), v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachText(below(path, f), v.Field(i), visit)
			}
		}
	default: // numbers, times and dates print in digits
	}
}

// below is the path of a field of what stands at path; the fields of an embedded struct are those of its holder.
func below(path string, f reflect.StructField) string {
	if f.Anonymous && f.Tag.Get("json") == "" {
		return path
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if path == "" {
		return name
	}
	return path + "." + name
}
