// Package paging cuts lists into pages by the last row's sort key (keyset paging), which stays fast and complete while
// rows are added, where an offset would skip and repeat. It owns the form of the opaque cursor and touches no database.
package paging

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"hengjian/internal/errs"
)

// The bounds of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// maxCursor bounds what is decoded: the longest sort key of ours is a few hundred bytes.
const maxCursor = 2048

// Page is one page of a list. Next asks for the following page and is empty on the last one.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// Limit returns the page size for what was asked: 0 is the default, anything else is held within 1 to MaxLimit.
func Limit(n int) int {
	if n == 0 {
		return DefaultLimit
	}
	return min(max(n, 1), MaxLimit)
}

// Cut makes a page of rows that were read with LIMIT limit+1: the surplus row only tells that there is a next page.
// key returns the sort key of a row, the unique column last.
func Cut[T any](rows []T, limit int, key func(T) []string) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: append([]T{}, rows...)}
	}
	return Page[T]{Items: rows[:limit], Next: Encode(key(rows[limit-1])...)}
}

// Encode makes the cursor of a sort key.
func Encode(keys ...string) string {
	text, err := json.Marshal(keys)
	if err != nil {
		return "" // cannot happen: strings always encode
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// Decode reads a cursor whose key has one part for each check; "" is the first page and gives nil. Cursors come from
// outside, so every part is checked before it reaches a query; a cursor of another shape is an Invalid error.
func Decode(cursor string, checks ...func(string) bool) ([]string, error) {
	if cursor == "" {
		return nil, nil
	}
	if len(cursor) > maxCursor {
		return nil, badCursor()
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, badCursor()
	}
	var keys []string
	if err := json.Unmarshal(text, &keys); err != nil || len(keys) != len(checks) {
		return nil, badCursor()
	}
	for i, check := range checks {
		if !check(keys[i]) {
			return nil, badCursor()
		}
	}
	return keys, nil
}

func badCursor() error {
	var l errs.List
	l.Add("cursor", "bad_cursor", "翻页标记无效，请从第一页重新开始", "the cursor is not valid: start again at the first page")
	return l.Err()
}

// Text accepts what PostgreSQL accepts as text: UTF-8 without NUL.
func Text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// UUID accepts a UUID in its usual form of 36 characters.
func UUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// Time accepts an RFC 3339 time, as made by Stamp.
func Time(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil
}

// Stamp writes a time as part of a sort key, losing nothing.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
