package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// What the replays of all rooms share: ids and hashes in few bytes, since a log has millions of them, and the faults.

// ID is an id as a replay keeps it: the 16 bytes of its UUID.
type ID [16]byte

// uuidLength is how long the usual form of a UUID is.
const uuidLength = 36

// IDOf reads an id. What is no UUID gets bytes of its own.
func IDOf(text string) ID {
	if len(text) == uuidLength {
		if id, err := uuid.Parse(text); err == nil {
			return ID(id)
		}
	}
	sum := sha256.Sum256([]byte(text))
	return ID(sum[:])
}

// String is the id as events write it.
func (id ID) String() string { return uuid.UUID(id).String() }

// Sum is a SHA-256 as a replay keeps it.
type Sum [sha256.Size]byte

// SumOf reads a hash in hexadecimal; what is none becomes zero, which is the hash of nothing.
func SumOf(text string) Sum {
	var s Sum
	if len(text) != hex.EncodedLen(len(s)) {
		return Sum{}
	}
	if _, err := hex.Decode(s[:], []byte(text)); err != nil {
		return Sum{}
	}
	return s
}

// String is the hash in hexadecimal.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Faults are what is wrong with one event.
type Faults []Fault

// Add notes a fault; the arguments stand in both texts.
func (f *Faults) Add(code, zh, en string, args ...any) {
	*f = append(*f, Fault{Code: code, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}
