package command

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hengjian/api"
	"hengjian/internal/users"
)

// TestGenerated wants the generated documents to be as the code has them.
func TestGenerated(t *testing.T) {
	t.Parallel()
	document, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"api/openapi.json": string(document), "docs/states.md": States(), "docs/events.md": Events(),
	} {
		got, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what the code says: run `make docs`", name)
		}
	}
}

// TestLines wants one answer for each line, in order, also for lines that cannot be read.
func TestLines(t *testing.T) {
	t.Parallel()
	var out, told bytes.Buffer
	in := "{\"value\":\"12.1498\",\"interval\":\"0.1\"}\nnonsense\n\n{\"value\":\"1\"}\n{\"value\":\"2.5\",\"interval\":\"1\"}\n"
	e := environment{World: World{In: strings.NewReader(in), Out: &out, Err: &told}}
	if err := e.lines(roundLine); !errors.Is(err, errUnreadable) {
		t.Errorf("got %v, want the exit code to tell of unreadable lines", err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || lines[0] != `{"rounded":"12.1"}` || lines[3] != `{"rounded":"2"}` {
		t.Fatalf("answers %q", lines)
	}
	for _, line := range lines[1:3] {
		if !strings.Contains(line, `"zh":"`) || !strings.Contains(line, `"en":"`) {
			t.Errorf("%s does not say why in two languages", line)
		}
	}
	if told := told.String(); !strings.Contains(told, "line 2") || !strings.Contains(told, "line 4") {
		t.Errorf("told %q, want the numbers of the lines", told)
	}
}

// TestCalc asks the calculator the examples of its contract.
func TestCalc(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, line, want string
		rule             func([]byte) ([]byte, error)
	}{
		{
			"compare", `{"measured":"1351","low":"1400","high":null,"low_inclusive":true,"high_inclusive":true,"interval":"100"}`,
			`{"rounded":"1400","full_value":false,"rounded_value":true}`, compareLine,
		},
		{"uscc", `{"code":"91330100799655058B"}`, `{"valid":true}`, users.CreditCodeLine},
		{"workdays", `{"from":"2026-09-18","add":20}`, `{"date":"2026-10-22","provisional":false}`, workdaysLine},
	} {
		var out bytes.Buffer
		if err := (environment{World: World{In: strings.NewReader(c.line), Out: &out, Err: &out}}).lines(c.rule); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
