package standards

import "strings"

// scope is a product scope taken apart: the products that it names and those that it excepts.
type scope struct {
	terms  []string
	except []string
}

var displayQuotes = strings.NewReplacer("「", "", "」", "")

// displayScope is the scope as the standard writes it; the catalogue puts 「」 around a name that holds a separator.
func displayScope(s string) string { return displayQuotes.Replace(s) }

var nameFold = strings.NewReplacer(" ", "", "【", "[", "】", "]", "「", "", "」", "")

// nameKey is how names of products, grades and conditions are compared.
func nameKey(s string) string { return nameFold.Replace(fold(s)) }

// readScope takes a scope apart by its own words: names parted by 、 or /, exceptions in brackets that end in 除外,
// other brackets as something that may be left out, 及其制品 as the thing and its products. Nothing is matched by
// likeness: a name is in the scope when it is one of these.
func readScope(text string) scope {
	var s scope
	for _, part := range splitNames(fold(text)) {
		name, except := cutException(part)
		s.terms = append(s.terms, variants(name)...)
		for _, e := range splitNames(except) {
			s.except = append(s.except, variants(e)...)
		}
	}
	return s
}

// splitNames splits at 、 and / outside brackets and quotes.
func splitNames(text string) []string {
	var names []string
	depth, begin := 0, 0
	add := func(end int) {
		if name := strings.TrimSpace(text[begin:end]); name != "" {
			names = append(names, name)
		}
	}
	for i, r := range text {
		switch r {
		case '(', '[', '「':
			depth++
		case ')', ']', '」':
			depth--
		case '、', '/':
			if depth == 0 {
				add(i)
				begin = i + len(string(r))
			}
		}
	}
	add(len(text))
	return names
}

// cutException takes the bracket that ends in 除外 off a name.
func cutException(part string) (name, except string) {
	for _, pair := range [][2]string{{"[", "除外]"}, {"(", "除外)"}} {
		inner, ok := strings.CutSuffix(part, pair[1])
		if !ok {
			continue
		}
		if at := strings.Index(inner, pair[0]); at > 0 {
			return inner[:at], inner[at+1:]
		}
	}
	return part, ""
}

// variants are the names that one name of a scope stands for.
func variants(name string) []string {
	list := []string{nameKey(name)}
	name = list[0]
	if open, end := strings.Index(name, "("), strings.Index(name, ")"); open > 0 && end > open {
		list = append(list, name[:open]+name[end+1:], name[:open]+name[open+1:end]+name[end+1:])
	}
	for _, joint := range []string{"及其制品", "及其饮料"} {
		if base, ok := strings.CutSuffix(name, joint); ok {
			list = append(list, base, base+strings.TrimPrefix(joint, "及其"))
		}
	}
	if base, products, ok := strings.Cut(name, "及"); ok && products == base+"制品" {
		list = append(list, base, products)
	}
	return list
}

// steps is how many steps above the product the scope names it, -1 when it does not.
func (s scope) steps(above map[string]int) int {
	steps := -1
	for _, term := range s.terms {
		if far, ok := above[term]; ok && (steps < 0 || far < steps) {
			steps = far
		}
	}
	return steps
}

// splitGrade takes a product apart that is written with its grade: 0号车用柴油, 运动营养食品 液态.
func splitGrade(product string) (name, grade string) {
	s := fold(product)
	if name, grade, ok := strings.Cut(s, " "); ok {
		return name, grade
	}
	if grade, name, ok := strings.Cut(s, "号"); ok && strings.Trim(grade, "-0123456789") == "" {
		return name, grade
	}
	return s, ""
}
