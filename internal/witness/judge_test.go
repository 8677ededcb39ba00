package witness

import (
	"bytes"
	"net/http"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/ledger/checkpoint"
)

// The example of tlog-witness.
const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`

func TestExample(t *testing.T) {
	t.Parallel()
	r, err := parseRequest([]byte(example))
	if err != nil || r.old != 20852014 || len(r.proof) != 4 || r.claimed.Size != 20852163 || r.claimed.Origin != "example.com/behind-the-sofa" {
		t.Fatalf("read as %+v, %v", r, err)
	}
	if got := string(r.text()); got != example {
		t.Errorf("written as %q", got)
	}
	w := open(t, options(t.TempDir(), newLog(t, origin)))
	if out := w.post([]byte(example)); out.Code != http.StatusNotFound {
		t.Errorf("%d %s; want 404", out.Code, out.Body)
	}
	w = open(t, options(t.TempDir(), newLog(t, "example.com/behind-the-sofa")))
	if out := w.post([]byte(example)); out.Code != http.StatusForbidden {
		t.Errorf("%d %s; want 403", out.Code, out.Body)
	}
}

// TestJudgeEveryGrowth: from every size to every other the log's own proof is taken, and a log that forked anywhere
// before is refused with any proof that it has.
func TestJudgeEveryGrowth(t *testing.T) {
	t.Parallel()
	const last = 17
	l := newLog(t, origin)
	l.at(last)
	var forks []*testLog
	for at := range int64(last) {
		f := l.fork(at)
		f.at(last)
		forks = append(forks, f)
	}
	for size := int64(1); size <= last; size++ {
		for old := range size + 1 {
			latest := checkpoint.Checkpoint{}
			if old > 0 {
				latest = l.at(old)
			}
			if why := judge(latest, l.at(size), old, l.prove(size, old)); why != nil {
				t.Errorf("from %d to %d: %+v", old, size, why)
			}
			for at, f := range forks {
				for whose, proof := range map[string][]tlog.Hash{"its own": f.prove(size, old), "the honest": l.prove(size, old)} {
					why := judge(latest, f.at(size), old, proof)
					continues := old == 0 || int64(at) >= size || whose == "its own" && old <= int64(at)
					if (why == nil) != continues {
						t.Errorf("from %d to %d, forked at %d, with %s proof: %+v", old, size, at, whose, why)
					}
				}
			}
		}
	}
}

// TestJudgeLargest: proofs of the largest sizes come to an end.
func TestJudgeLargest(t *testing.T) {
	t.Parallel()
	latest, c := checkpoint.Checkpoint{Size: checkpoint.MaxSize - 1}, checkpoint.Checkpoint{Size: checkpoint.MaxSize}
	if why := judge(latest, c, latest.Size, make([]tlog.Hash, checkpoint.MaxHashes)); why == nil || why.status != http.StatusUnprocessableEntity {
		t.Errorf("%+v, want 422", why)
	}
}

func FuzzParseRequest(f *testing.F) {
	l := newLog(f, origin)
	f.Add([]byte(example))
	f.Add(l.request(7, 0))
	f.Add(l.request(7, 3))
	f.Add(l.request(0, 0))
	f.Add([]byte("old 01\n\n"))
	w := open(f, options(f.TempDir(), l))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseRequest(body)
		if err != nil {
			return
		}
		again, err := parseRequest(r.text())
		if err != nil || !bytes.Equal(r.text(), body) || !bytes.Equal(again.text(), body) || r.old < 0 || len(r.proof) > checkpoint.MaxHashes {
			t.Errorf("%q is read as %+v, then as %+v, %v", body, r, again, err)
		}
		if _, err := note.Open(r.signed, nil); err == nil {
			t.Errorf("%q verifies without a key", r.signed)
		}
		if out := w.post(body); out.Code == http.StatusOK {
			if _, _, err := checkpoint.Open(append(r.signed, out.Body.Bytes()...), verifiers(t, l, w)); err != nil {
				t.Errorf("%q: cosigned as %s, %v", body, out.Body, err)
			}
		}
	})
}
