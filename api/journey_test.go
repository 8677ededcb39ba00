package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/certificates"
	"hengjian/lims"
)

// detail reads a sample as staff see it.
func (b *bureau) detail(number string) lims.Detail {
	b.t.Helper()
	var d lims.Detail
	b.want(200, "wang", "GET", "/api/v1/samples/"+number, nil).into(b.t, &d)
	return d
}

func (b *bureau) readings(number string, role lims.PortionRole) (checks []lims.SealReading, portions []string) {
	for _, p := range b.detail(number).Portions {
		if role != "" && p.Role != role {
			continue
		}
		portions = append(portions, p.ID)
		for _, s := range p.Seals {
			checks = append(checks, lims.SealReading{SealID: s.ID, ReadNumber: s.Number, Finding: lims.Intact})
		}
	}
	return checks, portions
}

type body = map[string]any

// tested carries a sample to the point where its results are entered.
func (b *bureau) tested(n int, raw string) string {
	b.t.Helper()
	number := b.opened(n)
	analysis := b.detail(number).Analyses[0].ID
	b.want(201, "zhao", "POST", "/api/v1/samples/"+number+"/results", body{"results": []lims.Entry{{AnalysisID: analysis, Raw: raw,
		Unit: "mg/kg", LOD: "0.02", EquipmentID: b.lab, MeasuredOn: "2026-09-18"}}})
	return number
}

// opened carries a sample to the point where its test portion lies open before the technician.
func (b *bureau) opened(n int) string {
	b.t.Helper()
	number := b.want(201, "zhang", "POST", "/api/v1/samples", b.form(n)).text("number")
	path := "/api/v1/samples/" + number
	b.clock.advance(10 * time.Minute)
	b.want(200, "zhang", "POST", path+"/deliver", body{"password": password, "receiver": b.ids["wang"]})
	checks, _ := b.readings(number, "")
	b.clock.advance(10 * time.Minute)
	b.want(200, "wang", "POST", path+"/receive", body{"password": password, "checks": checks, "place": "A-1"})
	checks, portions := b.readings(number, lims.TestPortion)
	b.want(201, "wang", "POST", path+"/hand-over",
		body{"password": password, "purpose": "analysis", "receiver": b.ids["zhao"], "portions": portions})
	b.clock.advance(10 * time.Minute)
	handovers := b.detail(number).Handovers
	b.want(200, "zhao", "POST", path+"/accept",
		body{"password": password, "handover_id": handovers[len(handovers)-1].ID, "checks": checks, "place": "检验室"})
	b.want(200, "zhao", "POST", path+"/break-seal", body{"seal_id": checks[0].SealID, "why": "取样"})
	return number
}

// issued carries a sample to its report.
func (b *bureau) issued(n int, raw string) (number string, d certificates.Document) {
	b.t.Helper()
	number = b.tested(n, raw)
	return number, b.reported(number)
}

// reported carries a sample that has its results to its report.
func (b *bureau) reported(number string) (d certificates.Document) {
	b.t.Helper()
	path := "/api/v1/samples/" + number
	b.want(201, "zhao", "POST", path+"/compile", body{"password": password})
	b.want(200, "sun", "POST", path+"/review", body{"password": password})
	b.want(201, "wu", "POST", path+"/approve", body{"password": password}).into(b.t, &d)
	return d
}

