package lims

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/lims/instrumentfile"
)

// ImportRow is one reading of an instrument file. Raw is what the file says, Value what is entered of it. ReasonZH and
// ReasonEN say why the row is listed whatever the laboratory knows; Other marks what reports on no sample at all
// (blanks, standards, means), so that it is no duplicate of one.
type ImportRow struct {
	Line       int    `json:"line"`
	Sample     string `json:"sample"`
	Item       string `json:"item"`
	Raw        string `json:"raw"`
	Value      string `json:"value,omitempty" doc:"Raw when left out"`
	Unit       string `json:"unit"`
	MeasuredOn string `json:"measured_on,omitempty" doc:"that of the import when left out"`
	Other      bool   `json:"other,omitempty"`
	ReasonZH   string `json:"reason_zh,omitempty"`
	ReasonEN   string `json:"reason_en,omitempty"`
}

// ImportRows are the rows of an instrument file as it was read by its profile.
func ImportRows(f instrumentfile.File) []ImportRow {
	rows := make([]ImportRow, len(f.Rows))
	for i, r := range f.Rows {
		rows[i] = ImportRow{Line: r.Line, Sample: r.Sample, Item: r.Item, Raw: r.Raw, Value: r.Value, Unit: r.Unit,
			MeasuredOn: r.MeasuredOn, Other: r.Kind != instrumentfile.Sample}
		if why := r.Listed(); why != nil {
			rows[i].ReasonZH, rows[i].ReasonEN = why.ZH, why.EN
		}
	}
	return rows
}

// Import is an instrument file to be taken in. Samples and Items translate what the file calls them into sample numbers
// (or portion labels) and items, Units what it writes as a unit; what they do not name stands as it is.
type Import struct {
	FileHash    string            `json:"file_hash"`
	Profile     string            `json:"profile"`
	EquipmentID string            `json:"equipment_id"`
	MeasuredOn  string            `json:"measured_on,omitempty" doc:"of rows that name no day"`
	IgnoreDates bool              `json:"ignore_dates,omitempty" doc:"the clock was wrong: measured_on counts"`
	JobID       string            `json:"job_id,omitempty"`
	Samples     map[string]string `json:"samples,omitempty"`
	Items       map[string]string `json:"items,omitempty"`
	Units       map[string]string `json:"units,omitempty"`
	Rows        []ImportRow       `json:"rows"`
	DryRun      bool              `json:"dry_run,omitempty"`
}

// normal returns the import with its ids and its hash in their usual form.
func (i Import) normal() Import {
	trim(&i.FileHash, &i.Profile, &i.EquipmentID, &i.MeasuredOn, &i.JobID)
	lower(&i.FileHash, &i.EquipmentID, &i.JobID)
	return i
}

// RowOutcome is what became of a row: imported, or listed with its reason.
type RowOutcome struct {
	Line     int    `json:"line" db:"line"`
	Sample   string `json:"sample" db:"sample"`
	Item     string `json:"item" db:"item"`
	Raw      string `json:"raw" db:"raw"`
	Unit     string `json:"unit" db:"unit"`
	Outcome  string `json:"outcome" db:"outcome" enum:"imported,listed"`
	ReasonZH string `json:"reason_zh,omitempty" db:"reason_zh"`
	ReasonEN string `json:"reason_en,omitempty" db:"reason_en"`
	ResultID string `json:"result_id,omitempty" db:"result_id"`
	Verdict  string `json:"verdict,omitempty" db:"verdict"`
}

// The outcomes of a row.
const (
	imported = "imported"
	listed   = "listed"
)

// ImportReport accounts for every row of a file. Of a dry run nothing is stored and ID is empty.
type ImportReport struct {
	ID       string       `json:"id,omitempty"`
	Imported int          `json:"imported"`
	Listed   int          `json:"listed"`
	Rows     []RowOutcome `json:"rows"`
}

// maxImportRows bounds one instrument file, maxUnits the units of it that are stated anew.
const (
	maxImportRows = 100_000
	maxUnits      = 100
)

