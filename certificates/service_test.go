package certificates

import (
	"bytes"
	"crypto/rand"
	"math"
	"strings"
	"testing"
)

// A code cannot be guessed: 80 bits at least, every sign at every place as likely as any other.
func TestCodeCannotBeGuessed(t *testing.T) {
	t.Parallel()
	if bits := codeLength * math.Log2(float64(len(codeAlphabet))); bits < 80 {
		t.Errorf("a code has %.0f bits, want 80", bits)
	}
	if 256%len(codeAlphabet) != 0 {
		t.Errorf("%d signs do not divide a byte evenly", len(codeAlphabet))
	}
	s := &Service{random: rand.Reader}
	seen := map[string]bool{}
	var at [codeLength]map[byte]int
	const n = 6400
	for range n {
		code, err := s.newCode()
		if err != nil || len(code) != codeLength || seen[code] {
			t.Fatalf("code %q, %v, seen before: %v", code, err, seen[code])
		}
		seen[code] = true
		for i := range len(code) {
			if at[i] == nil {
				at[i] = map[byte]int{}
			}
			at[i][code[i]]++
		}
	}
	for i, signs := range at {
		for sign, times := range signs { // 200 are expected, with a deviation of 14
			if times < 100 || times > 300 || !strings.ContainsRune(codeAlphabet, rune(sign)) {
				t.Errorf("place %d: %q comes %d times in %d", i, sign, times, n)
			}
		}
		if len(signs) != 32 {
			t.Errorf("place %d: %d different signs, want 32", i, len(signs))
		}
	}
	short := &Service{random: bytes.NewReader(make([]byte, codeLength-1))}
	if code, err := short.newCode(); err == nil {
		t.Errorf("a code from too little randomness: %q", code)
	}
}

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://localhost:8080": true, "https://lims.changqing.jinan.example.cn:9": true, "https://a.cn/hengjian": true,
		"https://lims.changqing.jinan.example.cn:99": false, "": false, "https://": false, "https://a.cn/": false, "javascript:alert(1)": false,
		"https://a.cn#x": false, "https://a .cn": false,
	} {
		if err := CheckAddress(address); (err == nil) != want {
			t.Errorf("%q (%d bytes): %v, want taken %v", address, len(address), err, want)
		}
	}
}
