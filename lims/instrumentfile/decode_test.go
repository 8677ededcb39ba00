package instrumentfile

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"hengjian/internal/errs"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	chinese := "样品编号,检验项目,检验结果,单位\nS1,铅,0.05,mg/kg\n"
	french := "Méthode: à la flamme\nRéf,Résultat\nS1,5 µg/L ±0,1 à 20 °C\n"
	little, big := utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), utf.UTF16(utf.BigEndian, utf.IgnoreBOM)
	tests := []struct {
		name     string
		content  []byte
		encoding string
		text     string
	}{
		{"ASCII", []byte("a,b\n1,2\n"), encodingUTF8, "a,b\n1,2\n"},
		{"UTF-8", []byte(chinese), encodingUTF8, chinese},
		{"UTF-8 with mark", []byte("\xef\xbb\xbf" + chinese), encodingUTF8, chinese},
		{"UTF-16LE with mark", append([]byte("\xff\xfe"), encoded(t, little, chinese)...), encodingUTF16LE, chinese},
		{"UTF-16BE with mark", append([]byte("\xfe\xff"), encoded(t, big, chinese)...), encodingUTF16BE, chinese},
		{"UTF-16LE", encoded(t, little, chinese), encodingUTF16LE, chinese},
		{"UTF-16BE", encoded(t, big, chinese), encodingUTF16BE, chinese},
		{"UTF-16LE with a surrogate pair", encoded(t, little, "𠮷,1\n2,3\n"), encodingUTF16LE, "𠮷,1\n2,3\n"},
		{"GBK", encoded(t, simplifiedchinese.GBK, chinese), encodingGBK, chinese},
		{"GBK with a rare character", encoded(t, simplifiedchinese.GBK, "朱镕基,堃\n"), encodingGBK, "朱镕基,堃\n"},
		{"GB 18030", encoded(t, simplifiedchinese.GB18030, "二氧化硅SiO₂,1\n"), encodingGB18030, "二氧化硅SiO₂,1\n"},
		{"Latin-1", encoded(t, charmap.ISO8859_1, french), encodingLatin1, french},
		{"Latin-1, only µg", encoded(t, charmap.ISO8859_1, "Pb,5,µg/L\n"), encodingLatin1, "Pb,5,µg/L\n"},
		{"Windows", encoded(t, charmap.Windows1252, "5 – 6 €\n"), encodingWindows, "5 – 6 €\n"},
		{"the end mark of DOS", []byte("a,b\n\x1a"), encodingUTF8, "a,b\n"},
		{"a text that begins as an archive does", []byte("PK,1\n"), encodingUTF8, "PK,1\n"},
		{"form feed and tabs", []byte("a\tb\f\n"), encodingUTF8, "a\tb\f\n"},
	}
	for _, tt := range tests {
		text, encoding, err := Decode(tt.content)
		if err != nil || text != tt.text || encoding != tt.encoding {
			t.Errorf("%s: got %q in %q, %v; want %q in %q", tt.name, text, encoding, err, tt.text, tt.encoding)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	little := utf.UTF16(utf.LittleEndian, utf.IgnoreBOM)
	tests := []struct {
		name, code string
		content    []byte
	}{
		{"nothing", "file_empty", nil},
		{"too much", "file_too_large", bytes.Repeat([]byte("a"), maxBytes+1)},
		{"NUL in UTF-8", "file_binary", []byte("样品编号,检验项目\x00,单位\n")},
		{"NUL in ASCII", "file_binary", []byte("a,b\x00\n")},
		{"controls", "file_binary", []byte("a,b\x07\n")},
		{"a C1 control", "file_binary", []byte("a,\u0085b\n")},
		{"PNG", "file_binary", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00")},
		{"UTF-8 mark before something else", "file_binary", []byte("\xef\xbb\xbfa\xff\n")},
		{"UTF-16 cut off", "file_binary", append([]byte("\xff\xfe"), encoded(t, little, "a,b\n")[:5]...)},
		{"half a surrogate pair", "file_binary", []byte("\xff\xfea\x00\x00\xd8b\x00")},
		{"UTF-16 without mark, all ideographs", "file_binary", append(encoded(t, little, strings.Repeat("铅", 50)), 'a', 0)},
		{"UTF-32", "file_binary", []byte("\xff\xfe\x00\x00a\x00\x00\x00")},
		{"undefined in Windows", "file_binary", []byte("a\x81 b\n")},
		{"old Excel", "workbook_old", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 504)...)},
		{"a workbook", "workbook_not_text", []byte("PK\x03\x04")},
	}
	for _, tt := range tests {
		text, _, err := Decode(tt.content)
		if errs.KindOf(err) != errs.Invalid || !isCode(err, tt.code) || text != "" {
			t.Errorf("%s: got %.20q and %v, want the refusal %s", tt.name, text, err, tt.code)
		}
	}
}

// TestOldExcelIsRefusedInBothLanguages holds the sentence that tells people what to do.
func TestOldExcelIsRefusedInBothLanguages(t *testing.T) {
	t.Parallel()
	_, err := Read(append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 504)...), "结果.xls", "")
	if err == nil || !strings.Contains(err.Error(), "save it as .xlsx or CSV") || !strings.Contains(err.Error(), "结果.xls") {
		t.Errorf("old .xls: %v", err)
	}
	var l errs.List
	l.Merge("file", err)
	if zh := l.Fields()[0].ZH; !strings.Contains(zh, "另存为.xlsx或CSV") {
		t.Errorf("old .xls in Chinese: %s", zh)
	}
}
