package fonts

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hengjian/internal/errs"
)

func loaded(tb testing.TB) *Set {
	tb.Helper()
	set, err := Load()
	if err != nil {
		tb.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	return set
}

func TestWithoutFontsNothingIsIssued(t *testing.T) {
	t.Parallel()
	broken := fstest.MapFS{}
	for _, name := range fileOf {
		broken[name] = &fstest.MapFile{Data: []byte("not a font")}
	}
	for name, from := range map[string]fstest.MapFS{"none": {}, "broken": broken} {
		set, err := read(from)
		var e *errs.Error
		if hold(from) != (name == "broken") {
			t.Errorf("%s: built with fonts: %v", name, hold(from))
		}
		if set != nil || !errors.As(err, &e) || e.Kind != errs.Unavailable || e.ZH == "" || e.EN == "" {
			t.Errorf("%s: %v, %v; want errs.Unavailable in both languages", name, set, err)
		}
	}
}

func TestFallbackIsOptional(t *testing.T) {
	t.Parallel()
	loaded(t)
	some := fstest.MapFS{}
	for _, n := range []Name{Song, Hei, Bold} {
		data, err := os.ReadFile(fileOf[n])
		if err != nil {
			t.Fatal(err)
		}
		some[fileOf[n]] = &fstest.MapFile{Data: data}
	}
	set, err := read(some)
	if err != nil || set.Face(Fallback) != nil {
		t.Errorf("without the fallback: %v", err)
	}
	if n, ok := set.Find(Bold, '检'); n != Bold || !ok {
		t.Errorf("检 in Bold is found in %v, %v", n, ok)
	}
	if n, ok := set.Find(Bold, '😀'); ok {
		t.Errorf("😀 is found in %v", n)
	}
}

// TestCoverage: GB 2312, the ideographs of GB 18030-2022 implementation level 1, and what laboratories write.
func TestCoverage(t *testing.T) {
	t.Parallel()
	set := loaded(t)
	var want []rune
	for high := byte(0xB0); high <= 0xF7; high++ {
		for low := byte(0xA1); low <= 0xFE; low++ {
			text, err := simplifiedchinese.GBK.NewDecoder().String(string([]byte{high, low}))
			if r := []rune(text); err == nil && len(r) == 1 && r[0] >= 0x4E00 && r[0] <= 0x9FFF {
				want = append(want, r[0])
			}
		}
	}
	if len(want) != 6763 {
		t.Fatalf("%d ideographs of GB 2312, want 6763", len(want))
	}
	for r := rune(0x3400); r <= 0x9FEF; r++ {
		if r <= 0x4DB5 || r >= 0x4E00 {
			want = append(want, r)
		}
	}
	want = append(want, []rune("䶮㛃𬭎℃‰μµΩ±×÷≤≥≠≈∞°′″½¼①⑩ⅢⅣ√∑Δαβγλ·…—“”～、。《》【】⁰⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉⩽⩾∼")...)
	for _, face := range []Name{Song, Hei, Bold} {
		var lacking strings.Builder
		for _, r := range want {
			if !set.Face(face).Has(r) {
				lacking.WriteRune(r)
			}
		}
		if lacking.Len() > 0 {
			t.Errorf("%v lacks %s", face, lacking.String())
		}
	}
}
