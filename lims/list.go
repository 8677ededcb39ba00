package lims

import (
	"context"
	"slices"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Row is one line of the list of samples.
type Row struct {
	ID             string         `json:"id" db:"id"`
	Number         string         `json:"number" db:"number"`
	Category       Category       `json:"category" db:"category"`
	TaskKind       string         `json:"task_kind" db:"task_kind"`
	FormNumber     string         `json:"form_number" db:"form_number"`
	ProductName    string         `json:"product_name" db:"product_name"`
	SampledUnit    string         `json:"sampled_unit" db:"sampled_unit"`
	Street         string         `json:"street" db:"street"`
	SampledOn      calendar.Date  `json:"sampled_on" db:"sampled_on"`
	Stage          Stage          `json:"stage" db:"stage"`
	DueOn          *calendar.Date `json:"due_on,omitempty" db:"due_on"`
	DueProvisional bool           `json:"due_provisional" db:"due_provisional"`
	Holder         string         `json:"holder" db:"holder" doc:"who holds portions now"`
	Analyses       int            `json:"analyses" db:"analyses"`
	Entered        int            `json:"entered" db:"entered" doc:"analyses that have a result"`
	Conclusion     Outcome        `json:"conclusion,omitempty" db:"conclusion" doc:"of the last issued report"`
	RegisteredAt   time.Time      `json:"registered_at" db:"registered_at"`
	Version        int            `json:"version" db:"version"`
}

// ListFilter narrows the list of samples; empty fields do not. Q is part of the number, the form's number, the product or
// the sampled unit; or the whole number of a portion or a seal, as a scanner reads it off a label.
type ListFilter struct {
	Cursor    string
	Limit     int
	Q         string
	Category  Category
	Stage     Stage
	Street    string
	DueBefore string // only what is not issued and due before this day
}

// check tells all that is wrong with the filter.
func (f ListFilter) check() error {
	var l errs.List
	checkText(&l, "q", f.Q, "查询内容", "the query", 100)
	checkText(&l, "street", f.Street, "街道", "the street", 40)
	if f.Category != "" && !slices.Contains(Categories(), f.Category) {
		l.Merge("", unknownCategory(f.Category))
	}
	if f.Stage != "" && !slices.Contains(append(Stages(), StageUnderWay), f.Stage) {
		l.Add("stage", "choice", "没有此阶段", "there is no such stage")
	}
	if f.DueBefore != "" {
		if _, err := calendar.ParseDate(f.DueBefore); err != nil {
			l.Add("due_before", "date", "不是有效日期", "it is not a date")
		}
	}
	return l.Err()
}

// Samples lists the samples that the actor may see, newest number first. A business sees where it was sampled and what
// was issued, nothing of the work in between.
func (s *Service) Samples(ctx context.Context, actor ledger.Actor, f ListFilter) (paging.Page[Row], error) {
	trim(&f.Q, &f.Street)
	if err := mayRead(actor); err != nil {
		return paging.Page[Row]{}, err
	}
	if actor.BusinessID != "" {
		f.DueBefore = "" // when the laboratory must be done is not a business's to know
	}
	if err := f.check(); err != nil {
		return paging.Page[Row]{}, err
	}
	keys, err := paging.Decode(f.Cursor, paging.Text)
	if err != nil {
		return paging.Page[Row]{}, err
	}
	limit := paging.Limit(f.Limit)
	rows, err := selectRows(ctx, s.db, actor, f, keys, limit+1)
	if err != nil {
		return paging.Page[Row]{}, err
	}
	if actor.BusinessID != "" {
		for i := range rows {
			rows[i].hide()
		}
	}
	return paging.Cut(rows, limit, func(r Row) []string { return []string{r.Number} }), nil
}

// hide takes away what a business is not to know; its query gave the stage as issued or under way only.
func (r *Row) hide() {
	r.DueOn, r.DueProvisional, r.Holder, r.Analyses, r.Entered, r.Version = nil, false, "", 0, 0, 0
}

// Counts tells how many samples of the division stand in each stage.
func (s *Service) Counts(ctx context.Context, actor ledger.Actor) (map[Stage]int, error) {
	if err := actor.As(staff...); err != nil {
		return nil, err
	}
	return selectCounts(ctx, s.db, actor.Division)
}
