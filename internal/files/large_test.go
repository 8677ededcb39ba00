package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"hengjian/internal/errs"
)

// spooled is a temporary file of the store with a content.
func spooled(t *testing.T, p place, content string) *os.File {
	t.Helper()
	f, err := p.Spool()
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	_, err = io.WriteString(f, content)
	must(t, err)
	return f
}

func TestPutFromAndSend(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		for _, content := range []string{"", "a", "%PDF-1.7 检定证书", strings.Repeat("0123456789abcdef", 1<<20)} {
			h, err := p.PutFrom(t.Context(), spooled(t, p, content), int64(len(content)))
			if want := Hash(sha256.Sum256([]byte(content))); err != nil || h != want {
				t.Errorf("%.20q: hash %s, %v; want %s", content, h, err, want)
			}
			var got strings.Builder
			if err := p.Send(t.Context(), h, &got); err != nil || got.String() != content {
				t.Errorf("%.20q: sent %.20q, %v", content, got.String(), err)
			}
		}
		if got := p.keys(); len(got) != 4 {
			t.Errorf("%v after 4 contents, want 4 and no temporary file", got)
		}
	})
}

// What is not the content any more must not reach anybody whole.
func TestSendHoldsBackWhatIsDamaged(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		content := strings.Repeat("x", 100_000)
		for name, stored := range map[string]string{"changed": "y" + content[1:], "shortened": content[1:], "emptied": ""} {
			h := put(t, p, content)
			p.swap(keyOf(h), stored)
			var got bytes.Buffer
			err := p.Send(t.Context(), h, &got)
			if errs.KindOf(err) != errs.Internal || err == nil || stored != "" && got.Len() >= len(stored) {
				t.Errorf("%s: sent %d bytes of %d, %v; want an internal error before the end", name, got.Len(), len(stored), err)
			}
		}
		if err := p.Send(t.Context(), Hash{}, io.Discard); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a missing file: %v; want not found", err)
		}
		full := errors.New("disk full")
		if err := p.Send(t.Context(), put(t, p, content), refusing{full}); !errors.Is(err, full) {
			t.Errorf("to who takes nothing: %v, want %v", err, full)
		}
	})
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

// Neither way holds the content in memory.
func TestLargeContentsStayOnDisk(t *testing.T) {
	p := inFolder(t)
	f, err := p.Spool()
	must(t, err)
	defer func() { _ = f.Close() }()
	const size = 64 << 20
	must(t, f.Truncate(size))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h, err := p.PutFrom(t.Context(), f, size)
	must(t, err)
	must(t, p.Send(t.Context(), h, io.Discard))
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("%d MB were allocated for %d MB", took>>20, size>>20)
	}
}

// Who stops waiting stops the copying, and nothing half written stays.
func TestPutFromIsInterrupted(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		f := spooled(t, p, "content")
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if h, err := p.PutFrom(ctx, f, 7); !errors.Is(err, context.Canceled) || len(p.keys()) != 0 {
			t.Errorf("interrupted: %s, %v, %v stored; want nothing", h, err, p.keys())
		}
	})
}

// The bucket may take its time for a large content as long as it goes on, and so may who reads it; one that stands still
// is given up.
func TestS3TransferIsGivenUpWhenItStandsStill(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	p := inBucket(t, s)
	content := strings.Repeat("x", 6)
	large := strings.Repeat("x", 120_000)
	h, largeHash := put(t, p, content), put(t, p, large)
	patient := hasty(p)
	patient.answer, patient.transfer = 4*time.Second, 4*time.Second // pauses of others on the machine are shorter
	p.Store.contents = patient
	drip := func(pause func(r *http.Request, i int)) {
		s.fail(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			w.Header().Set("Content-Length", "6")
			w.Header().Set("Last-Modified", noon.Format(http.TimeFormat))
			for i := range content {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				pause(r, i)
			}
		})
	}
	drip(func(*http.Request, int) { time.Sleep(time.Second) }) // longer in all than the patience
	if got, err := p.Read(t.Context(), h); err != nil || string(got) != content {
		t.Errorf("slow but going on: %q, %v", got, err)
	}
	drip(func(r *http.Request, i int) {
		if i == 3 {
			stall(r)
		}
	})
	if got, err := p.Read(t.Context(), h); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("standing still: %q, %v; want unavailable", got, err)
	}
	s.fault.Store(nil)
	var got strings.Builder
	if err := p.Send(t.Context(), largeHash, &slowly{to: &got}); err != nil || got.String() != large {
		t.Errorf("to a slow reader: %d bytes, %v", got.Len(), err)
	}
}

// slowly takes its time once, longer than the bucket may.
type slowly struct {
	to    io.Writer
	taken bool
}

func (s *slowly) Write(b []byte) (int, error) {
	if !s.taken {
		time.Sleep(5 * time.Second)
		s.taken = true
	}
	return s.to.Write(b)
}
