package sheet

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// fieldName is what a signature field may be called: it is also a word in the settings of who signs.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// firstPage finds the number of the first page's object in gofpdf's tree of pages.
var firstPage = regexp.MustCompile(`<</Type /Pages\n/Kids \[(\d+) 0 R `)

const pageHead = "<</Type /Page\n"

// fields adds a signature field for each name and returns what the catalog says of them, and the first page with their
// widgets. All fields stand in the file before the first signature, so that a later signature only fills one in: a
// field that is added after a signature is a change of what was signed. They show nothing, but ISO 19005 wants an
// appearance even of that.
func (d Document) fields(file drawn, add func(object string) int) (catalog string, page int, object string, err error) {
	if len(d.Fields) == 0 {
		return "", 0, "", nil
	}
	page, text, err := file.firstPage()
	if err != nil {
		return "", 0, "", err
	}
	blank := add(stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", ""))
	var numbers []string
	for i, name := range d.Fields {
		if !fieldName.MatchString(name) || slices.Contains(d.Fields[:i], name) {
			return "", 0, "", fmt.Errorf("a signature field cannot be called %q, or is there twice", name)
		}
		n := add(fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P %d 0 R /AP <</N %d 0 R>>>>",
			name, page, blank))
		numbers = append(numbers, fmt.Sprintf("%d 0 R", n))
	}
	all := strings.Join(numbers, " ")
	// SigFlags 3: there are fields for signatures, and changes are to be appended. ESIC: the file may hold signatures of
	// ETSI's kind and data to validate them by, which came after PDF 1.7 (EN 319 142-1).
	catalog = fmt.Sprintf("/AcroForm <</Fields [%s] /SigFlags 3>>\n/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel 1>>>>\n", all)
	return catalog, page, strings.Replace(text, pageHead, fmt.Sprintf("%s/Annots [%s]\n", pageHead, all), 1), nil
}

// firstPage is the number and the text of the first page's dictionary.
func (d drawn) firstPage() (int, string, error) {
	found := firstPage.FindSubmatch(d.data)
	if found == nil {
		return 0, "", errShape
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil || n < 1 || n >= len(d.offsets) {
		return 0, "", errShape
	}
	text, _, ended := bytes.Cut(d.data[d.offsets[n]:], []byte("\nendobj\n"))
	text, headed := bytes.CutPrefix(text, fmt.Appendf(nil, "%d 0 obj\n", n))
	if !ended || !headed || !bytes.HasPrefix(text, []byte(pageHead)) || bytes.Contains(text, []byte("/Annots")) {
		return 0, "", errShape
	}
	return n, string(text), nil
}