// One sample, from the form to the report that a stranger can check, and its revocation by two people.
func TestSampleJourney(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number, d := b.issued(1, "0.12")
	if d.Status != certificates.Valid || d.Conclusion != "pass" || d.SubjectNumber != number {
		t.Fatalf("issued %+v", d)
	}
	pdf := b.want(200, "auditor", "GET", "/api/v1/documents/"+d.Number+"/pdf", nil)
	var detail certificates.Detail
	b.want(200, "auditor", "GET", "/api/v1/documents/"+d.Number, nil).into(t, &detail)
	if got := fmt.Sprintf("%x", sha256.Sum256(pdf.body)); got != detail.Document.FileHash {
		t.Errorf("the PDF has hash %s, the document says %s", got, detail.Document.FileHash)
	}
	b.wantCode(pdf.body, "http://localhost:8080/v/"+d.Code)
	b.wantPublic(d, certificates.Valid)
	if own := b.call("shop", "GET", "/v/"+d.Code+"/pdf", nil); own.status != 200 || !bytes.Equal(own.body, pdf.body) {
		t.Errorf("the holder fetches the document: %d", own.status)
	}
	b.want(404, "stranger", "GET", "/v/"+d.Code+"/pdf", nil)
	b.want(404, "stranger", "GET", "/api/v1/documents/"+d.Number, nil)
	b.want(401, "", "GET", "/v/"+d.Code+"/pdf", nil)
	b.wantTrace(d.Number, "signature", "result", "equipment_certificate", "reference", "portion", "seal", "custody", "sampling", "event")

	path := "/api/v1/documents/" + d.Number
	b.want(409, "zheng", "POST", path+"/decide-revocation", body{"password": password, "confirm": true})
	b.want(200, "wu", "POST", path+"/revoke", body{"password": password, "reason": "样品信息有误"})
	b.wantPublic(d, certificates.Valid)
	b.want(403, "wu", "POST", path+"/decide-revocation", body{"password": password, "confirm": true})
	b.want(200, "zheng", "POST", path+"/decide-revocation", body{"password": password, "confirm": true})
	b.wantPublic(d, certificates.Revoked)
	if again := b.want(200, "auditor", "GET", path+"/pdf", nil); !bytes.Equal(again.body, pdf.body) {
		t.Error("the revoked document's bytes have changed")
	}
}

// A report that is corrected twice is issued in three versions, each of which names the one it replaces.
func TestReportVersions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number, d := b.issued(1, "0.12")
	path := "/api/v1/samples/" + number
	for want := 1; want <= 3; want++ {
		var text string
		b.must(b.db.Get(t.Context(), &text, "SELECT content FROM document WHERE number = $1", d.Number))
		var content struct {
			Version  int `json:"version"`
			Replaces *struct {
				Number string `json:"number"`
			} `json:"replaces"`
		}
		b.must(json.Unmarshal([]byte(text), &content))
		if content.Version != want || (content.Replaces != nil) != (want > 1) {
			t.Errorf("%s is version %d and replaces %v, want version %d", d.Number, content.Version, content.Replaces, want)
		}
		if content.Replaces != nil && content.Replaces.Number != d.Supersedes {
			t.Errorf("%s says that it replaces %s, want %s", d.Number, content.Replaces.Number, d.Supersedes)
		}
		if want == 3 {
			break
		}
		b.want(201, "sun", "POST", path+"/reopen", body{"password": password, "reason": "原始记录抄录有误"})
		b.want(201, "zhao", "POST", path+"/compile", body{"password": password})
		b.want(200, "sun", "POST", path+"/review", body{"password": password})
		b.want(201, "wu", "POST", path+"/approve", body{"password": password}).into(b.t, &d)
	}
}

// wantPublic checks the public answer, as JSON and as the page.
func (b *bureau) wantPublic(d certificates.Document, status certificates.Status) {
	b.t.Helper()
	if got := b.want(200, "", "GET", "/v/"+d.Code, nil, "Accept", "application/json").text("status"); got != string(status) {
		b.t.Errorf("the public status of %s is %s, want %s", d.Number, got, status)
	}
	page := b.want(200, "", "GET", "/v/"+d.Code+"?lang=zh", nil, "Accept", "text/html")
	if !bytes.Contains(page.body, []byte(publicWords["zh"].Statuses[string(status)])) || bytes.Contains(page.body, []byte("<script")) {
		b.t.Errorf("the public page of %s does not say %s, or has a script", d.Number, status)
	}
	failed := status == certificates.Valid && d.Conclusion == "fail"
	if bytes.Contains(page.body, []byte(publicWords["zh"].Failed)) != failed || bytes.Contains(page.body, []byte("verdict failed")) != failed {
		b.t.Errorf("the public page of %s, which is %s and says %s, looks otherwise", d.Number, status, d.Conclusion)
	}
}

