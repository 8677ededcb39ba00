package lims

import (
	"context"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// Task is one step that waits for the actor.
type Task struct {
	Step          Step           `json:"step" db:"step" enum:"deliver,receive,accept,compile,review,approve"`
	Number        string         `json:"number" db:"number"`
	Category      Category       `json:"category" db:"category"`
	ProductName   string         `json:"product_name" db:"product_name"`
	From          string         `json:"from" db:"from_name" doc:"who sent it"`
	HandoverID    string         `json:"handover_id,omitempty" db:"handover_id"`
	DueOn         *calendar.Date `json:"due_on,omitempty" db:"due_on"`
	SampleVersion int            `json:"sample_version" db:"version"`
}

// Work is an analysis that waits for its result while the actor holds a test portion.
type Work struct {
	Number      string         `json:"number" db:"number"`
	Category    Category       `json:"category" db:"category"`
	ProductName string         `json:"product_name" db:"product_name"`
	AnalysisID  string         `json:"analysis_id" db:"analysis_id"`
	Item        string         `json:"item" db:"item"`
	Method      string         `json:"method" db:"method"`
	DueOn       *calendar.Date `json:"due_on,omitempty" db:"due_on"`
	Authorised  bool           `json:"authorised" db:"authorised" doc:"for the method, today"`
}

// Worklist is what waits for one person: steps to take, and results to enter.
type Worklist struct {
	Tasks    []Task `json:"tasks"`
	Analyses []Work `json:"analyses"`
}

// maxTasks bounds each kind of task on a worklist.
const maxTasks = 500

// Worklist lists what waits for the actor, the most urgent first.
func (s *Service) Worklist(ctx context.Context, actor ledger.Actor) (Worklist, error) {
	w := Worklist{Tasks: []Task{}, Analyses: []Work{}}
	if err := actor.As(staff...); err != nil {
		return w, err
	}
	for _, kind := range []struct {
		by   []ledger.Role
		read func(context.Context, database.Queryer, ledger.Actor) ([]Task, error)
	}{
		{[]ledger.Role{ledger.Sampler}, tasksToDeliver},
		{[]ledger.Role{ledger.Custodian, ledger.Technician}, tasksToTakeOver},
		{[]ledger.Role{ledger.Technician}, tasksToCompile},
		{[]ledger.Role{ledger.Reviewer}, tasksToReview},
		{[]ledger.Role{ledger.Signatory}, tasksToApprove},
	} {
		if !actor.Any(kind.by...) {
			continue
		}
		tasks, err := kind.read(ctx, s.db, actor)
		if err != nil {
			return w, err
		}
		w.Tasks = append(w.Tasks, tasks...)
	}
	if !actor.Is(ledger.Technician) {
		return w, nil
	}
	var err error
	w.Analyses, err = selectWork(ctx, s.db, actor, s.today())
	return w, err
}
