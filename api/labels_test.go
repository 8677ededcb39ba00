package api

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hengjian/certificates"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/lims"
)

// labels fetches labels and returns their text; where the tool that reads them is missing the test is skipped, but not
// in CI.
func (b *bureau) labels(login, path string) string {
	b.t.Helper()
	r := b.want(200, login, "GET", path, nil)
	if got := r.header.Get("Content-Type"); got != "application/pdf" || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
		b.t.Fatalf("%s: %s, %.20q", path, got, r.body)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			b.t.Fatal("pdftotext is not installed: labels cannot be read back")
		}
		b.t.Skip("pdftotext is not installed: apt-get install poppler-utils")
	}
	file := filepath.Join(b.t.TempDir(), "labels.pdf")
	b.must(os.WriteFile(file, r.body, 0o600))
	text, err := exec.CommandContext(b.t.Context(), "pdftotext", "-raw", file, "-").Output()
	b.must(err)
	return string(text)
}

func (b *bureau) wantLabels(what, text string, with, without []string) {
	b.t.Helper()
	for _, w := range with {
		if !strings.Contains(text, w) {
			b.t.Errorf("%s: %q is missing:\n%s", what, w, text)
		}
	}
	for _, w := range without {
		if strings.Contains(text, w) {
			b.t.Errorf("%s: %q is there:\n%s", what, w, text)
		}
	}
}

// Portions and intact seals of a sample get labels; a broken seal does not, nor does a sample that was refused.
func TestSampleLabels(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number := b.want(201, "zhang", "POST", "/api/v1/samples", b.form(1)).text("number")
	path := "/api/v1/samples/" + number + "/labels.pdf"
	test, reserve := []string{number + "-1", "检样", "2 kg 塑料袋"}, []string{number + "-2", "备样", "1 kg 塑料袋"}
	both := []string{"F000001-1", "F000001-2", "菠菜", "食品", "2026-09-17", "储存条件：常温", "长清区检验检测中心", "待检"}
	seals := []string{"封条", "长清区市场监督管理局", "被抽样单位"}
	b.wantLabels("all", b.labels("zhang", path), append(append(append(both, test...), reserve...), seals...), nil)
	b.wantLabels("portions", b.labels("zhang", path+"?kind=portion&size=70x50&dpi=300&sheet=a4"), test, seals[1:])
	b.wantLabels("seals", b.labels("wang", path+"?kind=seal&dpi=600"), seals, []string{"检样", "待检"})

	for _, login := range []string{"shop", "stranger", "auditor", "feng"} {
		b.want(403, login, "GET", path, nil)
	}
	for _, query := range []string{"?size=9x9", "?dpi=72", "?sheet=wall", "?kind=toy"} {
		b.want(422, "zhang", "GET", path+query, nil)
	}
	b.want(404, "zhang", "GET", "/api/v1/samples/YP26-370113-99999/labels.pdf", nil)
	for what, c := range map[string]struct {
		division string
		role     ledger.Role
		kind     errs.Kind
	}{
		"another division": {"370112", ledger.Sampler, errs.NotFound}, "who only looks on": {"370113", ledger.Auditor, errs.Forbidden},
	} {
		actor := ledger.Actor{PersonID: b.ids["zhang"], Division: c.division, Roles: []ledger.Role{c.role}}
		o := certificates.LabelOptions{Size: "50x30", Sheet: "roll", DPI: 203}
		if _, err := b.services.Certificates.SampleLabels(t.Context(), actor, number, o); errs.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %d", what, err, c.kind)
		}
	}

	opened := b.opened(2)
	after := b.labels("wang", "/api/v1/samples/"+opened+"/labels.pdf")
	b.wantLabels("after a seal was broken", after, []string{"F000002-2", "已拆封"}, []string{"F000002-1"})

	b.want(200, "zhang", "POST", "/api/v1/samples/"+number+"/deliver", body{"password": password, "receiver": b.ids["wang"]})
	checks, _ := b.readings(number, "")
	checks[0].Finding = lims.Broken
	b.want(200, "wang", "POST", "/api/v1/samples/"+number+"/refuse", body{"password": password, "checks": checks, "reason": "封条破损"})
	if refused := b.want(409, "wang", "GET", path, nil); refused.text("code") != "sample_refused" {
		t.Errorf("labels of a refused sample: %s", refused.body)
	}
}

// The label of an instrument is given to those who put it on, while its certificate is in force.
func TestInstrumentLabelRoute(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	instrument, order := b.accepted("S-1")
	path := "/api/v1/instruments/" + instrument + "/label.pdf"
	if r := b.want(409, "feng", "GET", path, nil); r.text("code") != "no_certificate_in_force" || !strings.Contains(r.text("zh"), "尚无检定证书") {
		t.Errorf("before the verification: %s", r.body)
	}
	at := "/api/v1/verification-orders/" + order
	b.want(201, "feng", "POST", at+"/record", body{"password": password, "record": b.recording(scaleReadings("15.000"))})
	b.want(200, "chen", "POST", at+"/check", body{"password": password})
	b.want(201, "chu", "POST", at+"/approve", body{"password": password})
	b.wantLabels("label", b.labels("feng", path+"?size=70x50"), []string{"检定合格证", instrument}, nil)
	for _, login := range []string{"shop", "stranger", "zhang"} {
		b.want(403, login, "GET", path, nil)
	}
}
