package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"hengjian/certificates"
)

// certificate verifies an instrument and issues its document: a certificate, or a notice when top is off.
func (b *bureau) certificate(instrument, top string) (d certificates.Document) {
	b.t.Helper()
	order := b.want(201, "shop", "POST", "/api/v1/verification-orders", body{"instrument": instrument, "stage": "subsequent", "wish": ""}).text("number")
	path := "/api/v1/verification-orders/" + order
	b.want(200, "feng", "POST", path+"/decide", body{"accept": true})
	b.want(201, "feng", "POST", path+"/record", body{"password": password, "record": b.recording(scaleReadings(top))})
	b.want(200, "chen", "POST", path+"/check", body{"password": password})
	b.want(201, "chu", "POST", path+"/approve", body{"password": password}).into(b.t, &d)
	return d
}

func (b *bureau) filed(serial string) (instrument string) {
	b.t.Helper()
	return b.want(201, "shop", "POST", "/api/v1/instruments", b.filing(serial)).text("number")
}

// Each document in a chain answers for ever with its own state, in both languages, by page and as JSON, and its bytes stay.
func TestPublicStates(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	scale, other := b.filed("S-1"), b.filed("S-2")
	chain := []certificates.Document{b.certificate(scale, "15.000"), b.certificate(scale, "15.015"), b.certificate(scale, "15.000"),
		b.certificate(scale, "15.000"), b.certificate(other, "15.015"), b.certificate(b.filed("S-3"), "15.000")}
	path := "/api/v1/documents/" + chain[5].Number
	b.want(200, "chu", "POST", path+"/revoke", body{"password": password, "reason": "器具信息<b>有误"})
	b.want(200, "wei", "POST", path+"/decide-revocation", body{"password": password, "confirm": true})
	files := make([][]byte, len(chain))
	for i, d := range chain {
		files[i] = b.want(200, "auditor", "GET", "/api/v1/documents/"+d.Number+"/pdf", nil).body
	}
	for year, states := range map[int][]string{
		0: {"superseded", "failed", "superseded", "valid", "failed", "revoked"}, // a notice stays what it is: it says what failed
		9: {"superseded", "failed", "superseded", "expired", "failed", "revoked"},
	} {
		b.clock.advance(time.Duration(year) * 366 * 24 * time.Hour)
		clear(b.cookies)
		for i, d := range chain {
			b.wantState(d, states[i], chain[min(i+1, 3)].Number)
			if pdf := b.want(200, "auditor", "GET", "/v/"+d.Code+"/pdf", nil).body; !bytes.Equal(pdf, files[i]) {
				t.Errorf("year %d: the bytes of %s changed", year, d.Number)
			}
		}
		b.clock.advance(-time.Duration(year) * 366 * 24 * time.Hour)
	}
}

func (b *bureau) wantState(d certificates.Document, state, next string) {
	b.t.Helper()
	for _, lang := range []string{"zh", "en"} {
		w := publicWords[lang]
		r := b.want(200, "", "GET", "/v/"+d.Code+"?lang="+lang, nil, "Accept", "text/html")
		page := string(r.body)
		wants := []string{d.Number, d.Title, "长清****", `<section class="verdict ` + state + `">`, `lang="` + w.Lang + `"`, "width=device-width", w.Statuses[state]}
		switch state {
		case "superseded":
			wants = append(wants, w.SupersededBy, next)
		case "revoked":
			wants = append(wants, w.RevokedOn, "器具信息&lt;b&gt;有误")
		case "failed":
			wants = append(wants, w.Failed)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				b.t.Errorf("the page (%s) of %s, which is %s, lacks %q:\n%s", lang, d.Number, state, want, page)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, b.business.Name) || strings.Count(page, "verdict "+state) != 1 ||
			!strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'nonce-") {
			b.t.Errorf("the page of %s has a script, a name in full, or a policy of %s", d.Number, r.header.Get("Content-Security-Policy"))
		}
	}
	var p certificates.Public
	b.want(200, "", "GET", "/v/"+d.Code, nil, "Accept", "application/json").into(b.t, &p)
	if want := strings.Replace(state, "failed", "valid", 1); string(p.Status) != want || p.SupersededBy != "" && p.SupersededBy != next {
		b.t.Errorf("%s is %s, superseded by %q; want %s, %s", d.Number, p.Status, p.SupersededBy, want, next)
	}
}

