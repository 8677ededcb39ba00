package users

import "strings"

// MaskPhone hides the middle of a telephone number: 138****2121. Of a number under 11 characters only the last four
// stay, of one under 8 nothing.
func MaskPhone(phone string) string {
	switch n := len([]rune(phone)); {
	case n == 0:
		return ""
	case n < 8:
		return "****"
	case n < 11:
		return mask(phone, 0, 4, 4)
	}
	return mask(phone, 3, 4, 4)
}

// MaskName keeps the first character of a person's name: 张*. How long the name is stays hidden.
func MaskName(name string) string {
	switch len([]rune(name)) {
	case 0:
		return ""
	case 1:
		return "*"
	}
	return mask(name, 1, 1, 0)
}

// MaskID keeps the division and the last four characters of an identity number of 18 or, formerly, 15 characters:
// 370113********1234. Of any other number nothing stays.
func MaskID(id string) string {
	switch n := len([]rune(id)); n {
	case 0:
		return ""
	case 15, 18:
		return mask(id, 6, n-10, 4)
	}
	return "****"
}

// mask keeps the first head and the last tail characters around the stars.
func mask(s string, head, stars, tail int) string {
	r := []rune(s)
	return string(r[:head]) + strings.Repeat("*", stars) + string(r[len(r)-tail:])
}
