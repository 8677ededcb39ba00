package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Sealed is personal data, or a text in which people may have written some, as an event holds it: a commitment under a
// salt of its own. Append keeps salt and text in the table event_personal, from which both can be erased; the event and
// every proof of it stay as they are.
type Sealed struct {
	text       string
	salt       [16]byte
	commitment [sha256.Size]byte
}

// Seal commits to a text. An empty text is no secret and stays an empty string.
func Seal(text string) Sealed {
	s := Sealed{text: text}
	_, _ = rand.Read(s.salt[:]) // never fails
	s.commitment = commit(s.salt[:], text)
	return s
}

// commit is SHA-256 of the salt, which has a fixed length, and the text.
func commit(salt []byte, text string) [sha256.Size]byte {
	return sha256.Sum256(append(slices.Clip(salt), text...))
}

// Reveals tells whether a salt and a text are what a commitment, in hexadecimal, was made of.
func Reveals(commitment string, salt []byte, text string) bool {
	sum := commit(salt, text)
	return len(salt) == len(Sealed{}.salt) && subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(commitment)) == 1
}

// MarshalJSON implements json.Marshaler: {"sealed": "the commitment in hexadecimal"}, or "".
func (s Sealed) MarshalJSON() ([]byte, error) {
	if s.text == "" {
		return []byte(`""`), nil
	}
	return json.Marshal(map[string]string{"sealed": hex.EncodeToString(s.commitment[:])})
}

// UnmarshalJSON implements json.Unmarshaler: what comes back is the commitment alone.
func (s *Sealed) UnmarshalJSON(text []byte) error {
	*s = Sealed{}
	if string(text) == `""` {
		return nil
	}
	var in struct {
		Sealed string `json:"sealed"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	raw, err := hex.DecodeString(in.Sealed)
	if err != nil || len(raw) != len(s.commitment) {
		return fmt.Errorf("a sealed text has 64 hexadecimal digits, not %q", in.Sealed)
	}
	copy(s.commitment[:], raw)
	return nil
}

// Commitment is the commitment in hexadecimal.
func (s Sealed) Commitment() string { return hex.EncodeToString(s.commitment[:]) }

// sealedIn collects the sealed texts that data hold, at any depth.
func sealedIn(data any) []Sealed {
	var found []Sealed
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if !v.IsValid() {
			return
		}
		if s, ok := asSealed(v); ok {
			if s.text != "" {
				found = append(found, s)
			}
			return
		}
		switch v.Kind() { //nolint:exhaustive // nothing can be inside of the others
		case reflect.Pointer, reflect.Interface:
			walk(v.Elem())
		case reflect.Struct:
			for _, field := range v.Fields() {
				walk(field)
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for _, key := range v.MapKeys() {
				walk(v.MapIndex(key))
			}
		}
	}
	walk(reflect.ValueOf(data))
	return found
}

func asSealed(v reflect.Value) (Sealed, bool) {
	if v.Type() != reflect.TypeFor[Sealed]() || !v.CanInterface() {
		return Sealed{}, false
	}
	return reflect.TypeAssert[Sealed](v)
}
