package ledger

type openedData struct {
	Origin string `json:"origin" doc:"name of the log in its checkpoints"`
	Key    string `json:"key" doc:"verifier key with which the log begins"`
}

type keyChangedData struct {
	Origin      string `json:"origin" doc:"name of the log in its checkpoints"`
	Before      string `json:"before" doc:"verifier key that signed until now"`
	Key         string `json:"key" doc:"verifier key that signs the checkpoints which hold this event"`
	Endorsement string `json:"endorsement" doc:"signed note of the key before, of the origin and the new key; empty when that key was lost"`
}

type erasedData struct {
	Commitments []string `json:"commitments" doc:"commitments of which salt and text were erased"`
	Reason      string   `json:"reason" doc:"code of the ground: request, retention"`
}

var (
	logOpened      = Define[openedData]("log.opened", 1, "开启日志", "log opened")
	logKeyChanged  = Define[keyChangedData]("log.key_changed", 1, "更换日志密钥", "key of the log changed")
	personalErased = Define[erasedData]("personal.erased", 1, "删除个人信息", "personal data erased")
)

// Events lists what this room tells.
func Events() []Definition {
	return []Definition{logOpened.Definition(), logKeyChanged.Definition(), personalErased.Definition()}
}
