package instrumentfile

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"hengjian/internal/errs"
)

// The encodings, as File.Encoding names them.
const (
	encodingUTF8    = "UTF-8"
	encodingUTF16LE = "UTF-16LE"
	encodingUTF16BE = "UTF-16BE"
	encodingGBK     = "GBK"
	encodingGB18030 = "GB 18030"
	encodingLatin1  = "ISO-8859-1"
	encodingWindows = "windows-1252"
)

// Decode turns the bytes of a text file into text and names their encoding: a byte-order mark decides, then UTF-16 is
// known by its NUL bytes, then UTF-8, GBK and GB 18030 by being valid, and Latin-1 (with the additions of Windows) is
// what remains. Workbooks, text with control characters and other binary content are Invalid.
func Decode(content []byte) (text, name string, err error) {
	switch {
	case len(content) == 0:
		return "", "", invalid("file_empty", "文件为空", "the file is empty")
	case len(content) > maxBytes:
		return "", "", tooLarge()
	case bytes.HasPrefix(content, oldOffice):
		return "", "", oldWorkbook()
	case isWorkbook(content):
		return "", "", invalid("workbook_not_text", "这是工作簿，不是文本文件", "this is a workbook, not a text file")
	}
	text, name = decode(content)
	text = strings.TrimSuffix(text, "\x1a") // the end mark of DOS
	if name == "" || !readable(text) {
		return "", "", invalid("file_binary",
			"文件不是文本：含有二进制内容，或编码不是UTF-8、UTF-16、GBK、GB 18030、Latin-1中的任何一种",
			"this is not text: it has binary content or is in none of UTF-8, UTF-16, GBK, GB 18030, Latin-1")
	}
	return text, name, nil
}

func tooLarge() *errs.Error {
	return invalid("file_too_large", "文件过大：不超过%d MiB", "the file is too large: at most %d MiB", maxBytes>>20)
}

// decode returns no name when no encoding fits.
func decode(content []byte) (text, name string) {
	if rest, ok := bytes.CutPrefix(content, []byte("\xef\xbb\xbf")); ok {
		if utf8.Valid(rest) {
			return string(rest), encodingUTF8
		}
		return "", ""
	}
	if rest, ok := bytes.CutPrefix(content, []byte("\xff\xfe")); ok {
		return utf16(rest, utf.LittleEndian, encodingUTF16LE)
	}
	if rest, ok := bytes.CutPrefix(content, []byte("\xfe\xff")); ok {
		return utf16(rest, utf.BigEndian, encodingUTF16BE)
	}
	switch {
	case bytes.IndexByte(content, 0) >= 0:
		return unmarkedUTF16(content)
	case utf8.Valid(content):
		return string(content), encodingUTF8
	}
	if name := chinese(content); name != "" {
		if text, ok := with(simplifiedchinese.GB18030, content); ok {
			return text, name
		}
	}
	return western(content)
}

// with decodes content; ok is false when a byte fits nothing.
func with(e encoding.Encoding, content []byte) (text string, ok bool) {
	out, err := e.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", false
	}
	return string(out), true
}

// utf16 decodes content without its mark. A byte that is left over, or half of a pair, fits nothing.
func utf16(content []byte, order utf.Endianness, as string) (text, name string) {
	text, ok := with(utf.UTF16(order, utf.IgnoreBOM), content)
	if !ok {
		return "", ""
	}
	return text, as
}

// unmarkedUTF16 decides the byte order of UTF-16 without a mark: the right one gives readable text in which
// delimiters, line ends and digits are frequent, the wrong one gives mostly rare or unassigned characters.
func unmarkedUTF16(content []byte) (text, name string) {
	little, nameLittle := utf16(content, utf.LittleEndian, encodingUTF16LE)
	big, nameBig := utf16(content, utf.BigEndian, encodingUTF16BE)
	shareLittle, shareBig := plausible(little), plausible(big)
	const leastASCII = 0.1
	switch {
	case max(shareLittle, shareBig) < leastASCII:
		return "", ""
	case shareLittle >= shareBig:
		return little, nameLittle
	}
	return big, nameBig
}

// assigned are the classes of characters that stand in texts; private and unassigned ones do not.
var assigned = []*unicode.RangeTable{
	unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs, unicode.Cc, unicode.Cf,
}

// plausible returns the share of ASCII in a text, 0 when something in it is not text at all.
func plausible(text string) float64 {
	ascii, all := 0, 0
	for _, r := range text {
		if control(r) || !unicode.In(r, assigned...) {
			return 0
		}
		if r < utf8.RuneSelf {
			ascii++
		}
		all++
	}
	return float64(ascii) / float64(max(1, all))
}

// chinese says whether content is GBK or GB 18030. Latin-1 can be valid GBK by chance ("µg" is 礸, "é" before a letter
// a rare ideograph), but then nearly all pairs lie outside GB 2312, where all usual Chinese text stands.
func chinese(content []byte) string {
	usual, rare, four := 0, 0, 0
	for i := 0; i < len(content); i++ {
		first := content[i]
		if first < utf8.RuneSelf {
			continue
		}
		rest := content[i+1:]
		switch {
		case len(rest) >= 3 && digit(rest[0]) && rest[1] >= 0x81 && digit(rest[2]):
			four++
			i += 3
		case len(rest) == 0 || rest[0] < 0x40: // neither GBK nor GB 18030
			return ""
		case first >= 0xa1 && rest[0] >= 0xa1:
			usual++
			i++
		default:
			rare++
			i++
		}
	}
	switch {
	case usual+four < rare:
		return ""
	case four > 0:
		return encodingGB18030
	}
	return encodingGBK
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// western decodes Latin-1; where it has controls, Windows has signs such as – and €.
func western(content []byte) (text, name string) {
	text, ok := with(charmap.Windows1252, content)
	if !ok {
		return "", ""
	}
	for _, b := range content {
		if b >= 0x80 && b < 0xa0 {
			return text, encodingWindows
		}
	}
	return text, encodingLatin1
}

// readable says whether a text has no control characters but the blanks and line ends.
func readable(text string) bool { return !strings.ContainsFunc(text, control) }

func control(r rune) bool {
	switch r {
	case '\t', '\n', '\r', '\v', '\f':
		return false
	}
	return unicode.IsControl(r)
}
