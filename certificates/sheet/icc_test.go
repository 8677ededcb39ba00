package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"testing"
)

type matrix [3][3]float64

func (m matrix) times(v [3]float64) (out [3]float64) {
	for i, row := range m {
		for j, x := range row {
			out[i] += x * v[j]
		}
	}
	return out
}

func (m matrix) inverse() (out matrix) {
	for i := range 3 {
		a, b := m[(i+1)%3], m[(i+2)%3]
		for j := range 3 {
			out[j][i] = a[(j+1)%3]*b[(j+2)%3] - a[(j+2)%3]*b[(j+1)%3]
		}
	}
	det := m[0][0]*out[0][0] + m[0][1]*out[1][0] + m[0][2]*out[2][0]
	for i := range 3 {
		for j := range 3 {
			out[i][j] /= det
		}
	}
	return out
}

// TestPrimaries computes the primaries of the profile from those of the standard.
func TestPrimaries(t *testing.T) {
	t.Parallel()
	coordinates := func(x, y float64) [3]float64 { return [3]float64{x / y, 1, (1 - x - y) / y} }
	primaries := [3][3]float64{coordinates(0.64, 0.33), coordinates(0.30, 0.60), coordinates(0.15, 0.06)}
	d65, d50 := coordinates(0.3127, 0.3290), [3]float64{0.9642, 1, 0.8249}
	var columns matrix
	for i := range 3 {
		for j := range 3 {
			columns[i][j] = primaries[j][i]
		}
	}
	amount := columns.inverse().times(d65)
	bradford := matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	from, to := bradford.times(d65), bradford.times(d50)
	var sum [3]uint32
	for n, got := range [][3]uint32{iccRed, iccGreen, iccBlue} {
		var scaled [3]float64
		for i := range 3 {
			scaled[i] = primaries[n][i] * amount[n]
		}
		cone := bradford.times(scaled)
		for i := range 3 {
			cone[i] *= to[i] / from[i]
		}
		for i, want := range bradford.inverse().times(cone) {
			if math.Abs(float64(got[i])-want*65536) > 1 {
				t.Errorf("primary %d, coordinate %d is %d/65536, want %.2f", n, i, got[i], want*65536)
			}
			sum[i] += got[i]
		}
	}
	if sum != iccWhite {
		t.Errorf("the primaries add up to %X, want %X", sum, iccWhite)
	}
}

// TestProfile reads the profile by its own list of tags.
func TestProfile(t *testing.T) {
	t.Parallel()
	p := profile()
	at := func(i int) int { return int(binary.BigEndian.Uint32(p[i:])) }
	if at(0) != len(p) || len(p)%4 != 0 || string(p[12:24]) != "mntrRGB XYZ " || string(p[36:40]) != "acsp" || at(8) != 0x02100000 {
		t.Fatalf("the header is %X of %d bytes", p[:iccHeader], len(p))
	}
	types := map[string]string{}
	for i := range at(iccHeader) {
		tag := iccHeader + 4 + 12*i
		start, length := at(tag+4), at(tag+8)
		if start%4 != 0 || start+length > len(p) {
			t.Fatalf("tag %s lies at %d, %d long, of %d bytes", p[tag:tag+4], start, length, len(p))
		}
		types[string(p[tag:tag+4])] = fmt.Sprintf("%s %d", p[start:start+4], length)
		if string(p[tag+1:tag+4]) != "TRC" {
			continue
		}
		for _, c := range []struct{ point, want int }{{0, 0}, {iccPoints - 1, 65535}, {512, 14057}} { // 512/1023 is 0.21449 of the light
			if got := int(binary.BigEndian.Uint16(p[start+12+2*c.point:])); got != c.want {
				t.Errorf("%s: point %d of the curve is %d, want %d", p[tag:tag+4], c.point, got, c.want)
			}
		}
	}
	want := fmt.Sprint(map[string]string{
		"desc": "desc 109", "cprt": "text 22", "wtpt": "XYZ  20", "rXYZ": "XYZ  20", "gXYZ": "XYZ  20", "bXYZ": "XYZ  20",
		"rTRC": "curv 2060", "gTRC": "curv 2060", "bTRC": "curv 2060",
	})
	if got := fmt.Sprint(types); got != want {
		t.Errorf("tags are %s, want %s", got, want)
	}
	if n := bytes.Count(p, []byte("curv")); n != 1 {
		t.Errorf("%d curves, want one for all three colours", n)
	}
	const pinned = "4d7d65f80dd6ae21e71086a6810f2f92c50f4fff9dabd2711aba99b127417219"
	if got := fmt.Sprintf("%x", sha256.Sum256(p)); got != pinned {
		t.Errorf("the profile has the hash %s, want %s: documents would no longer be the same bytes", got, pinned)
	}
}
