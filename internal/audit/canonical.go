package audit

import (
	"bytes"
	"encoding/json"

	"hengjian/internal/ledger"
)

// canonical tells whether valid JSON has no white space between tokens and the keys of each object in rising order, each
// once: two readers of such a text cannot disagree about what it says. Keys whose order the bytes do not tell are left
// to the slow and complete way.
func canonical(text []byte) bool {
	s := scanner{text: text}
	if !s.value(0) || s.at != len(text) {
		return false
	}
	if !s.odd {
		return true
	}
	again, err := ledger.Canonical(json.RawMessage(text))
	return err == nil && bytes.Equal(again, text)
}

type scanner struct {
	text []byte
	at   int
	odd  bool // a key has an escape or a character above U+FFFF
}

const maxDepth = 64

func (s *scanner) value(depth int) bool {
	if s.at >= len(s.text) || depth > maxDepth {
		return false
	}
	switch s.text[s.at] {
	case '{':
		return s.object(depth + 1)
	case '[':
		return s.array(depth + 1)
	case '"':
		_, ok := s.string()
		return ok
	}
	return s.word()
}

// object reads members whose keys rise.
func (s *scanner) object(depth int) bool {
	s.at++
	if s.take('}') {
		return true
	}
	var before []byte
	for first := true; ; first = false {
		key, ok := s.string()
		if !ok {
			return false
		}
		s.odd = s.odd || bytes.IndexByte(key, '\\') >= 0 || bytes.ContainsFunc(key, func(r rune) bool { return r > 0xffff })
		if !first && !s.odd && bytes.Compare(before, key) >= 0 || !s.take(':') || !s.value(depth) {
			return false
		}
		before = key
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scanner) array(depth int) bool {
	s.at++
	if s.take(']') {
		return true
	}
	for {
		if !s.value(depth) {
			return false
		}
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// string reads a string and returns what stands between the quotes.
func (s *scanner) string() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	start := s.at
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			s.at++
			return s.text[start : s.at-1], true
		case '\\':
			s.at++
		}
		s.at++
	}
	return nil, false
}

// word reads a number, true, false or null.
func (s *scanner) word() bool {
	start := s.at
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case ',', ']', '}', ':', '{', '[', '"', ' ', '\t', '\r', '\n':
			return s.at > start
		}
	}
	return s.at > start
}
