package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

func asked(t *testing.T, header, value string) *gin.Context {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v/x", nil)
	c.Request.Header.Set(header, value)
	return c
}

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"

func TestAccept(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]struct{ json, page bool }{
		"":                                    {false, false},
		"*/*":                                 {false, false},
		"image/png":                           {false, false},
		browser:                               {false, true},
		"text/html":                           {false, true},
		"application/json":                    {true, false},
		"APPLICATION/JSON":                    {true, false},
		"application/*":                       {true, false},
		"application/json, text/plain, */*":   {true, false},
		"application/json, text/html":         {true, false},
		"text/html, application/json":         {false, true},
		"application/json;q=0.1, text/html":   {false, true},
		"text/html;q=0.1, application/json":   {true, false},
		"text/html;q=0, application/json":     {true, false},
		"application/json;q=0, */*":           {false, false},
		"application/json;q=0, text/html;q=0": {false, false},
		"text/html;q=0.5, */*;q=0.9":          {true, false},
		"application/json; v=1 ; q=0.3 , text/html ;q=0.2": {true, false},
		"application/json;q=high, text/html;q=0.1":         {false, true},
		"application/json;q=NaN, text/html;q=0.1":          {false, true},
		";;,,=,q": {false, false},
	} {
		c := asked(t, "Accept", accept)
		if json, page := wantsJSON(c), wantsPage(c); json != want.json || page != want.page {
			t.Errorf("Accept: %s wants JSON %v, a page %v; want %v, %v", accept, json, page, want.json, want.page)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "zh", "*": "zh", "fr": "zh", "en": "en", "EN-gb": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "en-US,en;q=0.9,zh;q=0.8": "en",
		"fr, en;q=0.9, zh;q=0.5": "en", "zh;q=0.3,en;q=0.8": "en", "en;q=0": "zh", "english": "zh", "de;q=1, zh-Hant;q=0.2, en;q=0.1": "zh",
	} {
		if got := language(asked(t, "Accept-Language", accept)); got != want {
			t.Errorf("Accept-Language: %s is answered in %s, want %s", accept, got, want)
		}
	}
}
