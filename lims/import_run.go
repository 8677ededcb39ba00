package lims

import (
	"context"
	"strings"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// importRun is one import on its way.
type importRun struct {
	s     *Service
	actor ledger.Actor
	in    Import
	id    string
	rows  []reading
	done  map[rowKey]RowOutcome
}

// begin stores the import, or takes up one that was interrupted.
func (r *importRun) begin(ctx context.Context) error {
	return r.s.db.InTx(ctx, func(tx *database.Tx) error {
		found, err := r.known(ctx, tx)
		switch {
		case err != nil || r.in.DryRun:
			return err
		case found && len(r.done) < len(r.rows):
			return r.note(ctx, tx, kindImportResumed, r.s.at())
		case found:
			return nil
		}
		if r.id, err = newID(""); err != nil {
			return err
		}
		at := r.s.at()
		if err := insertImport(ctx, tx, r.actor, r.id, r.in, at); err != nil {
			return err
		}
		return r.note(ctx, tx, kindImportStarted, at)
	})
}

// note tells the ledger how the file is taken in, the second time as well: what is stated of it may be another then.
func (r *importRun) note(ctx context.Context, tx *database.Tx, kind ledger.Kind[fileTakenIn], at time.Time) error {
	about := ledger.Subject{Kind: "import", ID: r.id, Number: r.in.FileHash}
	return ledger.Append(ctx, tx, r.actor, at, kind.Event(ledger.Technician, about, fileTakenIn{
		FileHash: r.in.FileHash, Profile: r.in.Profile, Equipment: r.in.EquipmentID, Rows: len(r.rows),
		DatesIgnored: r.in.IgnoreDates, Units: r.in.Units,
	}))
}

// known tells whether the file is being taken in already and may be taken up; a file that was not stored, or that was
// taken in before, is refused.
func (r *importRun) known(ctx context.Context, tx *database.Tx) (bool, error) {
	stored, err := filesKnown(ctx, tx, r.actor.Division, []string{r.in.FileHash})
	if err != nil {
		return false, err
	}
	if len(stored) == 0 {
		return false, fault("file_hash", "file_missing", "文件尚未上传", "the file has not been uploaded")
	}
	old, found, err := importOf(ctx, tx, r.in.FileHash)
	if err != nil || !found {
		return false, err
	}
	return true, r.resume(ctx, tx, old)
}

// resume takes up an import: its own job always may, to give the same answer again; otherwise the same person with the
// same profile and equipment, while rows have no outcome yet.
func (r *importRun) resume(ctx context.Context, tx *database.Tx, old importRecord) error {
	outcomes, err := selectImportRows(ctx, tx, old.ID)
	if err != nil {
		return err
	}
	same := old.Division == r.actor.Division && old.ImportedBy == r.actor.PersonID && old.Profile == r.in.Profile &&
		old.EquipmentID == r.in.EquipmentID && len(outcomes) < len(r.rows)
	own := r.in.JobID != "" && old.JobID == r.in.JobID
	if (!same && !own) || r.in.DryRun {
		return errs.New(errs.Conflict, "import_known", "该文件已于"+calendar.DateOf(old.ImportedAt).String()+"导入过",
			"this file was imported already, on "+calendar.DateOf(old.ImportedAt).String())
	}
	r.id = old.ID
	r.tell(outcomes)
	return nil
}

// report tells every row in the order of the file.
func (r *importRun) report() ImportReport {
	out := ImportReport{ID: r.id, Rows: make([]RowOutcome, 0, len(r.rows))}
	for _, row := range r.rows {
		o := r.done[row.key()]
		if o.Outcome == imported {
			out.Imported++
		} else {
			out.Listed++
		}
		out.Rows = append(out.Rows, o)
	}
	return out
}

// all imports sample after sample; rows that cannot be imported, whatever the laboratory knows, are recorded first.
func (r *importRun) all(ctx context.Context, progress func(done, total int) error) error {
	var hopeless []reading
	var order []string
	bySample := map[string][]reading{}
	for _, row := range r.rows {
		if _, told := r.done[row.key()]; told {
			continue
		}
		if row.zh != "" {
			hopeless = append(hopeless, row)
			continue
		}
		if bySample[row.sample] == nil {
			order = append(order, row.sample)
		}
		bySample[row.sample] = append(bySample[row.sample], row)
	}
	if err := r.listOnly(ctx, hopeless); err != nil {
		return err
	}
	for _, sample := range order {
		if err := r.one(ctx, sample, bySample[sample]); err != nil {
			return err
		}
		if progress == nil {
			continue
		}
		if err := progress(len(r.done), len(r.rows)); err != nil {
			return err
		}
	}
	return nil
}

// listOnly records rows that are not imported.
func (r *importRun) listOnly(ctx context.Context, rows []reading) error {
	outcomes := make([]RowOutcome, len(rows))
	for i, row := range rows {
		outcomes[i] = row.outcome()
	}
	err := r.s.db.InTx(ctx, func(tx *database.Tx) error { return r.keep(ctx, tx, outcomes) })
	if err == nil {
		r.tell(outcomes)
	}
	return err
}

func (r *importRun) tell(outcomes []RowOutcome) {
	for _, o := range outcomes {
		r.done[rowKey{o.Line, o.Item}] = o
	}
}

// one imports the rows of one sample in a transaction of their own.
func (r *importRun) one(ctx context.Context, ref string, rows []reading) error {
	var outcomes []RowOutcome
	err := r.s.db.InTx(ctx, func(tx *database.Tx) error {
		number, known, err := numberOf(ctx, tx, r.actor.Division, ref)
		if err != nil {
			return err
		}
		if !known {
			outcomes = nil
			for _, row := range rows {
				row.list("没有编号为“"+short(ref)+"”的样品", "there is no sample "+short(ref))
				outcomes = append(outcomes, row.outcome())
			}
			return r.keep(ctx, tx, outcomes)
		}
		outcomes, err = r.into(ctx, tx, number, rows)
		return err
	})
	if err == nil {
		r.tell(outcomes)
	}
	return err
}

// keep stores outcomes, but for a dry run.
func (r *importRun) keep(ctx context.Context, tx *database.Tx, outcomes []RowOutcome) error {
	if r.in.DryRun || len(outcomes) == 0 {
		return nil
	}
	return insertImportRows(ctx, tx, r.id, outcomes)
}

// into enters the rows of one sample: those that pass all gates become results, the others are listed.
func (r *importRun) into(ctx context.Context, tx *database.Tx, number string, rows []reading) ([]RowOutcome, error) {
	a, err := r.s.begin(ctx, tx, signer{actor: r.actor}, Ref{Number: number})
	if err != nil {
		return nil, err
	}
	a.role = ledger.Technician
	b, err := a.bench(ctx)
	if err != nil {
		return nil, err
	}
	var results []Result
	outcomes := make([]RowOutcome, 0, len(rows))
	for _, row := range rows {
		result, o, err := r.enter(ctx, b, row)
		if err != nil {
			return nil, err
		}
		if o.Outcome == imported {
			results = append(results, result)
		}
		outcomes = append(outcomes, o)
	}
	if len(results) > 0 && !r.in.DryRun {
		if err := a.keepResults(ctx, kindResultEntered, results); err != nil {
			return nil, err
		}
	}
	return outcomes, r.keep(ctx, tx, outcomes)
}

// enter makes one row a result, or lists it with everything that stands against it.
func (r *importRun) enter(ctx context.Context, b *bench, row reading) (Result, RowOutcome, error) {
	analysis := b.analysisOf(&row)
	if row.zh != "" {
		return Result{}, row.outcome(), nil
	}
	result, found, err := b.examine(ctx, Entry{AnalysisID: analysis, Raw: row.value(), Unit: row.unit,
		EquipmentID: r.in.EquipmentID, MeasuredOn: row.row.MeasuredOn}, "row")
	if err != nil {
		return result, RowOutcome{}, err
	}
	if fields := found.fields(); len(fields) > 0 {
		row.list(told(fields))
		return result, row.outcome(), nil
	}
	b.taken[analysis] = true
	result.ImportID = r.id
	o := row.outcome()
	o.Outcome, o.Verdict = imported, string(result.Verdict)
	if !r.in.DryRun {
		o.ResultID = result.ID
	}
	return result, o, nil
}

// analysisOf finds the analysis that a row reports, or lists the row.
func (b *bench) analysisOf(row *reading) string {
	found := ""
	for _, id := range sortedKeys(b.analyses) {
		if !strings.EqualFold(b.analyses[id].Item, row.item) {
			continue
		}
		if found != "" {
			row.list("“"+short(row.item)+"”有多种检验方法，须人工录入",
				"there are several methods for "+short(row.item)+": enter it by hand")
			return ""
		}
		found = id
	}
	if found == "" {
		row.list("该样品没有检验项目“"+short(row.item)+"”", "the sample has no item "+short(row.item))
	}
	return found
}

// told joins reasons into one sentence in each language.
func told(fields []errs.Field) (zh, en string) {
	var zhs, ens []string
	for _, f := range fields {
		zhs, ens = append(zhs, f.ZH), append(ens, f.EN)
	}
	return strings.Join(zhs, "；"), strings.Join(ens, "; ")
}
