package sheet

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zlib"
)

var errShape = errors.New("the drawn file is not built as expected")

// drawn is a file as gofpdf writes it: objects one after the other and one plain cross-reference table.
type drawn struct {
	data       []byte
	offsets    []int // where each object stands; offsets[0] is unused
	table      int   // where the cross-reference table stands
	root, info int   // numbers of the catalog and of the information dictionary
}

// edit is what is to be changed in a file.
type edit struct {
	version string         // of PDF, in the header
	objects map[int]string // objects in place of those that are there
	added   []string       // objects with the numbers after the last
}

// rewrite copies the file with its changes and makes the table anew. Streams that are not packed yet are packed: gofpdf
// could pack the pages too, but takes a new packer of a megabyte for each.
func (d drawn) rewrite(e edit) ([]byte, error) {
	byPlace := make([]int, 0, len(d.offsets)-1)
	for n := 1; n < len(d.offsets); n++ {
		byPlace = append(byPlace, n)
	}
	slices.SortFunc(byPlace, func(a, b int) int { return d.offsets[a] - d.offsets[b] })
	out := bytes.NewBuffer(make([]byte, 0, len(d.data)))
	// bytes past ASCII in the second line say that the file is not text (ISO 19005-1 6.1.2)
	fmt.Fprintf(out, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", e.version)
	moved := make([]int, len(d.offsets), len(d.offsets)+len(e.added))
	for i, n := range byPlace {
		end := d.table
		if i+1 < len(byPlace) {
			end = d.offsets[byPlace[i+1]]
		}
		moved[n] = out.Len()
		if object, replaced := e.objects[n]; replaced {
			writeObject(out, n, object)
			continue
		}
		if err := copyObject(out, n, d.data[d.offsets[n]:end]); err != nil {
			return nil, err
		}
	}
	for _, object := range e.added {
		moved = append(moved, out.Len())
		writeObject(out, len(moved)-1, object)
	}
	start := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(moved))
	for _, at := range moved[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	id := sha256.Sum256(out.Bytes()) // of the content: the same document has the same name
	fmt.Fprintf(out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%X> <%[4]X>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		len(moved), d.root, d.info, id[:16], start)
	return out.Bytes(), nil
}

func writeObject(out *bytes.Buffer, n int, object string) {
	fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", n, object)
}

// copyObject copies object n, packed where it is nothing but a stream.
func copyObject(out *bytes.Buffer, n int, object []byte) error {
	data, plain := plainStream(object)
	if !plain {
		out.Write(object)
		return nil
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

// pack compresses data with a packer that is used again and again. What it makes of the data never changes (ADR 9).
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

// readDrawn finds the objects of a file.
func readDrawn(pdf []byte) (drawn, error) {
	offsets, table, err := crossReferences(pdf)
	if err != nil {
		return drawn{}, err
	}
	d := drawn{data: pdf, offsets: offsets, table: table}
	_, trailer, _ := bytes.Cut(pdf[table:], []byte("trailer\n"))
	if d.root, err = reference(trailer, "/Root "); err != nil {
		return drawn{}, err
	}
	if d.info, err = reference(trailer, "/Info "); err != nil {
		return drawn{}, err
	}
	if max(d.root, d.info) >= len(offsets) || d.root == d.info {
		return drawn{}, errShape
	}
	return d, nil
}

// reference reads the number of the object that an entry of a dictionary refers to.
func reference(dictionary []byte, key string) (int, error) {
	_, number, found := bytes.Cut(dictionary, []byte(key))
	number, _, end := bytes.Cut(number, []byte(" 0 R"))
	n, err := strconv.Atoi(string(number))
	if !found || !end || err != nil || n < 1 {
		return 0, errShape
	}
	return n, nil
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
