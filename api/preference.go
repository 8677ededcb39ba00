package api

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// preference is an entry of a header that says what is wanted, and how much (RFC 9110 12.4.2).
type preference struct {
	value   string // in lower case
	quality float64
}

// preferences reads an Accept or Accept-Language header in its order. What has no readable weight is not wanted.
func preferences(header string) []preference {
	var all []preference
	for entry := range strings.SplitSeq(strings.ToLower(header), ",") {
		value, parameters, _ := strings.Cut(entry, ";")
		p := preference{strings.TrimSpace(value), 1}
		for parameter := range strings.SplitSeq(parameters, ";") {
			name, text, _ := strings.Cut(parameter, "=")
			if strings.TrimSpace(name) != "q" {
				continue
			}
			q, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				q = 0
			}
			p.quality = q
		}
		if p.value != "" {
			all = append(all, p)
		}
	}
	return all
}

// wish is how much a type of content is wanted, how exactly it is named (2 by itself, 1 as one of its family, 0 as
// anything), and how far ahead in the list.
type wish struct {
	quality float64
	exact   int
	ahead   int
}

// wishFor is the entry that names the type most exactly: that one counts, whatever is said of others.
func wishFor(accepted []preference, media string) wish {
	family, _, _ := strings.Cut(media, "/")
	best := wish{exact: -1}
	for i, p := range accepted {
		exact := -1
		switch p.value {
		case media:
			exact = 2
		case family + "/*":
			exact = 1
		case "*/*", "*":
			exact = 0
		}
		if exact > best.exact {
			best = wish{p.quality, exact, -i}
		}
	}
	return best
}

// wantsJSON tells whether JSON is wanted more than a page: by its weight, else because it is named more exactly, or first.
func wantsJSON(c *gin.Context) bool {
	accepted := preferences(c.GetHeader("Accept"))
	page, data := wishFor(accepted, "text/html"), wishFor(accepted, "application/json")
	switch {
	case data.quality != page.quality:
		return data.quality > page.quality
	case data.exact != page.exact:
		return data.quality > 0 && data.exact > page.exact
	}
	return data.quality > 0 && data.ahead > page.ahead
}

// wantsPage tells whether whoever asks names pages, as browsers do.
func wantsPage(c *gin.Context) bool {
	page := wishFor(preferences(c.GetHeader("Accept")), "text/html")
	return page.exact == 2 && page.quality > 0 && !wantsJSON(c)
}

// language is what the page's switch says, else the one of ours that the browser prefers, else Chinese.
func language(c *gin.Context) string {
	if l := c.Query("lang"); l == "zh" || l == "en" {
		return l
	}
	best, weight := "zh", 0.0
	for _, p := range preferences(c.GetHeader("Accept-Language")) {
		if l, _, _ := strings.Cut(p.value, "-"); (l == "zh" || l == "en") && p.quality > weight {
			best, weight = l, p.quality
		}
	}
	return best
}
