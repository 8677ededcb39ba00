package paper

import (
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// CustodyContent is a custody sheet (样品流转单): what is there of a sample, under which seals, through whose hands it went,
// and every gap by name.
type CustodyContent struct {
	Printed
	Sample    CustodySample     `json:"sample"`
	Portions  []CustodyPortion  `json:"portions"`
	Seals     []CustodySeal     `json:"seals"`
	Handovers []CustodyHandover `json:"handovers"`
	Gaps      []CustodyGap      `json:"gaps"` // none: every moment is accounted for
}

// CustodySample is the sample that the sheet is about; its number is that of the sheet.
type CustodySample struct {
	Name        string        `json:"name"`
	FormNumber  string        `json:"form_number"`
	SampledUnit string        `json:"sampled_unit"`
	SampledOn   calendar.Date `json:"sampled_on"`
	Samplers    []string      `json:"samplers"`
	Quantity    string        `json:"quantity"`
	State       string        `json:"state"` // where in the process, in words
	ReceivedAt  *time.Time    `json:"received_at,omitempty"`
	Refusal     string        `json:"refusal,omitempty"` // why the laboratory refused it
}

// CustodyPortion is a portion and who holds it.
type CustodyPortion struct {
	FormPortion
	Holders []string `json:"holders"`
	Place   string   `json:"place,omitempty"`
}

// CustodySeal is a seal with its history.
type CustodySeal struct {
	Number    string     `json:"number"`
	Portion   string     `json:"portion"`
	AppliedBy string     `json:"applied_by"`
	AppliedAt time.Time  `json:"applied_at"`
	Checks    []SealLook `json:"checks"` // in the order of time
	BrokenBy  string     `json:"broken_by,omitempty"`
	BrokenAt  *time.Time `json:"broken_at,omitempty"`
	BrokenWhy string     `json:"broken_why,omitempty"`
}

// SealLook is a look at a seal: when, by whom, and what was seen.
type SealLook struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Seen string    `json:"seen"` // such as 完好
}

// CustodyHandover is a passing of portions from hand to hand.
type CustodyHandover struct {
	Portions  []string   `json:"portions"`
	Purpose   string     `json:"purpose"`
	Giver     string     `json:"giver"`
	Receiver  string     `json:"receiver"`
	State     string     `json:"state"` // 待接收, 已接收 or 已拒收
	OfferedAt time.Time  `json:"offered_at"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	Place     string     `json:"place,omitempty"`
	Condition string     `json:"condition,omitempty"` // what the receiver saw
}

// CustodyGap is a stretch for which nobody answers, or a link that does not hold.
type CustodyGap struct {
	Portion string     `json:"portion,omitempty"`
	From    *time.Time `json:"from,omitempty"`
	To      *time.Time `json:"to,omitempty"`
	Text    string     `json:"text"`
}

// Title implements Content.
func (c CustodyContent) Title() string { return "样品流转单" }

// Validate implements Content.
func (c CustodyContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c CustodyContent) faults(l *errs.List, _ bool) {
	c.Printed.faults(l, CustodySheet)
	l.Require("sample.name", c.Sample.Name, "样品名称", "the sample's name")
	l.Require("sample.form_number", c.Sample.FormNumber, "抽样单编号", "the number of the sampling form")
	l.Require("sample.sampled_unit", c.Sample.SampledUnit, "被抽样单位", "the sampled unit")
	l.Require("sample.quantity", c.Sample.Quantity, "样品数量", "the quantity")
	l.Require("sample.state", c.Sample.State, "样品状态", "the sample's state")
	dateRequired(l, "sample.sampled_on", c.Sample.SampledOn, "抽样日期", "the date of sampling")
	requireEach(l, "sample.samplers", c.Sample.Samplers, "抽样人员姓名", "the sampler's name")
	if len(c.Portions) == 0 {
		l.Add("portions", "required", "样品份必填", "at least one portion is required")
	}
	if len(c.Portions)+len(c.Seals)+len(c.Handovers)+len(c.Gaps) > maxRows {
		l.Add("portions", "too_many", fmt.Sprintf("不得超过 %d 行", maxRows), fmt.Sprintf("more than %d rows", maxRows))
	}
	for i, p := range c.Portions {
		path := fmt.Sprintf("portions[%d]", i)
		p.faults(l, path)
		requireEach(l, path+".holders", p.Holders, "保管人", "who holds it")
	}
	for i, s := range c.Seals {
		s.faults(l, fmt.Sprintf("seals[%d]", i))
	}
	for i, h := range c.Handovers {
		h.faults(l, fmt.Sprintf("handovers[%d]", i))
	}
	for i, g := range c.Gaps {
		l.Require(fmt.Sprintf("gaps[%d].text", i), g.Text, "缺口说明", "what the gap is")
	}
}

func (s CustodySeal) faults(l *errs.List, path string) {
	l.Require(path+".number", s.Number, "封条编号", "the seal number")
	l.Require(path+".portion", s.Portion, "样品份编号", "the portion's label")
	l.Require(path+".applied_by", s.AppliedBy, "加封人", "who applied it")
	momentRequired(l, path+".applied_at", s.AppliedAt, "加封时间", "the time at which it was applied")
	for i, k := range s.Checks {
		at := fmt.Sprintf("%s.checks[%d]", path, i)
		momentRequired(l, at+".at", k.At, "核对时间", "the time of the look")
		l.Require(at+".by", k.By, "核对人", "who looked")
		l.Require(at+".seen", k.Seen, "核对结果", "what was seen")
	}
	if s.BrokenAt != nil {
		momentRequired(l, path+".broken_at", *s.BrokenAt, "拆封时间", "the time at which it was broken")
		l.Require(path+".broken_by", s.BrokenBy, "拆封人", "who broke it")
		l.Require(path+".broken_why", s.BrokenWhy, "拆封原因", "why it was broken")
		if s.BrokenAt.Before(s.AppliedAt) {
			l.Add(path+".broken_at", "order", "拆封不得早于加封", "it must not be broken before it was applied")
		}
	}
}

func (h CustodyHandover) faults(l *errs.List, path string) {
	if len(h.Portions) == 0 {
		l.Add(path+".portions", "required", "移交的样品份必填", "the portions are required")
	}
	l.Require(path+".purpose", h.Purpose, "移交目的", "the purpose")
	l.Require(path+".giver", h.Giver, "移交人", "the giver")
	l.Require(path+".receiver", h.Receiver, "接收人", "the receiver")
	l.Require(path+".state", h.State, "移交状态", "the state of the handover")
	momentRequired(l, path+".offered_at", h.OfferedAt, "移交时间", "the time of the handover")
	if h.Giver != "" && h.Giver == h.Receiver {
		l.Add(path+".receiver", "same_person", "移交人和接收人不得为同一人", "giver and receiver must be two people")
	}
	if h.DecidedAt != nil {
		momentRequired(l, path+".decided_at", *h.DecidedAt, "接收时间", "the time of the decision")
		if h.DecidedAt.Before(h.OfferedAt) {
			l.Add(path+".decided_at", "order", "接收不得早于移交", "it must not be taken over before it was given")
		}
	}
}

// momentRequired wants a time, in UTC.
func momentRequired(l *errs.List, path string, t time.Time, zh, en string) {
	if t.IsZero() {
		l.Add(path, "required", zh+"必填", en+" is required")
	}
	if _, offset := t.Zone(); offset != 0 {
		l.Add(path, "not_utc", zh+"须为协调世界时", en+" must be in UTC")
	}
}
