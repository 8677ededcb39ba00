package paper

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hengjian/certificates/fonts"
)

var indexes = regexp.MustCompile(`\[\d+\]`)

func reflectOf(c Content) reflect.Value { return reflect.ValueOf(c) }

// run runs a tool that reads the file back, and skips the test where the tool is not installed, but not in CI.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: the file cannot be read back", name)
		}
		t.Skipf("%s is not installed: apt-get install poppler-utils zbar-tools dmtx-utils qpdf", name)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

func drawn(t *testing.T, c Content) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, mustDraw(t, c, options(c)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestTextIsCopiedAsTyped: what is selected in the file is what was typed, rare characters and spaced titles included.
func TestTextIsCopiedAsTyped(t *testing.T) {
	t.Parallel()
	set := faces(t)
	c := foodReport()
	c.Sample.Name = "䶮㛃𬭎（鲜）m·s⁻¹"
	c.Sample.Spec = "x\u0304、\u1e86、V\u030c" // drawn as letters with marks over them
	want := []string{
		"检验报告", "䶮㛃𬭎（鲜）m·s⁻¹", c.Sample.Spec, "济南市长清区食品药品检验检测中心", "报告编号：BG-370113-2026-000123", "检验结论为不合格。",
		"毒死蜱", "≤0.05", "0.127", "2026-03-18 09:05:30",
	}
	if set.Face(fonts.Fallback) != nil {
		c.Sample.SampledUnit.Name = "𠮷田果蔬店"
		want = append(want, c.Sample.SampledUnit.Name)
	}
	got := run(t, "pdftotext", "-layout", drawn(t, c), "-")
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is not in the copied text:\n%s", w, got)
		}
	}
	// spaced-out titles and labels are copied as words
	first := run(t, "pdftotext", "-l", "1", drawn(t, scaleCertificate()), "-")
	for _, w := range []string{"检定证书", "型号规格", "Ⅲ级合格"} {
		if !strings.Contains(first, w) {
			t.Errorf("%q is not in the copied text of the first page:\n%s", w, first)
		}
	}
	if strings.ContainsFunc(got, func(r rune) bool { return r >= 0xE000 && r <= 0xF8FF }) {
		t.Errorf("private-use codes are copied out:\n%s", got)
	}
}

// TestPapersAreReadBack: what the papers say can be selected and copied.
func TestPapersAreReadBack(t *testing.T) {
	t.Parallel()
	faces(t)
	both := scaleCertificate()
	both.Bilingual = true
	for name, c := range map[string]struct {
		content Content
		want    []string
	}{
		"calibration":   {meterCalibration(), []string{"校准证书", "0.0002 V", "1.96（p=95 %）", "溯源机构", "不作合格与否的结论"}},
		"sampling":      {foodForm(), []string{"食品安全抽样检验抽样单", "第五联", "FT-2026-00313", "被抽样单位存"}},
		"custody":       {custodySheet(), []string{"样品流转单", "检验取样", "送样交接缺少签名"}},
		"application":   {followUp(RetestApplication), []string{"复检申请书", "0.127", "不予复检", "检验报告BG-370113-2026-000123打印"}},
		"notice":        {followUp(ResultNotice), []string{"送达回证", "直接送达"}},
		"disposal":      {followUp(SampleDisposal), []string{"处置人一", "处置人二", "FT-2026-00312"}},
		"in English":    {both, []string{"Verification Certificate", "Ⅲ级合格", "Pass", "Page 1 of", "Blank below"}},
		"two languages": {stretch(both, ""), []string{"检定证书"}},
	} {
		got := run(t, "pdftotext", "-layout", drawn(t, c.content), "-")
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in the copied text:\n%s", name, w, got)
			}
		}
	}
}
