// Package fonts holds the fonts of the documents, embedded when scripts/fonts.sh has copied them here before the build
// and parsed once. README.txt says what they are.
package fonts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"hengjian/certificates/microfont"
	"hengjian/internal/errs"
)

//go:embed *.t[tx][ft]
var files embed.FS

// Name is one of the fonts.
type Name int

// The fonts of a document.
const (
	Song     Name = iota // 宋体: Noto Serif SC Regular
	Hei                  // 黑体: Noto Sans SC Regular
	Bold                 // 黑体 bold: Noto Sans SC Bold
	Fallback             // optional, for characters that the others lack: Noto Serif JP Regular
	count
)

var fileOf = [count]string{
	Song: "NotoSerifSC-Regular.ttf", Hei: "NotoSansSC-Regular.ttf",
	Bold: "NotoSansSC-Bold.ttf", Fallback: "NotoSerifJP-Regular.ttf",
}

// String is the font's file name without its ending.
func (n Name) String() string { return fileOf[n][:len(fileOf[n])-len(".ttf")] }

// Set is the fonts of one process. It never changes.
type Set struct{ faces [count]*microfont.Face }

// Load returns the embedded fonts. Without them it is errs.Unavailable: the server runs, but issues no documents.
var Load = sync.OnceValues(func() (*Set, error) { return read(files) })

func read(from fs.FS) (*Set, error) {
	var s Set
	for n := range count {
		data, err := fs.ReadFile(from, fileOf[n])
		if errors.Is(err, fs.ErrNotExist) && n == Fallback {
			continue
		}
		if err == nil {
			s.faces[n], err = microfont.Parse(data)
		}
		if err != nil {
			return nil, missing.With(fmt.Errorf("%s: %w", fileOf[n], err))
		}
	}
	return &s, nil
}

// Built reports whether the program was built with the fonts. It costs nothing, unlike Load.
func Built() bool { return hold(files) }

func hold(from fs.FS) bool {
	for n := range Fallback {
		if _, err := fs.Stat(from, fileOf[n]); err != nil {
			return false
		}
	}
	return true
}

var missing = errs.New(errs.Unavailable, "fonts_missing",
	"程序构建时未包含证书字体，不能出具文书；请运行 make build 重新构建",
	"the program was built without the document fonts and issues no documents; build it with make build")

// Face returns one of the fonts; nil for a Fallback that is not there.
func (s *Set) Face(n Name) *microfont.Face { return s.faces[n] }

// Find returns the font that shows r: the wanted one, else the first of Song, Hei and Fallback that has it.
func (s *Set) Find(want Name, r rune) (Name, bool) {
	for _, n := range [...]Name{want, Song, Hei, Fallback} {
		if f := s.faces[n]; f != nil && f.Has(r) {
			return n, true
		}
	}
	return want, false
}
