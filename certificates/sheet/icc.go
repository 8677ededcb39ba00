package sheet

import (
	"bytes"
	"encoding/binary"
	"math"
	"sync"
)

// The colours of the pages are those of sRGB. A file for archives says so by holding a profile of them (ICC.1:2001-04):
// three primaries, which are those of IEC 61966-2-1 (chromaticities 0.64 0.33, 0.30 0.60, 0.15 0.06; white D65 0.3127
// 0.3290) brought to D50 by Bradford's matrix, and one curve. Coordinates are in 1/65536; the columns add up to D50.
var (
	iccWhite = [3]uint32{0xF6D6, 0x10000, 0xD32D} // D50
	iccRed   = [3]uint32{0x6FA0, 0x38F5, 0x0390}
	iccGreen = [3]uint32{0x6297, 0xB787, 0x18DA}
	iccBlue  = [3]uint32{0x249F, 0x0F84, 0xB6C3}
)

const (
	iccName   = "sRGB IEC 61966-2-1"
	iccRights = "Public domain"
	iccPoints = 1024 // of the curve
	iccHeader = 128
)

// linear is the light of a value of sRGB, both 0 to 1 (IEC 61966-2-1 5.2).
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// packedProfile is the profile as a packed stream.
var packedProfile = sync.OnceValues(func() ([]byte, error) { return pack(profile()) })

// profile makes the profile: header, list of tags, data.
func profile() []byte {
	curve := iccCurve()
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", iccDescription()},
		{"cprt", append(iccType("text"), iccRights+"\x00"...)},
		{"wtpt", iccXYZ(iccWhite)},
		{"rXYZ", iccXYZ(iccRed)},
		{"gXYZ", iccXYZ(iccGreen)},
		{"bXYZ", iccXYZ(iccBlue)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	list := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	at := iccHeader + 4 + 12*len(tags)
	var data, last []byte
	for _, t := range tags {
		start := at + len(data)
		if bytes.Equal(t.data, last) { // the three curves are one
			start -= len(last)
		} else {
			last = t.data
			data = append(data, t.data...)
			data = append(data, make([]byte, -len(data)&3)...)
		}
		list = append(list, t.name...)
		list = binary.BigEndian.AppendUint32(list, uint32(start))
		list = binary.BigEndian.AppendUint32(list, uint32(len(t.data)))
	}
	return append(append(iccHead(at+len(data)), list...), data...)
}

// iccHead is the header of a profile of size bytes, for displays, version 2.1.
func iccHead(size int) []byte {
	h := make([]byte, iccHeader)
	binary.BigEndian.PutUint32(h, uint32(size))
	binary.BigEndian.PutUint32(h[8:], 0x02100000)
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1} { // the date of the profile, which never changes
		binary.BigEndian.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	for i, v := range iccWhite {
		binary.BigEndian.PutUint32(h[68+4*i:], v)
	}
	return h
}

func iccType(name string) []byte { return append([]byte(name), 0, 0, 0, 0) }

// iccDescription is the name in ASCII; its Unicode and Macintosh forms are empty but must be there.
func iccDescription() []byte {
	b := binary.BigEndian.AppendUint32(iccType("desc"), uint32(len(iccName)+1))
	b = append(b, iccName+"\x00"...)
	return append(b, make([]byte, 4+4+2+1+67)...)
}

func iccXYZ(v [3]uint32) []byte {
	b := iccType("XYZ ")
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

func iccCurve() []byte {
	b := binary.BigEndian.AppendUint32(iccType("curv"), iccPoints)
	for i := range iccPoints {
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(65535*linear(float64(i)/(iccPoints-1)))))
	}
	return b
}
