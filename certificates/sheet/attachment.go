package sheet

import (
	"crypto/md5" //nolint:gosec // what PDF has for a checksum against damage
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Attachment is a file inside the document.
type Attachment struct {
	Name         string // of ASCII letters, digits and . _ -
	Description  string
	MediaType    string // such as application/json
	Relationship Relationship
	Content      []byte
}

// Relationship is what an attachment is to the document (ISO 19005-3 annex E).
type Relationship string

// The relationships.
const (
	Data       Relationship = "Data"       // the data that the pages show
	Supplement Relationship = "Supplement" // more than the pages show
)

var (
	fileName  = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	mediaType = regexp.MustCompile(`^[a-z0-9.+-]+/[a-z0-9.+-]+$`)
)

func (a Attachment) check() error {
	if !fileName.MatchString(a.Name) || !mediaType.MatchString(a.MediaType) ||
		a.Relationship != Data && a.Relationship != Supplement {
		return fmt.Errorf("attachment %q of type %q as %q cannot be attached", a.Name, a.MediaType, a.Relationship)
	}
	return nil
}

// attach adds the attachments' objects and returns what the catalog says of them: nothing when there are none, since an
// empty list of files is not allowed everywhere.
func (d Document) attach(add func(object string) int) (string, error) {
	if len(d.Attachments) == 0 {
		return "", nil
	}
	sorted := slices.SortedFunc(slices.Values(d.Attachments), func(a, b Attachment) int { return strings.Compare(a.Name, b.Name) })
	var names, associated strings.Builder
	for i, a := range sorted {
		if err := a.check(); err != nil {
			return "", err
		}
		if i > 0 && a.Name == sorted[i-1].Name {
			return "", fmt.Errorf("two attachments are called %q", a.Name)
		}
		sum := md5.Sum(a.Content) //nolint:gosec // as above
		packed, err := packedStream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params <</ModDate %s /Size %d /CheckSum <%X>>>",
			strings.ReplaceAll(a.MediaType, "/", "#2F"), date(d.Created), len(a.Content), sum), a.Content)
		if err != nil {
			return "", err
		}
		content := add(packed)
		file := add(fmt.Sprintf("<</Type /Filespec /F (%s) /UF %s /Desc %s /AFRelationship /%s /EF <</F %d 0 R /UF %[5]d 0 R>>>>",
			a.Name, hexText(a.Name), hexText(a.Description), a.Relationship, content))
		fmt.Fprintf(&names, "(%s) %d 0 R ", a.Name, file)
		fmt.Fprintf(&associated, "%d 0 R ", file)
	}
	return fmt.Sprintf("/AF [%s]\n/Names <</EmbeddedFiles <</Names [%s]>>>>\n",
		strings.TrimSpace(associated.String()), strings.TrimSpace(names.String())), nil
}