// wantCode reads the QR code off the rendered page.
func (b *bureau) wantCode(pdf []byte, want string) {
	b.t.Helper()
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				b.t.Errorf("%s is not installed: the QR code cannot be read back", tool)
			}
			b.t.Logf("%s is not installed: the QR code is not read back here", tool)
			return
		}
	}
	dir := b.t.TempDir()
	b.must(os.WriteFile(filepath.Join(dir, "d.pdf"), pdf, 0o600))
	b.must(exec.CommandContext(b.t.Context(), "pdftoppm", "-r", "200", "-l", "1", "-png", filepath.Join(dir, "d.pdf"), filepath.Join(dir, "p")).Run())
	pages, err := filepath.Glob(filepath.Join(dir, "p*.png"))
	b.must(err)
	out, err := exec.CommandContext(b.t.Context(), "zbarimg", "-q", "--raw", pages[0]).Output()
	if err != nil || strings.TrimSpace(string(out)) != want {
		b.t.Errorf("the code reads %q %v, want %q", out, err, want)
	}
}

// wantTrace follows a document back: no gap, every kind of node there, every link leading to a node.
func (b *bureau) wantTrace(number string, kinds ...string) {
	b.t.Helper()
	var trace certificates.Trace
	b.want(200, "auditor", "GET", "/api/v1/trace/"+number, nil).into(b.t, &trace)
	if !trace.Intact || len(trace.Gaps) > 0 {
		b.t.Errorf("trace of %s: gaps %+v", number, trace.Gaps)
	}
	nodes, seen := map[string]bool{}, map[string]bool{}
	for _, n := range trace.Nodes {
		nodes[n.ID], seen[n.Kind] = true, true
	}
	for _, k := range kinds {
		if !seen[k] {
			b.t.Errorf("trace of %s has no %s", number, k)
		}
	}
	for _, n := range trace.Nodes {
		b.wantWords(number, n)
		for _, on := range n.Rests {
			if !nodes[on] {
				b.t.Errorf("trace of %s: %s %s rests on %s, which is not there", number, n.Kind, n.Number, on)
			}
		}
	}
}

// wantWords wants a node told in words, and its codes in fields of their own.
func (b *bureau) wantWords(number string, n certificates.Node) {
	b.t.Helper()
	coded := n.Kind == "custody" || n.Kind == "signature" || n.Kind == "event"
	if coded != (n.Code != "") || (n.Kind == "custody") != (n.State != "") {
		b.t.Errorf("trace of %s: %s %q has code %q, state %q", number, n.Kind, n.ZH, n.Code, n.State)
	}
	for _, code := range []string{n.Code, n.State} {
		if code != "" && (strings.Contains(n.ZH, code) || strings.ContainsAny(code, "._") && strings.Contains(n.EN, code)) {
			b.t.Errorf("trace of %s: %s is told as %q, %q: that is the code %s", number, n.Kind, n.ZH, n.EN, code)
		}
	}
	if n.ZH == "" || n.EN == "" || (n.Kind != "signature" && n.ZH == n.EN) {
		b.t.Errorf("trace of %s: %s is told as %q, %q: a language is missing", number, n.Kind, n.ZH, n.EN)
	}
	if n.Kind == "custody" && n.Number == n.Code {
		b.t.Errorf("trace of %s: a handover is titled %q", number, n.Number)
	}
}

