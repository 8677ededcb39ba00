package lims

import (
	"bytes"
	_ "embed" // the periods
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"hengjian/internal/calendar"
)

// period is a dated rule: so many working days from reception to the report.
type period struct {
	ID         string   `yaml:"id"`
	Category   Category `yaml:"category"`
	Workdays   int      `yaml:"workdays"`
	Basis      string   `yaml:"basis"`
	Article    string   `yaml:"article"`
	ValidFrom  string   `yaml:"valid_from"`
	ValidTo    string   `yaml:"valid_to"`
	Confidence string   `yaml:"confidence"`

	from calendar.Date
	to   calendar.Date // zero: still in force
}

//go:embed data/deadlines.yaml
var deadlinesYAML []byte

var periods = sync.OnceValue(func() []period {
	rules, err := readPeriods(deadlinesYAML)
	if err != nil {
		panic("lims: deadlines.yaml: " + err.Error())
	}
	return rules
})

func readPeriods(text []byte) ([]period, error) {
	var rules []period
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&rules); err != nil {
		return nil, err
	}
	for i := range rules {
		p := &rules[i]
		var err error
		if p.from, err = calendar.ParseDate(p.ValidFrom); err != nil {
			return nil, fmt.Errorf("rule %s: %w", p.ID, err)
		}
		if p.ValidTo != "" {
			if p.to, err = calendar.ParseDate(p.ValidTo); err != nil {
				return nil, fmt.Errorf("rule %s: %w", p.ID, err)
			}
		}
		if p.Workdays <= 0 || confidenceZH[p.Confidence] == "" {
			return nil, fmt.Errorf("rule %s: %d working days, confidence %q", p.ID, p.Workdays, p.Confidence)
		}
	}
	return rules, nil
}

// confidenceZH says beside the basis how sure we are of a rule.
var confidenceZH = map[string]string{
	"sourced": "依据已核实", "high": "依据凭记忆录入，可信度高，待核实", "medium": "依据凭记忆录入，可信度中，待核实",
}

func (p period) covers(c Category, on calendar.Date) bool {
	return p.Category == c && !on.Before(p.from) && (p.to.IsZero() || !on.After(p.to))
}

// due is when the report of a sample is due, and why; On is nil when no rule is known.
type due struct {
	On          *calendar.Date
	Provisional bool
	Basis       string
}

// dueAfter counts the working days of the rule in force on the day of reception, that day not counted.
func dueAfter(days *calendar.Calendar, c Category, received calendar.Date) due {
	for _, p := range periods() {
		if !p.covers(c, received) {
			continue
		}
		on, provisional := days.AddWorkdays(received, p.Workdays)
		return due{On: &on, Provisional: provisional, Basis: fmt.Sprintf("%s %s%s：收样后%d个工作日（%s）",
			p.ID, p.Basis, p.Article, p.Workdays, confidenceZH[p.Confidence])}
	}
	return due{Basis: "未查到该类别的检验时限规定"}
}
