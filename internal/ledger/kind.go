package ledger

import "reflect"

// Definition says what a kind of event is: its name (noun.verb), the version of its data, what it is called, and the
// type of its data. docs/events.md is written from the definitions of all rooms.
type Definition struct {
	Name    string
	Version int
	ZH, EN  string
	Data    reflect.Type
}

// Kind is something that can happen whose event carries data of type D. A kind's data never change their meaning: what
// is told differently gets a new version.
type Kind[D any] struct{ def Definition }

// Define makes a kind. Each room lists the definitions of its kinds in a function Events.
func Define[D any](name string, version int, zh, en string) Kind[D] {
	return Kind[D]{Definition{Name: name, Version: version, ZH: zh, EN: en, Data: reflect.TypeFor[D]()}}
}

// Definition returns what the kind is.
func (k Kind[D]) Definition() Definition { return k.def }

// Event makes an event of the kind about a subject, done in a role.
func (k Kind[D]) Event(role Role, about Subject, data D) Event {
	return Event{kind: k.def, Role: role, Subject: about, Data: data}
}

// Event is one thing that happened; Kind.Event makes one. Data holds no personal data in clear: ids, hashes and Sealed.
type Event struct {
	kind    Definition
	Role    Role // the role in which the actor did it
	Subject Subject
	Data    any
}
