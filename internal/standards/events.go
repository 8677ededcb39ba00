package standards

import (
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
)

// What the events of this room tell.
type (
	methodAccredited struct {
		Code      string        `json:"code" doc:"number of the method"`
		Scheme    Scheme        `json:"scheme,omitempty" doc:"cma or cnas; cma where it is not said"`
		ValidFrom calendar.Date `json:"valid_from" doc:"first day of the scope"`
		ValidTo   calendar.Date `json:"valid_to" doc:"last day of the scope"`
	}

	limitConfirmed struct {
		Row string `json:"row" doc:"id of the row of limits"`
	}
)

// The kinds of events of this room.
var (
	kindMethodAccredited = ledger.Define[methodAccredited]("method.accredited", 1, "登记方法资质", "method accredited")
	kindLimitConfirmed   = ledger.Define[limitConfirmed]("limit.confirmed", 1, "确认限量", "limit confirmed")
)

// Events lists the kinds of events of this room.
func Events() []ledger.Definition {
	return []ledger.Definition{kindMethodAccredited.Definition(), kindLimitConfirmed.Definition()}
}
