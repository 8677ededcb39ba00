package ledger

import "fmt"

// KeyNotEndorsed is the code of the fault of a key that the one before did not sign for.
const KeyNotEndorsed = "key_not_endorsed"

// Replay follows a log's own events: with which key it begins, and by which keys that was followed.
type Replay struct {
	Origin string
	Keys   []string // the newest last
	Erased int
}

// Apply takes the next event of this room; data is what Definition.Decode returned.
func (r *Replay) Apply(index int64, _ Told, data any) []Fault {
	switch d := data.(type) {
	case *openedData:
		if index != 0 || len(r.Keys) > 0 {
			return []Fault{{"log_opened_twice", "日志在中途重新开启", "the log is opened in its middle"}}
		}
		r.Origin, r.Keys = d.Origin, []string{d.Key}
	case *keyChangedData:
		return r.changed(d)
	case *erasedData:
		r.Erased += len(d.Commitments)
	}
	return nil
}

func (r *Replay) changed(d *keyChangedData) []Fault {
	var faults []Fault
	if len(r.Keys) == 0 || r.Keys[len(r.Keys)-1] != d.Before || d.Origin != r.Origin {
		faults = append(faults, Fault{"key_before_differs", "更换密钥的事件所称原密钥不是当时的密钥",
			"the change of the key names another key before than the one that held"})
	}
	if err := CheckEndorsement(d.Origin, d.Before, d.Key, d.Endorsement); err != nil {
		faults = append(faults, Fault{KeyNotEndorsed,
			fmt.Sprintf("新密钥未经原密钥签署认可（原密钥遗失或更换被伪造）：%s", d.Key),
			fmt.Sprintf("the new key is not endorsed by the one before, which was lost, or the change is forged: %s", d.Key)})
	}
	r.Keys = append(r.Keys, d.Key)
	return faults
}
