package api

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
)

// The papers of sample and report come as PDF to those whose work they are, and to nobody else.
func TestPapersOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	number, d := b.issued(1, "0.9")
	clear(b.cookies) // half an hour passed: the sessions are over
	_, passed := b.issued(2, "0.12")
	clear(b.cookies)
	if d.Conclusion != "fail" || passed.Conclusion != "pass" {
		t.Fatalf("the reports conclude %s and %s", d.Conclusion, passed.Conclusion)
	}
	sample, report := "/api/v1/samples/"+number, "/api/v1/documents/"+d.Number+"/papers/"
	for path, name := range map[string]string{
		sample + "/sampling-form.pdf": "食品安全抽样检验抽样单.pdf", sample + "/custody-sheet.pdf": "样品流转单.pdf",
		report + "result_notice": "检验结果通知书.pdf", report + "retest_application": "复检申请书.pdf",
		report + "retest_decision": "复检申请受理（不予受理）通知书.pdf", report + "retest_handover": "复检样品移交单.pdf",
		report + "handling_notice": "不合格产品核查处置通知书.pdf", report + "sample_disposal": "样品处置单.pdf",
	} {
		r := b.want(200, "wang", "GET", path, nil)
		disposition, err := url.PathUnescape(r.header.Get("Content-Disposition"))
		if err != nil || r.header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(r.body, []byte("%PDF")) ||
			!strings.HasSuffix(disposition, name) {
			t.Errorf("%s: %v is %.8q, %v; want %s", path, r.header, r.body, err, name)
		}
		b.want(401, "", "GET", path, nil)
		if !strings.HasSuffix(path, "retest_application") {
			b.want(403, "shop", "GET", path, nil)
		}
	}
	b.want(200, "shop", "GET", report+"retest_application", nil)
	b.want(404, "stranger", "GET", report+"retest_application", nil)
	b.want(403, "feng", "GET", sample+"/custody-sheet.pdf", nil)
	b.want(404, "zhang", "GET", "/api/v1/samples/YP26-370113-99999/sampling-form.pdf", nil)
	b.want(422, "wang", "GET", report+"poem", nil)
	if r := b.want(409, "wang", "GET", "/api/v1/documents/"+passed.Number+"/papers/retest_application", nil); r.text("code") != "report_passed" {
		t.Errorf("a paper of a passing report: %s", r.body)
	}
}
