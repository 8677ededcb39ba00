package sheet

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

var errShape = errors.New("the drawn file is not built as expected")

// rewrite copies a file with one plain cross-reference table, as gofpdf writes it, and makes the table anew: the
// streams of some objects are replaced, and streams that are not packed yet are. gofpdf could pack the pages too, but
// takes a new packer of a megabyte for each.
func rewrite(pdf []byte, streams map[int][]byte) ([]byte, error) {
	offsets, table, err := crossReferences(pdf)
	if err != nil {
		return nil, err
	}
	trailer := bytes.Index(pdf[table:], []byte("trailer\n"))
	last := bytes.LastIndex(pdf, []byte("startxref\n"))
	if trailer < 0 || last < table+trailer {
		return nil, errShape
	}
	byPlace := make([]int, 0, len(offsets)-1)
	for n := 1; n < len(offsets); n++ {
		byPlace = append(byPlace, n)
	}
	slices.SortFunc(byPlace, func(a, b int) int { return offsets[a] - offsets[b] })
	out := bytes.NewBuffer(make([]byte, 0, len(pdf)))
	out.Write(pdf[:offsets[byPlace[0]]])
	moved := make([]int, len(offsets))
	for i, n := range byPlace {
		end := table
		if i+1 < len(byPlace) {
			end = offsets[byPlace[i+1]]
		}
		moved[n] = out.Len()
		if err := copyObject(out, n, pdf[offsets[n]:end], streams); err != nil {
			return nil, err
		}
	}
	start := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets))
	for _, at := range moved[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	out.Write(pdf[table+trailer : last])
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", start)
	return out.Bytes(), nil
}

// copyObject copies object n, or writes it with a stream of its own.
func copyObject(out *bytes.Buffer, n int, object []byte, streams map[int][]byte) error {
	data, replaced := streams[n]
	if !replaced {
		plain := false
		if data, plain = plainStream(object); !plain {
			out.Write(object)
			return nil
		}
	}
	packed, err := pack(data)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", n, len(packed))
	out.Write(packed)
	out.WriteString("\nendstream\nendobj\n")
	return nil
}

// plainStream returns the data of an object that is nothing but an unpacked stream, in gofpdf's own words.
func plainStream(object []byte) ([]byte, bool) {
	_, rest, _ := bytes.Cut(object, []byte(" obj\n"))
	rest, ok := bytes.CutPrefix(rest, []byte("<</Length "))
	length, rest, found := bytes.Cut(rest, []byte(">>\nstream\n"))
	n, err := strconv.Atoi(string(length))
	if !ok || !found || err != nil || n < 0 || n > len(rest) || !bytes.HasPrefix(rest[n:], []byte("\nendstream\n")) {
		return nil, false
	}
	return rest[:n], true
}

var packers sync.Pool // of *zlib.Writer

// pack compresses data with a packer that is used again and again.
func pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, ok := packers.Get().(*zlib.Writer)
	if !ok {
		var err error
		if z, err = zlib.NewWriterLevel(nil, zlib.BestSpeed); err != nil {
			return nil, fmt.Errorf("packing a stream: %w", err)
		}
	}
	defer packers.Put(z)
	z.Reset(&b)
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("packing a stream: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing a stream: %w", err)
	}
	return b.Bytes(), nil
}

// crossReferences reads where each object stands; offsets[0] is unused.
func crossReferences(pdf []byte) (offsets []int, table int, err error) {
	last := bytes.LastIndex(pdf, []byte("startxref\n"))
	if last < 0 {
		return nil, 0, errShape
	}
	number, _, _ := bytes.Cut(pdf[last+len("startxref\n"):], []byte("\n"))
	if table, err = strconv.Atoi(string(number)); err != nil || table <= 0 || table >= last {
		return nil, 0, errShape
	}
	head, entries, found := bytes.Cut(bytes.TrimPrefix(pdf[table:last], []byte("xref\n0 ")), []byte("\n"))
	count, err := strconv.Atoi(string(head))
	const width = len("0000000000 00000 n \n")
	if err != nil || !found || count < 2 || count > len(entries)/width {
		return nil, 0, errShape
	}
	offsets = make([]int, count)
	for n := 1; n < count; n++ {
		at, err := strconv.Atoi(string(entries[width*n : width*n+10]))
		if err != nil || at <= 0 || at >= table {
			return nil, 0, errShape
		}
		offsets[n] = at
	}
	return offsets, table, nil
}