// check tells all that is wrong with the import as such; rows are told one by one.
func (i Import) check(today calendar.Date) error {
	var l errs.List
	if _, err := files.ParseHash(i.FileHash); err != nil {
		l.Merge("file_hash", err)
	}
	l.Require("profile", i.Profile, "文件格式", "the profile")
	checkText(&l, "profile", i.Profile, "文件格式", "the profile", 60)
	l.Require("equipment_id", i.EquipmentID, "所用设备", "the equipment")
	checkID(&l, "equipment_id", i.EquipmentID)
	checkID(&l, "job_id", i.JobID)
	on, err := calendar.ParseDate(i.MeasuredOn)
	switch {
	case i.MeasuredOn == "" && i.IgnoreDates:
		l.Require("measured_on", "", "检验日期", "the date of measurement")
	case i.MeasuredOn != "" && (err != nil || on.After(today)):
		l.Add("measured_on", "date", "检验日期无效或晚于今天", "the date of measurement is not valid or lies in the future")
	}
	if len(i.Units) > maxUnits {
		l.Add("units", "count", fmt.Sprintf("单位对应不得超过%d个", maxUnits), fmt.Sprintf("at most %d units can be matched", maxUnits))
	}
	for _, from := range sortedKeys(i.Units) {
		checkText(&l, "units."+short(from), from+i.Units[from], "单位", "the unit", 60)
	}
	if n := len(i.Rows); n == 0 || n > maxImportRows {
		l.Add("rows", "count", fmt.Sprintf("文件须有1至%d行结果", maxImportRows),
			fmt.Sprintf("a file has 1 to %d rows", maxImportRows))
	}
	return l.Err()
}

// ImportResults takes the readings of an instrument file in as results: every row is imported or listed with its
// reason. Each sample is a transaction of its own; after a crash the same call goes on where it stopped. A file that
// was taken in already is a Conflict. A dry run gives the same table and stores nothing. An error of progress ends
// the import; what was done stays.
func (s *Service) ImportResults(ctx context.Context, actor ledger.Actor, in Import,
	progress func(done, total int) error,
) (ImportReport, error) {
	if err := actor.As(ledger.Technician); err != nil {
		return ImportReport{}, err
	}
	in = in.normal()
	if err := in.check(s.today()); err != nil {
		return ImportReport{}, err
	}
	run := importRun{s: s, actor: actor, in: in, rows: in.readings(), done: map[rowKey]RowOutcome{}}
	if err := run.begin(ctx); err != nil {
		return ImportReport{}, fmt.Errorf("import file %s: %w", in.FileHash, err)
	}
	if err := run.all(ctx, progress); err != nil {
		return ImportReport{}, fmt.Errorf("import %s: %w", run.id, err)
	}
	return run.report(), nil
}

// rowKey names a row of a file: one reading of one item.
type rowKey struct {
	line int
	item string
}

// reading is a row on its way in; reason is why it is listed.
type reading struct {
	row    ImportRow
	sample string // as translated
	item   string
	unit   string
	zh, en string
}

// value is the text that is entered as the result.
func (r reading) value() string {
	if r.row.Value != "" {
		return r.row.Value
	}
	return r.row.Raw
}

// ruledOut tells whether the file leaves the row without a reading: it says why not to take it, or states no result. A
// row that is listed for another reason, such as its missing day, is a reading all the same.
func (r reading) ruledOut() bool {
	return r.row.Other || r.row.ReasonZH != "" || strings.TrimSpace(r.value()) == ""
}

func (r reading) key() rowKey { return rowKey{r.row.Line, r.row.Item} }

func (r *reading) list(zh, en string) {
	if r.zh == "" {
		r.zh, r.en = zh, en
	}
}

func (r reading) outcome() RowOutcome {
	return RowOutcome{Line: r.row.Line, Sample: r.row.Sample, Item: r.row.Item, Raw: r.row.Raw, Unit: r.row.Unit,
		Outcome: listed, ReasonZH: r.zh, ReasonEN: r.en}
}

// readings translates the rows and lists those that cannot be imported whatever the database holds.
func (i Import) readings() []reading {
	out := make([]reading, 0, len(i.Rows))
	at := map[rowKey]int{}
	for _, row := range i.Rows {
		r := reading{row: row.fit(), sample: translated(i.Samples, row.Sample), item: translated(i.Items, row.Item),
			unit: translated(i.Units, row.Unit), zh: row.ReasonZH, en: row.ReasonEN}
		if first, twice := at[r.key()]; twice { // one line with two readings of one item: neither is taken
			out[first].row.Raw = clip(out[first].row.Raw + " | " + r.row.Raw)
			out[first].list("同一行同一项目有多个读数", "there are several readings of this item on this line")
			continue
		}
		at[r.key()] = len(out)
		if r.row.MeasuredOn == "" || i.IgnoreDates {
			r.row.MeasuredOn = i.MeasuredOn
		}
		switch {
		case r.sample == "":
			r.list("缺少样品编号", "the sample's number is missing")
		case r.item == "":
			r.list("缺少检验项目", "the item is missing")
		case strings.TrimSpace(r.value()) == "":
			r.list("缺少检验结果", "the result is missing")
		case r.row.MeasuredOn == "":
			r.list("文件未注明检验日期，请填写", "the file names no day of measurement: state it")
		}
		out = append(out, r)
	}
	listDuplicates(out)
	return out
}

