package command

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/ledger/checkpoint"
)

// TestWitness starts a witness twice in one folder: it says where it is and which key it has, the same both times.
func TestWitness(t *testing.T) {
	t.Parallel()
	_, log, err := note.GenerateKey(rand.Reader, "log.example.cn/hengjian")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"witness", "--listen", "127.0.0.1:0", "--log", log, "--data", filepath.Join(t.TempDir(), "witness")}
	first := runWitness(t, append(args, "--name", "witness.example.cn/a"))
	if second := runWitness(t, args); second != first {
		t.Errorf("the key is %s at the second start, was %s", second, first)
	}
	v, err := checkpoint.NewCosignatureVerifier(first)
	if err != nil || v.Name() != "witness.example.cn/a" {
		t.Errorf("verifier key %q: %v", first, err)
	}
}

// runWitness serves until it answered once, and returns the verifier key that was printed.
func runWitness(t *testing.T, args []string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, messages := io.Pipe()
	var out strings.Builder
	done := make(chan int, 1)
	go func() {
		done <- Run(ctx, args, World{In: strings.NewReader(""), Out: &out, Err: messages, Now: time.Now, Random: rand.Reader})
		_ = messages.Close()
	}()
	var heard strings.Builder
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	for lines := bufio.NewScanner(said); lines.Scan(); {
		heard.WriteString(lines.Text() + "\n")
		if !strings.Contains(lines.Text(), "Ctrl+C") {
			continue
		}
		answer, err := http.Get(address.FindString(heard.String()) + "/" + strings.Repeat("0", 64) + "/checkpoint")
		if err != nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("%v, %v; want 404", answer, err)
		}
		if err == nil {
			_ = answer.Body.Close()
		}
		stop()
	}
	if code := <-done; code != exitDone {
		t.Fatalf("exit code %d after %s", code, heard.String())
	}
	return strings.TrimSpace(out.String())
}

func TestWitnessRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct {
		args []string
		said string
		code int
	}{
		{[]string{"witness", "--data", dir}, "--log", exitUsage},
		{[]string{"witness", "--data", dir, "--log", "x"}, "不是日志的公钥", exitUsage},
	} {
		var said strings.Builder
		code := Run(t.Context(), tt.args, World{Out: &said, Err: &said, Now: time.Now, Random: rand.Reader})
		if code != tt.code || !strings.Contains(said.String(), tt.said) {
			t.Errorf("%v: exit code %d, said %q; want %d and %s", tt.args, code, said.String(), tt.code, tt.said)
		}
	}
}
