package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hengjian/certificates"
	"hengjian/internal/ledger"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectors = "testdata/proof.json"

// documentVectors are the proofs of two documents of one bureau, for the test of the browser's script (vitest).
type documentVectors struct {
	Proofs certificates.Proofs `json:"proofs"`
	Other  certificates.Proofs `json:"other"`
}

// The vectors that the script is tested with hold, and have the form of what the server answers today.
func TestCompareVectors(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, d := b.issued(1, "0.12")
	clear(b.cookies) // their sessions have idled out
	_, other := b.issued(2, "0.11")
	b.must(b.log.Settle(t.Context()))
	if n, err := b.services.Certificates.Finish(t.Context(), nil); n != 2 || err != nil {
		t.Fatalf("%d documents finished, %v", n, err)
	}
	b.clock.advance(2e9)
	b.must(b.log.Settle(t.Context()))
	var now documentVectors
	b.want(200, "", "GET", "/v/"+d.Code+"/proof", nil).into(t, &now.Proofs)
	b.want(200, "", "GET", "/v/"+other.Code+"/proof", nil).into(t, &now.Other)
	if *update {
		text, err := json.MarshalIndent(now, "", "  ")
		b.must(err)
		b.must(os.WriteFile(vectors, append(text, '\n'), 0o600))
	}
	text, err := os.ReadFile(vectors)
	b.must(err)
	var kept documentVectors
	b.must(json.Unmarshal(text, &kept))
	for _, p := range []certificates.Proofs{kept.Proofs, kept.Other} {
		for _, one := range []*ledger.Proof{p.Issued, p.Finished} {
			_, err := one.Check()
			b.must(err)
		}
	}
	if diff := cmp.Diff(formOf(t, kept), formOf(t, now)); diff != "" {
		t.Errorf("the answer has another form than the vectors (- vectors, + now); write them anew with -update:\n%s", diff)
	}
}

// formOf is what a script reads: the names of all fields, those of the events too.
func formOf(t *testing.T, v documentVectors) []string {
	t.Helper()
	var names []string
	for _, p := range []*ledger.Proof{v.Proofs.Issued, v.Proofs.Finished} {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fieldsOf(t, text, "proof")...)
		names = append(names, fieldsOf(t, []byte(p.Event), "event")...)
		first, _, _ := strings.Cut(p.Text, "\n")
		names = append(names, first)
	}
	return names
}

func fieldsOf(t *testing.T, text []byte, at string) []string {
	t.Helper()
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return []string{at}
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		names = append(names, fieldsOf(t, object[name], at+"."+name)...)
	}
	return names
}

var scriptElement = regexp.MustCompile(`<script[^>]*>`)

func TestComparePage(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, d := b.issued(1, "0.12")
	for lang, say := range publicWords {
		page := b.want(200, "", "GET", "/v/"+d.Code+"/compare?lang="+lang, nil, "Accept", "text/html")
		if !bytes.Contains(page.body, []byte("<h1 id=\"verdict-title\">"+say.Compare+"</h1>")) {
			t.Errorf("the page in %s does not say %q", lang, say.Compare)
		}
		nonce := regexp.MustCompile(`style nonce="(\w+)"`).FindSubmatch(page.body)
		if nonce == nil {
			t.Fatalf("no style of the page in %s has a nonce", lang)
		}
		want := "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'nonce-" + string(nonce[1]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		if got := page.header.Get("Content-Security-Policy"); got != want {
			t.Errorf("policy %q, want %q", got, want)
		}
		// A block of data is no script to the browser.
		elements := scriptElement.FindAllString(string(page.body), -1)
		if diff := cmp.Diff([]string{`<script src="/compare.js" defer>`, `<script type="application/json" id="words">`}, elements); diff != "" {
			t.Errorf("scripts of the page (- want, + got):\n%s", diff)
		}
		if regexp.MustCompile(`\s(on\w+|style)=`).Match(page.body) {
			t.Error("the page has an attribute that its policy forbids")
		}
		check := b.want(200, "", "GET", "/v/"+d.Code+"?lang="+lang, nil, "Accept", "text/html")
		if link := "/v/" + d.Code + "/compare?lang=" + lang; !bytes.Contains(check.body, []byte(link)) {
			t.Errorf("the public page has no link to %s", link)
		}
	}
	for _, code := range []string{"x", strings.Repeat("z", len(d.Code))} {
		unknown := b.want(404, "", "GET", "/v/"+code+"/compare", nil, "Accept", "text/html")
		if !bytes.Contains(unknown.body, []byte(publicWords["zh"].Unknown)) || bytes.Contains(unknown.body, []byte("<script")) ||
			strings.Contains(unknown.header.Get("Content-Security-Policy"), "script-src") {
			t.Errorf("unknown code %s: %s, want the page of /v/%s", code, unknown.body, code)
		}
	}
}

func TestCompareScript(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	script := b.want(200, "", "GET", "/compare.js", nil)
	if got := script.header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("the script is of type %s", got)
	}
	tag := script.header.Get("ETag")
	if again := b.want(304, "", "GET", "/compare.js", nil, "If-None-Match", tag); tag == "" || len(again.body) != 0 {
		t.Errorf("with the tag %s the script comes again: %d bytes", tag, len(again.body))
	}
	text := string(script.body)
	for _, place := range regexp.MustCompile(`find\('([\w-]+)'\)`).FindAllStringSubmatch(text, -1) {
		page, err := templates.ReadFile("templates/compare.html")
		b.must(err)
		if !bytes.Contains(page, []byte(`id="`+place[1]+`"`)) {
			t.Errorf("the script looks for %s, which the page does not have", place[1])
		}
	}
	if regexp.MustCompile(`\p{Han}`).MatchString(text) {
		t.Error("the script has words of its own")
	}
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`'((?:other|no|not|too)_\w+|\w+_differs|unreachable|unreadable|malformed|insecure|unsigned|forged)'`).
		FindAllStringSubmatch(text, -1) {
		said[m[1]] = true
	}
	for lang, w := range compareText {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(w.Script.Reasons))); diff != "" {
			t.Errorf("reasons of the script and words in %s (- script, + words):\n%s", lang, diff)
		}
	}
}

// Both languages say the same things, and leave none out.
func TestCompareWords(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(toldBy(reflect.ValueOf(compareText["zh"]), "zh"), toldBy(reflect.ValueOf(compareText["en"]), "zh")); diff != "" {
		t.Errorf("the languages say different things (- zh, + en):\n%s", diff)
	}
}

// toldBy lists the places of words that are not empty.
func toldBy(v reflect.Value, at string) []string {
	var places []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			places = append(places, toldBy(v.Field(i), at+"."+v.Type().Field(i).Name)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			places = append(places, toldBy(v.Index(i), at+"."+v.Index(i).Field(0).String())...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			places = append(places, toldBy(v.MapIndex(key), at+"."+key.String())...)
		}
		slices.Sort(places)
	case reflect.String:
		if v.String() != "" {
			places = append(places, at)
		}
	default:
		panic("words of an unknown kind: " + v.Kind().String())
	}
	return places
}
