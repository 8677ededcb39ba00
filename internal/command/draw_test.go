package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/certificates/paper"
	"hengjian/internal/calendar"
)

// TestDraw draws a report as a draft and a custody sheet as it is, and tells all that is wrong with a content.
func TestDraw(t *testing.T) {
	t.Parallel()
	if _, err := fonts.Load(); err != nil {
		t.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	folder := t.TempDir()
	report := filepath.Join("..", "..", "certificates", "paper", "testdata", "frozen", "food.json")
	sheet := filepath.Join(folder, "sheet.json")
	content := custodySheet()
	frozen, err := paper.Freeze(content)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("sheet.json", string(frozen))
	for name, c := range map[string]struct {
		content string
		code    int
		said    []string
	}{
		"a report":         {report, 0, []string{"已绘制 drawn"}},
		"a custody sheet":  {sheet, 0, []string{"已绘制 drawn"}},
		"not JSON":         {write("text.json", "hello"), 2, []string{"文书内容无法识别", "cannot be read"}},
		"an unknown kind":  {write("poem.json", `{"kind":"poem"}`), 2, []string{"文书内容无法识别"}},
		"an unknown field": {write("more.json", `{"kind":"custody_sheet","poem":1}`), 2, []string{"文书内容无法识别"}},
		"an empty sheet": {write("empty.json", `{"kind":"custody_sheet"}`), 2, []string{
			"number: 编号必填 / the number is required", "portions: 样品份必填", "printed_at: 打印时间必填",
		}},
		"a file that is not there": {filepath.Join(folder, "nothing.json"), 2, []string{"nothing.json"}},
	} {
		out := filepath.Join(folder, strings.ReplaceAll(name, " ", "_")+".pdf")
		var printed, told bytes.Buffer
		code := Run(t.Context(), []string{"draw", c.content, "--out", out}, World{Out: &printed, Err: &told})
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", name, code, c.code, told.String())
		}
		for _, part := range c.said {
			if !strings.Contains(told.String(), part) {
				t.Errorf("%s: said %s, want %q in it", name, told.String(), part)
			}
		}
		drawn, err := os.ReadFile(out)
		if (err == nil) != (c.code == 0) || err == nil && !bytes.HasPrefix(drawn, []byte("%PDF")) {
			t.Errorf("%s: the file is %.8q, %v", name, drawn, err)
		}
	}
	want, err := paper.Draw(content, paper.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "a_custody_sheet.pdf")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the sheet is not drawn as it is everywhere: %v", err)
	}
	wantDraft(t, report, filepath.Join(folder, "a_report.pdf"))
	if code := Run(t.Context(), []string{"draw", sheet, "--out", filepath.Join(folder, "no", "such", "folder.pdf")},
		World{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}); code != 1 {
		t.Errorf("a file that cannot be written: exit code %d, want 1", code)
	}
}

// wantDraft wants what is issued to be drawn as a draft and without a public address.
func wantDraft(t *testing.T, content, drawn string) {
	t.Helper()
	text, err := os.ReadFile(content)
	if err != nil {
		t.Fatal(err)
	}
	c, err := paper.Thaw(text)
	if err != nil {
		t.Fatal(err)
	}
	want, err := paper.Draw(c, paper.Options{Watermark: paper.Draft})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(drawn); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the report is not drawn as a draft: %v", err)
	}
}

func custodySheet() paper.CustodyContent {
	return paper.CustodyContent{
		Printed: paper.Printed{Kind: paper.CustodySheet, Number: "YP26-370113-00001", Source: "样品登记记录",
			Body:      paper.Body{Division: "370113", Name: "长清区检验检测中心", Address: "清河街1号"},
			PrintedAt: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)},
		Sample: paper.CustodySample{Name: "菠菜", FormNumber: "F-1", SampledUnit: "某超市", Quantity: "3 kg", State: "已收样",
			SampledOn: calendar.MustDate("2026-09-17")},
		Portions: []paper.CustodyPortion{{FormPortion: paper.FormPortion{Label: "YP26-370113-00001-1", Role: "检验样品", Quantity: "3 kg"}}},
	}
}
