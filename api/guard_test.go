package api

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"hengjian/lims"
)

// What stands in the way is told, all of it, and nothing is stored.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	empty := b.want(422, "zhang", "POST", "/api/v1/samples", lims.SamplingForm{Category: lims.Food})
	var p Problem
	empty.into(t, &p)
	if len(p.Errors) < 10 {
		t.Errorf("an empty form has %d faults told at once, want them all", len(p.Errors))
	}
	for _, f := range p.Errors {
		if f.ZH == "" || f.EN == "" || f.Path == "" {
			t.Errorf("fault %+v lacks a language or its path", f)
		}
	}
	number := b.tested(7, "0.12")
	path := "/api/v1/samples/" + number
	for what, r := range map[string]reply{
		"a reviewer entering":      b.want(403, "sun", "POST", path+"/results", body{"results": []lims.Entry{}}),
		"a step out of order":      b.want(409, "sun", "POST", path+"/review", body{"password": password}),
		"a wrong password":         b.want(401, "zhao", "POST", path+"/compile", body{"password": "wrong"}),
		"an old version":           b.want(412, "zhao", "POST", path+"/compile", body{"password": password}, "If-Match", `"1"`),
		"an unknown sample":        b.want(404, "zhao", "GET", "/api/v1/samples/YP26-370113-99999", nil),
		"an unknown field":         b.want(422, "zhao", "POST", path+"/compile", body{"password": password, "surprise": 1}),
		"a business looking":       b.want(403, "shop", "GET", path, nil),
		"nobody looking":           b.want(401, "", "GET", path, nil),
		"a path that is not there": b.want(404, "zhao", "GET", "/api/v1/nothing", nil),
	} {
		r.into(t, &p)
		if p.ZH == "" || p.EN == "" || p.Code == "" || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s is no problem in two languages", what, r.header.Get("Content-Type"), r.body)
		}
	}
	if _, order := b.accepted("S-9"); order != "" {
		late := b.recording(scaleReadings("15.000"))
		late["verified_on"] = "2025-12-31"
		r := b.want(409, "feng", "POST", "/api/v1/verification-orders/"+order+"/record", body{"password": password, "record": late})
		if !strings.Contains(string(r.body), "equipment_out_of_validity") || !strings.Contains(string(r.body), "not_authorised") {
			t.Errorf("blockers of a verification out of validity: %s, want both at once", r.body)
		}
	}
}

// A retry is the same request.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.want(201, "zhang", "POST", "/api/v1/samples", b.form(1), "Idempotency-Key", "draft-0001")
	again := b.want(201, "zhang", "POST", "/api/v1/samples", b.form(1), "Idempotency-Key", "draft-0001")
	if first.text("number") != again.text("number") || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("a retry gives %s, the first was %s", again.body, first.body)
	}
	b.want(422, "zhang", "POST", "/api/v1/samples", b.form(2), "Idempotency-Key", "draft-0001")
	// The answer was lost before it was kept: the id follows from the key, so the retry finds the sample.
	if _, err := b.db.Exec(t.Context(), `DELETE FROM idempotency`); err != nil {
		t.Fatal(err)
	}
	if lost := b.want(201, "zhang", "POST", "/api/v1/samples", b.form(1), "Idempotency-Key", "draft-0001"); lost.text("number") != first.text("number") {
		t.Errorf("after a crash the retry makes %s, the first was %s", lost.text("number"), first.text("number"))
	}
	if other := b.want(201, "li", "POST", "/api/v1/samples", b.form(3), "Idempotency-Key", "draft-0001"); other.text("number") == first.text("number") {
		t.Error("another person's key finds the first person's sample")
	}
}

// Every route but the public ones refuses who is not signed in, and every role that a route does not name.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s, _ := assemble(b.services, Options{Now: b.clock.now})
	if len(s.secured) < 60 {
		t.Fatalf("only %d routes", len(s.secured))
	}
	people := map[string]string{"sampler": "zhang", "custodian": "wang", "technician": "zhao", "reviewer": "sun", "signatory": "wu",
		"verifier": "feng", "checker": "chen", "approver": "chu", "business": "stranger", "auditor": "auditor", "technical_manager": "chief"}
	for route, roles := range s.secured {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{number}", "X", "{id}", "00000000-0000-7000-8000-000000000000", "{code}", "X", "{hash}", "00",
			"{category}", "food").Replace(path)
		if len(roles) == 0 {
			continue
		}
		if r := b.call("", method, path, body{}); r.status != http.StatusUnauthorized && r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered to nobody: %d", route, r.status)
		}
		for role, login := range people {
			if allowed(roles, role) || (method == "DELETE" && path == v1+"/session") {
				continue
			}
			if r := b.call(login, method, path, body{}); r.status != http.StatusForbidden && r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s is answered to a %s: %d %s", route, role, r.status, r.body)
			}
		}
	}
}

func allowed[R ~string](roles []R, role string) bool {
	for _, r := range roles {
		if string(r) == role {
			return true
		}
	}
	return false
}

// Another site's page cannot act with a person's cookie.
func TestCrossOriginIsRefused(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.want(403, "zhang", "POST", "/api/v1/samples", b.form(1), "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site")
	b.want(201, "zhang", "POST", "/api/v1/samples", b.form(1), "Origin", b.server.URL)
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, path := range []string{"/healthz", "/api/v1/session", "/v/000000000000000000", "/", "/openapi.json"} {
		h := b.call("", "GET", path, nil).header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no content security policy", path)
		}
	}
	unknown := b.call("", "GET", "/v/000000000000000000", nil, "Accept", "text/html")
	short := b.call("", "GET", "/v/x", nil, "Accept", "text/html")
	if unknown.status != 404 || short.status != 404 || !bytes.Contains(short.body, []byte(publicWords["zh"].Unknown)) {
		t.Errorf("unknown codes: %d and %d, want the same page", unknown.status, short.status)
	}
}

// The committed document is what the code serves.
func TestDocumentIsCommitted(t *testing.T) {
	t.Parallel()
	want, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("api/openapi.json is not what the code says: run make docs")
	}
}
