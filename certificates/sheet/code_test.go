package sheet

import (
	"math"
	"strings"
	"testing"
)

func TestCodeSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ length, modules int }{{MaxURL, 33}, {MaxURL + 1, 37}} {
		url := "https://hj.example.gov.cn/v/" + strings.Repeat("k7m2q9x4", 8)
		code, err := NewCode(url[:c.length])
		if err != nil {
			t.Fatal(err)
		}
		if got := len(code.Modules); got != c.modules {
			t.Errorf("%d bytes take %d modules, want %d", c.length, got, c.modules)
		}
		if quiet := code.Quiet(); math.Abs(quiet.W-CodeSize-8*code.W) > 1e-9 {
			t.Errorf("the quiet zone of %d modules is %v wide, want four modules on each side", c.modules, quiet.W)
		}
	}
}

// TestBarsAreTheModules paints the bars again and compares.
func TestBarsAreTheModules(t *testing.T) {
	t.Parallel()
	code, err := NewCode("https://hj.example.gov.cn/v/k7m2q9x4w3")
	if err != nil {
		t.Fatal(err)
	}
	n, m := len(code.Modules), code.W
	painted := make([][]bool, n)
	for y := range painted {
		painted[y] = make([]bool, n)
	}
	for _, b := range code.bars() {
		for x := int(math.Round(b.X / m)); x < int(math.Round(b.Right()/m)); x++ {
			painted[int(math.Round(b.Y/m))][x] = true
		}
	}
	for y := range n {
		for x := range n {
			if painted[y][x] != code.Modules[y][x] {
				t.Fatalf("module %d, %d: painted %v, want %v", x, y, painted[y][x], code.Modules[y][x])
			}
		}
	}
}
