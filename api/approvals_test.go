package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"hengjian/certificates"
	"hengjian/lims"
)

// reviewed carries a sample to the point where its report waits for approval, as its signatory sees it.
func (b *bureau) reviewed(n int) body {
	b.t.Helper()
	clear(b.cookies) // the clock goes on with each sample, and sessions end
	number := b.tested(n, "0.12")
	path := "/api/v1/samples/" + number
	b.want(201, "zhao", "POST", path+"/compile", body{"password": password})
	b.want(200, "sun", "POST", path+"/review", body{"password": password})
	version := strings.Trim(b.want(200, "wu", "GET", path, nil).header.Get("ETag"), `"`)
	return body{"number": number, "version": json.Number(version)}
}

// A signatory approves reviewed reports with one password; each becomes a document of its own.
func TestApprovalsOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.runJobs()
	items := []body{b.reviewed(1), b.reviewed(2)}
	request := body{"id": uuid.NewString(), "kind": "report", "items": items, "password": password}
	b.want(401, "", "POST", "/api/v1/approvals", request)
	b.want(403, "sun", "POST", "/api/v1/approvals", request)
	b.want(403, "chu", "POST", "/api/v1/approvals", request)
	b.want(401, "wu", "POST", "/api/v1/approvals", mergedWith(request, body{"password": "wrong"}))
	b.want(422, "wu", "POST", "/api/v1/approvals", mergedWith(request, body{"items": []body{}}))
	old := body{"number": items[0]["number"], "version": 1}
	told := b.want(422, "wu", "POST", "/api/v1/approvals", mergedWith(request, body{"items": []body{old, items[1]}}))
	if !strings.Contains(string(told.body), `"path":"items[0]","code":"changed"`) {
		t.Errorf("an old version is told as %s", told.body)
	}
	delete(request, "id")
	id := b.want(201, "wu", "POST", "/api/v1/approvals", request, "Idempotency-Key", "approvals-0001").text("id")
	job := b.ended("wu", id)
	var result certificates.ApprovalsResult
	if err := json.Unmarshal([]byte(job.Result), &result); err != nil || result.Approved != 2 || len(result.Blocked) != 0 {
		t.Fatalf("%s: %s %s, %v", job.State, job.Result, job.ErrorEN, err)
	}
	for i, item := range items {
		var d lims.Issued
		b.want(200, "shop", "GET", "/api/v1/samples/"+item["number"].(string)+"/issued", nil).into(t, &d)
		b.wantTrace(result.Documents[i], "result", "signature", "event")
	}
}