// listDuplicates lists all rows that report one item of one sample more than once: nobody can say which is meant. What
// the file itself rules out is no second reading: the good one of a dilution series stands beside those over range.
func listDuplicates(rows []reading) {
	type key struct{ sample, item string }
	lines := map[key][]int{}
	for i, r := range rows {
		if r.sample != "" && r.item != "" && !r.ruledOut() {
			lines[key{r.sample, r.item}] = append(lines[key{r.sample, r.item}], i)
		}
	}
	for _, same := range lines {
		if len(same) < 2 {
			continue
		}
		var where []string
		for _, i := range same {
			where = append(where, fmt.Sprint(rows[i].row.Line))
		}
		for _, i := range same {
			rows[i].list("文件中同一样品同一项目重复（第"+strings.Join(where, "、")+"行）",
				"the file reports this item of this sample more than once (lines "+strings.Join(where, ", ")+")")
		}
	}
}

func translated(names map[string]string, name string) string {
	name = strings.TrimSpace(name)
	if to, ok := names[name]; ok {
		return strings.TrimSpace(to)
	}
	return name
}

// fit makes a row fit for the table: no NUL, valid UTF-8, bounded length. The file itself is kept unchanged.
func (r ImportRow) fit() ImportRow {
	for _, t := range []*string{&r.Sample, &r.Item, &r.Raw, &r.Value, &r.Unit, &r.ReasonZH, &r.ReasonEN} {
		*t = clip(strings.ReplaceAll(strings.ToValidUTF8(*t, "�"), "\x00", "�"))
	}
	return r
}

// maxCell bounds what is kept of one cell of a file; a longer result is refused by its own rule.
const maxCell = 500

func clip(s string) string {
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell])
	}
	return s
}

// importRecord is an import as stored.
type importRecord struct {
	ID          string    `db:"id"`
	Division    string    `db:"division"`
	FileHash    string    `db:"file_hash"`
	Profile     string    `db:"profile"`
	EquipmentID string    `db:"equipment_id"`
	JobID       string    `db:"job_id"`
	ImportedBy  string    `db:"imported_by"`
	ImportedAt  time.Time `db:"imported_at"`
}

// ImportTable returns what became of every row of an import. Staff only.
func (s *Service) ImportTable(ctx context.Context, actor ledger.Actor, id string) (ImportReport, error) {
	record, err := s.importRecord(ctx, actor, id)
	if err != nil {
		return ImportReport{}, err
	}
	out := ImportReport{ID: record.ID}
	if out.Rows, err = selectImportRows(ctx, s.db, record.ID); err != nil {
		return out, err
	}
	for _, o := range out.Rows {
		if o.Outcome == imported {
			out.Imported++
		} else {
			out.Listed++
		}
	}
	return out, nil
}

// ImportSource is the instrument file that an import took results from, and the profile that read it.
type ImportSource struct{ ID, FileHash, Profile string }

// ImportSource returns where an import took its results from. Staff only.
func (s *Service) ImportSource(ctx context.Context, actor ledger.Actor, id string) (ImportSource, error) {
	record, err := s.importRecord(ctx, actor, id)
	return ImportSource{record.ID, record.FileHash, record.Profile}, err
}

// importRecord is an import of the actor's division.
func (s *Service) importRecord(ctx context.Context, actor ledger.Actor, id string) (importRecord, error) {
	if err := actor.As(staff...); err != nil {
		return importRecord{}, err
	}
	record, found, err := importByID(ctx, s.db, id)
	if err != nil {
		return importRecord{}, err
	}
	if !found || record.Division != actor.Division {
		return importRecord{}, errs.New(errs.NotFound, "import_missing", "没有此导入", "there is no such import")
	}
	return record, nil
}
