package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"hengjian/internal/errs"
)

// Told is an event as it is read back from its body.
type Told struct {
	Schema   int
	ID       string
	Division string
	Kind     string
	Version  int
	Subject  Subject
	ActorID  string
	Role     Role
	At       time.Time
	Data     json.RawMessage
}

// ParseEvent reads the body of an event of a schema that this program knows; its data are left as they are.
func ParseEvent(text []byte) (Told, error) {
	var data json.RawMessage
	b := body{Data: &data}
	if err := json.Unmarshal(text, &b); err != nil {
		return Told{}, errUnreadable("事件内容无法读取", "the body of the event cannot be read").With(err)
	}
	t, err := b.told()
	t.Data = data
	return t, err
}

func errUnreadable(zh, en string) *errs.Error {
	return errs.New(errs.Invalid, "event_unreadable", zh, en)
}

func (b body) told() (Told, error) {
	switch b.Schema {
	case Schema:
	case 1:
		b.Version = 1
	default:
		return Told{}, errs.New(errs.Invalid, "event_schema",
			fmt.Sprintf("事件格式为第%d版，本程序不认识", b.Schema), fmt.Sprintf("the event has schema %d, which this program does not know", b.Schema))
	}
	at, err := time.Parse(timeLayout, b.At)
	if err != nil {
		return Told{}, errUnreadable("事件时间无法读取", "the time of the event cannot be read").With(err)
	}
	return Told{
		Schema: b.Schema, ID: b.ID, Division: b.Division, Kind: b.Kind, Version: b.Version, Subject: Subject(b.Subject),
		ActorID: b.Actor.ID, Role: b.Actor.Role, At: at,
	}, nil
}

// ReadEvent reads the body of an event together with its data, which are a pointer to the type of its kind; nil for an
// event of the older schema, or of a kind that is not among those given.
func ReadEvent(text []byte, kinds map[string]Definition) (Told, any, error) {
	if kind, ok := kinds[kindIn(text)]; ok {
		if t, data, ok := kind.readWhole(text); ok {
			return t, data, nil
		}
	}
	t, err := ParseEvent(text)
	if err != nil || t.Schema < Schema {
		return t, nil, err
	}
	kind, ok := kinds[t.Kind]
	if !ok {
		return t, nil, nil
	}
	data, err := kind.Decode(t)
	return t, data, err
}

// readWhole reads an event that is taken to be of the kind in one go; false when it is not, or is not as it must be.
func (d Definition) readWhole(text []byte) (Told, any, bool) {
	b := body{Data: reflect.New(d.Data).Interface()}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if in.Decode(&b) != nil || in.InputOffset() != int64(len(text)) {
		return Told{}, nil, false
	}
	t, err := b.told()
	return t, b.Data, err == nil && b.Data != nil && t.Schema == Schema && t.Kind == d.Name && t.Version == d.Version
}

// kindIn guesses the kind of an event from its body: in canonical JSON it stands behind division and id.
func kindIn(text []byte) string {
	for rest := text; ; {
		_, after, ok := bytes.Cut(rest, []byte(`,"division":"`))
		if !ok {
			return ""
		}
		if _, kind, ok := bytes.Cut(after[:min(len(after), 120)], []byte(`,"kind":"`)); ok {
			name, _, _ := bytes.Cut(kind, []byte(`"`))
			return string(name)
		}
		rest = after
	}
}

// Decode reads the event's data into the type of its kind; a field that the type does not have is an error.
func (t Told) Decode(into any) error {
	d := json.NewDecoder(bytes.NewReader(t.Data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errs.New(errs.Invalid, "event_data", "事件数据与其种类不符："+t.Kind, "the data of the event are not those of "+t.Kind).With(err)
	}
	return nil
}

// Decode reads the data of an event of the kind: a pointer to a value of the kind's type.
func (d Definition) Decode(t Told) (any, error) {
	if t.Version != d.Version {
		return nil, errs.New(errs.Invalid, "event_version",
			fmt.Sprintf("事件%s为第%d版，本程序只认识第%d版", t.Kind, t.Version, d.Version),
			fmt.Sprintf("event %s is of version %d, this program knows version %d", t.Kind, t.Version, d.Version))
	}
	data := reflect.New(d.Data).Interface()
	if err := t.Decode(data); err != nil {
		return nil, err
	}
	return data, nil
}

// Fault is something that should not have happened, as the events alone tell it.
type Fault struct {
	Code   string
	ZH, EN string
}

// Count is how many of something were followed through their events.
type Count struct {
	ZH, EN string
	N      int
}
