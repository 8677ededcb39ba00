package audit

import (
	"fmt"
	"strings"

	"hengjian/internal/ledger"
	"hengjian/internal/ledger/checkpoint"
)

// Report is what a verification found.
type Report struct {
	Origin     string
	Checkpoint checkpoint.Checkpoint
	Keys       []string // of the log, the newest last
	KeyGiven   bool     // a key from elsewhere was given, so that the bundle's own word was not needed
	Counts     []ledger.Count
	Notes      []Note // what could not be checked, and why
	Failures   []Failure
	Dropped    int // failures beyond those that are listed
}

// Note is something that a reader of the report must know.
type Note struct{ ZH, EN string }

// Failure is something that is not as it must be. Index is its place in the log, -1 where it has none.
type Failure struct {
	Index  int64
	Part   string
	Code   string
	ZH, EN string
}

const maxFailures = 1000

// Clean tells whether everything that was checked holds.
func (r *Report) Clean() bool { return len(r.Failures) == 0 }

func (r *Report) count(n int, zh, en string) {
	r.Counts = append(r.Counts, ledger.Count{ZH: zh, EN: en, N: n})
}

func (r *Report) note(zh, en string) { r.Notes = append(r.Notes, Note{zh, en}) }

func (r *Report) fail(index int64, part, code, zh, en string) {
	if len(r.Failures) == maxFailures {
		r.Dropped++
		return
	}
	r.Failures = append(r.Failures, Failure{index, part, code, zh, en})
}

// Text is the report for people, in both languages.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "日志 log: %s\n检查点 checkpoint: %d %s\n", r.Origin, r.Checkpoint.Size, r.Checkpoint.Root)
	for _, k := range r.Keys {
		fmt.Fprintf(&b, "公钥 key: %s\n", k)
	}
	b.WriteString("\n已检查 checked:\n")
	for _, c := range r.Counts {
		fmt.Fprintf(&b, "  %9d  %s / %s\n", c.N, c.ZH, c.EN)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "注意 note: %s\n           %s\n", n.ZH, n.EN)
	}
	for _, f := range r.Failures {
		where := f.Part
		if f.Index >= 0 {
			where = fmt.Sprintf("#%d", f.Index)
		}
		fmt.Fprintf(&b, "失败 failure: %s [%s]\n  %s\n  %s\n", where, f.Code, f.ZH, f.EN)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(&b, "另有 %d 处未列出 / %d more are not listed\n", r.Dropped, r.Dropped)
	}
	if r.Clean() {
		b.WriteString("\n结论 result: 未发现问题 / clean\n")
	} else {
		fmt.Fprintf(&b, "\n结论 result: 发现 %d 处问题 / %d failures\n", len(r.Failures)+r.Dropped, len(r.Failures)+r.Dropped)
	}
	return b.String()
}