func scaleReadings(top string) json.RawMessage {
	return json.RawMessage(`{"visual": true, "zero": [{"L":"0.05","I":"0.050","dL":"0.0025"}],
		"weighing": [{"L":"0.1","I":"0.100","dL":"0.0025"},{"L":"2.5","I":"2.500","dL":"0.0025"},{"L":"7.5","I":"7.500","dL":"0.0025"},
			{"L":"10","I":"10.000","dL":"0.0025"},{"L":"15","I":"` + top + `","dL":"0.0025"},{"L":"10","I":"10.000","dL":"0.0025"},
			{"L":"7.5","I":"7.500","dL":"0.0025"},{"L":"2.5","I":"2.500","dL":"0.0025"},{"L":"0.1","I":"0.100","dL":"0.0025"}],
		"eccentricity": [{"L":"5","I":"5.000","dL":"0.0025"},{"L":"5","I":"5.000","dL":"0.0025"},{"L":"5","I":"5.000","dL":"0.0025"},
			{"L":"5","I":"5.000","dL":"0.0025"}],
		"repeatability": [{"L":"12","I":"12.000","dL":"0.0025"},{"L":"12","I":"12.000","dL":"0.0025"},{"L":"12","I":"12.000","dL":"0.0025"}],
		"discrimination": [{"L":"0.1","I":"0.100","I_after":"0.105"},{"L":"7.5","I":"7.500","I_after":"7.505"},{"L":"15","I":"15.000","I_after":"15.005"}]}`)
}

func (b *bureau) filing(serial string) body {
	return body{"name": "电子计价秤", "model": "ACS-15", "serial": serial, "maker": "某衡器厂", "range": "15 kg", "accuracy_class": "III",
		"procedure_code": "JJG-539-2016", "place": "清河街9号", "street": "文昌街道", "purpose": "trade", "mode": "laboratory",
		"parameters": body{"accuracy_class": "III", "Max": "15", "Min": "0.1", "e": "0.005", "unit": "kg"}}
}

// accepted files an instrument and has the application for its verification accepted.
func (b *bureau) accepted(serial string) (instrument, order string) {
	b.t.Helper()
	instrument = b.want(201, "shop", "POST", "/api/v1/instruments", b.filing(serial)).text("number")
	order = b.want(201, "shop", "POST", "/api/v1/verification-orders", body{"instrument": instrument, "stage": "subsequent", "wish": ""}).text("number")
	b.want(200, "feng", "POST", "/api/v1/verification-orders/"+order+"/decide", body{"accept": true})
	return instrument, order
}

func (b *bureau) recording(readings json.RawMessage) body {
	return body{"standard_id": b.standard, "equipment_ids": []string{b.weights}, "verified_on": "2026-09-18", "place": "计量室",
		"temperature": "20", "humidity": "50", "readings": readings}
}

// One instrument, from its filing by the owner to a certificate; and another to a notice because a point failed.
func TestInstrumentJourney(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, tt := range []struct {
		serial, top string
		kind        certificates.Kind
		validUntil  string
	}{
		{"S-1", "15.000", certificates.VerificationCertificate, "2027-09-17"},
		{"S-2", "15.015", certificates.VerificationNotice, "<nil>"},
	} {
		instrument, order := b.accepted(tt.serial)
		path := "/api/v1/verification-orders/" + order
		b.want(201, "feng", "POST", path+"/record", body{"password": password, "record": b.recording(scaleReadings(tt.top))})
		b.want(403, "feng", "POST", path+"/check", body{"password": password})
		b.want(200, "chen", "POST", path+"/check", body{"password": password})
		r := b.want(201, "chu", "POST", path+"/approve", body{"password": password})
		var d certificates.Document
		r.into(t, &d)
		if d.Kind != tt.kind || r.text("valid_until") != tt.validUntil || d.SubjectNumber != instrument {
			t.Errorf("%s: issued %+v, want a %s valid until %s", tt.serial, d, tt.kind, tt.validUntil)
		}
		b.wantCode(b.want(200, "shop", "GET", "/api/v1/documents/"+d.Number+"/pdf", nil).body, "http://localhost:8080/v/"+d.Code)
		b.wantTrace(d.Number, "verification", "result", "instrument", "procedure", "standard", "equipment_certificate", "reference", "signature", "event")
		b.wantPublic(d, certificates.Valid)
		if tt.kind == certificates.VerificationCertificate {
			b.clock.advance(370 * 24 * time.Hour)
			clear(b.cookies)
			b.wantPublic(d, certificates.Expired)
			b.clock.advance(-370 * 24 * time.Hour)
			clear(b.cookies)
		}
	}
}