var changing = regexp.MustCompile(`nonce(=|-)"?[A-Z0-9]+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// Codes that nobody has get one answer, whatever they look like: the same bytes but for nonce, time and the code itself,
// the same work, for whoever asks for the head alone too.
func TestUnknownCodesAreOneAnswer(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	codes := []string{"000000000000000000", "0", "zzzzzzzzzzzzzzzzzz", "111111111111111111", strings.Repeat("a", 3000), "ABCDEFGHJKMNPQRSTU",
		"%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00", "%ff%fe%ff%fe%ff%fe%ff%fe%ff%fe%ff%fe%ff%fe%ff%fe%ff%fe",
		"%E4%B8%AD%E6%96%87%E4%B8%AD%E6%96%87%E4%B8%AD%E6%96%87", "%27;DROP%20TABLE%20x--", "%3Cscript%3Ealert(1)%3C", "%25%25"}
	for _, kind := range []string{"text/html", "application/json"} {
		for _, below := range []string{"", "/compare", "/proof", "/pdf"} {
			var want string
			for _, code := range codes {
				login := map[bool]string{true: "auditor"}[below == "/pdf"]
				r := b.want(404, login, "GET", "/v/"+code+below, nil, "Accept", kind)
				got := changing.ReplaceAllString(fmt.Sprint(r.header["Content-Type"], r.header["Cache-Control"], string(r.body)), "")
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s %s: %.60s is answered with\n%s\nand others with\n%s", kind, below, code, got, want)
				}
				head := b.want(404, login, "HEAD", "/v/"+code+below, nil, "Accept", kind)
				if len(head.body) > 0 || head.header.Get("Content-Type") != r.header.Get("Content-Type") {
					t.Errorf("the head of %.60s%s is %s with %d bytes", code, below, head.header.Get("Content-Type"), len(head.body))
				}
				b.clock.advance(time.Second) // the limiter is not what is looked at
			}
		}
	}
}

// Every code, whatever it looks like, is looked for.
func TestUnknownCodesAreLookedFor(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx, stop := context.WithCancel(t.Context())
	stop() // so that whoever asks the database fails
	for _, code := range []string{"000000000000000000", "", "x", "ABCDEFGHJKMNPQRSTU", "\x00", strings.Repeat("a", 100)} {
		_, checked := b.services.Certificates.Check(ctx, code)
		_, proved := b.services.Certificates.Proofs(ctx, code)
		if strings.Contains(fmt.Sprint(checked, proved), "no such document") {
			t.Errorf("%q is answered without a look: %v, %v", code, checked, proved)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)
	through := func(l *limiter, n int, address func(i int) string) (passed int) {
		for i := range n {
			if l.allow(address(i), at) {
				passed++
			}
		}
		return passed
	}
	one := func(address string) func(int) string { return func(int) string { return address } }
	l := newLimiter(20, 60)
	if got := through(l, 100, one("192.0.2.1")); got != 60 {
		t.Errorf("one address passes %d times at once, want 60", got)
	}
	if got := through(l, 100, func(i int) string { return fmt.Sprintf("2001:db8::%x:%x", i, i*7) }); got != 60 {
		t.Errorf("one IPv6 network passes %d times at once, want 60", got)
	}
	for name, address := range map[string]string{"the same, mapped": "::ffff:192.0.2.1", "the same network": "2001:db8::1"} {
		if l.allow(address, at) {
			t.Errorf("%s passes again", name)
		}
	}
	for name, address := range map[string]string{"another": "192.0.2.2", "another network": "2001:db8:0:1::1", "no address": ""} {
		if !l.allow(address, at) {
			t.Errorf("%s does not pass", name)
		}
	}
	// Ever new addresses neither free who was slowed down nor pass without end.
	flood := through(l, 2*limiterSize, func(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) })
	if flood > limiterSize+60 || len(l.seen) > limiterSize {
		t.Errorf("%d of a flood pass, %d are remembered", flood, len(l.seen))
	}
	if l.allow("192.0.2.1", at) {
		t.Error("a flood freed an address that was slowed down")
	}
	at = at.Add(5 * time.Second)
	if got := through(l, 100, one("198.51.100.9")); got != 60 || len(l.seen) > 2 {
		t.Errorf("afterwards a newcomer passes %d times, %d are remembered; want 60 and few", got, len(l.seen))
	}
}

// Who asks too often is told when to come back.
func TestChecksAreLimited(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for range checkBurst {
		b.want(404, "", "GET", "/v/000000000000000000", nil)
	}
	for _, path := range []string{"/v/0", "/v/0/pdf", "/v/0/proof", "/v/0/compare"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if r := b.want(429, "", method, path, nil); r.header.Get("Retry-After") == "" {
				t.Errorf("%s %s: no word of when to come back", method, path)
			}
		}
	}
	b.clock.advance(time.Minute)
	b.want(404, "", "GET", "/v/000000000000000000", nil)
}

// A browser is told by a page why there is no answer, and a program by a problem.
func TestRefusalsForPeople(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.certificate(b.filed("S-1"), "15.000")
	for _, tt := range []struct {
		status       int
		login, path  string
		lang, wanted string
	}{
		{401, "", "/v/" + d.Code + "/pdf", "zh", "请先登录"},
		{401, "", "/v/" + d.Code + "/pdf", "en", "Sign in first"},
		{404, "auditor", "/v/000000000000000000/pdf", "en", publicWords["en"].Unknown},
		{404, "", "/v", "zh", publicWords["zh"].Unknown},
		{404, "", "/v/", "en", publicWords["en"].Unknown},
	} {
		r := b.want(tt.status, tt.login, "GET", tt.path, nil, "Accept", browser, "Accept-Language", tt.lang)
		if r.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(string(r.body), "<h1>"+tt.wanted+"</h1>") {
			t.Errorf("%s in %s: %s\n%s\nwant a page that says %q", tt.path, tt.lang, r.header.Get("Content-Type"), r.body, tt.wanted)
		}
	}
	r := b.want(401, "", "GET", "/v/"+d.Code+"/pdf", nil)
	if r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a program is told by %s", r.header.Get("Content-Type"))
	}
	for range checkBurst {
		b.call("", "GET", "/v/0", nil)
	}
	r = b.want(429, "", "GET", "/v/"+d.Code, nil, "Accept", browser, "Accept-Language", "en")
	if r.header.Get("Retry-After") == "" || !strings.Contains(string(r.body), publicWords["en"].Later) {
		t.Errorf("too many: %v\n%s", r.header, r.body)
	}
}

// Behind a reverse proxy each asker has an allowance of their own; what others say of themselves counts for nothing.
func TestAskersBehindProxies(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	handler := New(b.services, Options{Now: b.clock.now, Logger: slog.New(slog.DiscardHandler),
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("::1/128")}})
	through := func(peer string, forwarded func(i int) string) (passed int) {
		for i := range checkBurst + 20 {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v/000000000000000000", nil)
			r.RemoteAddr = peer
			r.Header.Set("X-Forwarded-For", forwarded(i))
			w := httptest.NewRecorder()
			if handler.ServeHTTP(w, r); w.Code == http.StatusNotFound {
				passed++
			}
		}
		return passed
	}
	each := func(i int) string { return fmt.Sprintf("198.51.100.%d", i) }
	for name, tt := range map[string]struct {
		peer      string
		forwarded func(i int) string
		want      int
	}{
		"many askers behind a proxy":           {"10.0.0.7:4000", each, checkBurst + 20},
		"one asker behind it":                  {"10.0.0.7:4000", func(int) string { return "203.0.113.9" }, checkBurst},
		"one who makes up others before":       {"10.0.0.7:4000", func(i int) string { return each(i) + ", 203.0.113.10" }, checkBurst},
		"one who goes through two proxies":     {"[::1]:4000", func(i int) string { return each(i) + ", 203.0.113.11, 10.0.0.8" }, checkBurst},
		"one network of IPv6 behind a proxy":   {"[::1]:4000", func(i int) string { return fmt.Sprintf("2001:db8:1:1::%x", i) }, checkBurst},
		"who is no proxy and says to be one":   {"192.0.2.1:4000", each, checkBurst},
		"a proxy that says nothing that reads": {"10.0.0.9:4000", func(int) string { return "unknown" }, checkBurst},
	} {
		if got := through(tt.peer, tt.forwarded); got != tt.want {
			t.Errorf("%s: %d are answered, want %d", name, got, tt.want)
		}
	}
}
