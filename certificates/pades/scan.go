package pades

import (
	"bytes"
)

// scanner reads what was written by a fixed form. After the first thing that is not as expected it is bad and reads
// nothing more; whoever uses it asks once, at the end.
type scanner struct {
	data []byte
	at   int
	bad  bool
}

// next reads a text if it comes next.
func (s *scanner) next(text string) bool {
	if s.bad || !bytes.HasPrefix(s.data[s.at:], []byte(text)) {
		return false
	}
	s.at += len(text)
	return true
}

// literal reads a text that must come next.
func (s *scanner) literal(text string) {
	if !s.next(text) {
		s.bad = true
	}
}

// number reads a number of at most the size of a file.
func (s *scanner) number() int {
	n, from := 0, s.at
	for !s.bad && s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '9' {
		n = 10*n + int(s.data[s.at]-'0')
		s.bad = n > maxSize
		s.at++
	}
	if s.at == from {
		s.bad = true
	}
	if s.bad {
		return 0
	}
	return n
}

// skip passes over bytes and returns them.
func (s *scanner) skip(n int) []byte {
	if s.bad || n < 0 || n > len(s.data)-s.at {
		s.bad = true
		return nil
	}
	s.at += n
	return s.data[s.at-n : s.at]
}

// until reads up to a text, and the text. At most limit bytes stand before it.
func (s *scanner) until(text string, limit int) []byte {
	if s.bad {
		return nil
	}
	window := s.data[s.at:min(len(s.data), s.at+limit+len(text))]
	before, _, found := bytes.Cut(window, []byte(text))
	if !found {
		s.bad = true
		return nil
	}
	s.at += len(before) + len(text)
	return before
}
