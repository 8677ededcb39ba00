package lims

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/ledgertest"
	"hengjian/lims/instrumentfile"
)

// fileOf is an import of a stored file with these rows.
func (b *bureau) fileOf(name string, rows ...ImportRow) Import {
	b.t.Helper()
	return Import{FileHash: b.file(name), Profile: "aas", EquipmentID: b.spectrometer, MeasuredOn: "2026-09-18", Rows: rows}
}

func outcomes(r ImportReport) string {
	var out strings.Builder
	for _, o := range r.Rows {
		fmt.Fprintf(&out, "%d:%s:%s ", o.Line, o.Outcome, o.Verdict)
	}
	return strings.TrimSpace(out.String())
}

func TestImport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first, second, early := b.opened(), b.opened(), b.registered()
	in := b.fileOf("导出.csv",
		ImportRow{Line: 2, Sample: first.Number, Item: "Pb 283.3", Raw: "0.12", Unit: "mg/kg"},
		ImportRow{Line: 3, Sample: "2号管", Item: "铅", Raw: "0.35", Unit: "mg/kg"},
		ImportRow{Line: 4, Sample: first.Number, Item: "铁", Raw: "1", Unit: "mg/kg"},
		ImportRow{Line: 5, Sample: "不知道", Item: "铅", Raw: "1", Unit: "mg/kg"},
		ImportRow{Line: 6, Sample: early.Number, Item: "铅", Raw: "1", Unit: "mg/kg"},
		ImportRow{Line: 7, Sample: first.Number, Item: "镉", Raw: "", Unit: "mg/kg"},
		ImportRow{Line: 8, Sample: second.Number, Item: "镉", Raw: "over", Unit: "mg/kg"},
		ImportRow{Line: 9, Sample: "", Item: "铅", Raw: "1"},
		ImportRow{Line: 10, Sample: first.Number, Item: "", Raw: "1"},
		ImportRow{Line: 11, Sample: "X", Item: "铅", Raw: "1", ReasonZH: "超量程", ReasonEN: "over range"},
		ImportRow{Line: 12, Sample: "D1", Item: "铅", Raw: "1"},
		ImportRow{Line: 13, Sample: "D1", Item: "铅", Raw: "2"},
		ImportRow{Line: 14, Sample: "D2", Item: "铅", Raw: "2"},
		ImportRow{Line: 14, Sample: "D2", Item: "铅", Raw: "3"},
	)
	in.Samples = map[string]string{"2号管": second.Number + "-1"}
	in.Items = map[string]string{"Pb 283.3": "铅"}
	const want = "2:imported:pass 3:imported:fail 4:listed: 5:listed: 6:listed: 7:listed: 8:listed: 9:listed: 10:listed: " +
		"11:listed: 12:listed: 13:listed: 14:listed:"

	dry := in
	dry.DryRun = true
	table, err := b.ImportResults(b.ctx(), b.zhao, dry, nil)
	b.must(err)
	if got := outcomes(table); got != want || table.ID != "" || table.Rows[0].ResultID != "" {
		t.Errorf("dry run\n%s, want\n%s", got, want)
	}
	if stored, err := selectResults(b.ctx(), b.db, first.ID); err != nil || len(stored) != 0 {
		t.Errorf("a dry run stored %d results (%v)", len(stored), err)
	}

	var last, total int
	table, err = b.ImportResults(b.ctx(), b.zhao, in, func(done, all int) error { last, total = done, all; return nil })
	b.must(err)
	if got := outcomes(table); got != want || table.Imported != 2 || table.Listed != 11 {
		t.Errorf("import\n%s, want\n%s", got, want)
	}
	if last != 13 || total != 13 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	for i, o := range table.Rows {
		if o.Outcome == "listed" && (o.ReasonZH == "" || o.ReasonEN == "") {
			t.Errorf("row %d is listed without a reason: %+v", i, o)
		}
	}
	if !strings.Contains(table.Rows[10].ReasonZH, "重复（第12、13行）") {
		t.Errorf("duplicate: %q", table.Rows[10].ReasonZH)
	}
	read, err := b.ImportTable(b.ctx(), b.auditor, table.ID)
	b.must(err)
	if got := outcomes(read); got != want {
		t.Errorf("read back\n%s, want\n%s", got, want)
	}
	stored, err := selectResults(b.ctx(), b.db, first.ID)
	b.must(err)
	if len(stored) != 1 || stored[0].ImportID != table.ID || stored[0].Raw != "0.12" {
		t.Errorf("stored %+v", stored)
	}
	for _, again := range []Import{in, dry} {
		_, err := b.ImportResults(b.ctx(), b.zhao, again, nil)
		refused(t, "the same file again", err, errs.Conflict, "import_known")
	}
}

// TestImportResumes breaks an import off after its first sample and wants the next call to do the rest, nothing twice.
func TestImportResumes(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first, second := b.opened(), b.opened()
	in := b.fileOf("大文件.csv",
		ImportRow{Line: 1, Sample: "", Item: "铅", Raw: "1"},
		ImportRow{Line: 2, Sample: first.Number, Item: "铅", Raw: "0.12", Unit: "mg/kg"},
		ImportRow{Line: 3, Sample: second.Number, Item: "铅", Raw: "0.13"},
	)
	stop := errors.New("stopped")
	_, err := b.ImportResults(b.ctx(), b.zhao, in, func(int, int) error { return stop })
	if !errors.Is(err, stop) {
		t.Fatalf("broken off: %v", err)
	}
	_, err = b.ImportResults(b.ctx(), b.qian, in, nil)
	refused(t, "taken up by another", err, errs.Conflict, "import_known")
	in.Units = map[string]string{"": "mg/kg"} // stated only now: the ledger tells it of what is taken in from here on
	table, err := b.ImportResults(b.ctx(), b.zhao, in, nil)
	b.must(err)
	if got := outcomes(table); got != "1:listed: 2:imported:pass 3:imported:pass" {
		t.Errorf("resumed: %s", got)
	}
	for _, s := range []Sample{first, second} {
		if stored, err := selectResults(b.ctx(), b.db, s.ID); err != nil || len(stored) != 1 {
			t.Errorf("%s has %d results (%v)", s.Number, len(stored), err)
		}
	}
	_, err = b.ImportResults(b.ctx(), b.zhao, in, nil)
	refused(t, "complete", err, errs.Conflict, "import_known")
	history, err := ledger.History(b.ctx(), b.db, "import", table.ID)
	b.must(err)
	if len(history) != 2 || history[0].Kind != "import.started" || strings.Contains(history[0].Body, "units") ||
		history[1].Kind != "import.resumed" || !strings.Contains(history[1].Body, `"units":{"":"mg/kg"}`) {
		t.Errorf("events %+v, want the start without units and the second part with those that were stated", history)
	}
	stream := ledgertest.Read(t, b.db)
	if _, faults := replayed(t, stream); len(faults) > 0 {
		t.Errorf("faults of an import: %+v", faults)
	}
	_, faults := replayed(t, stream.Damaged(t, by("import.resumed", 0, b.zhang.PersonID), as("import.resumed", 0, ledger.Sampler)))
	if got := ledgertest.Codes(t, faults); got != "role_missing" {
		t.Errorf("taken up by a sampler: %q", got)
	}
}

// TestImportJob runs an import as a job, again after it was done, and wants the same answer.
func TestImportJob(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.opened()
	in := b.fileOf("任务.csv", ImportRow{Line: 2, Sample: s.Number, Item: "铅", Raw: "0.12", Unit: "mg/kg"},
		ImportRow{Line: 3, Sample: s.Number, Item: "铁", Raw: "0.12", Unit: "mg/kg"})
	_, err := b.EnqueueImport(b.ctx(), b.sun, in)
	refused(t, "reviewer", err, errs.Forbidden, "role_missing")
	id, err := b.EnqueueImport(b.ctx(), b.zhao, in)
	b.must(err)
	job, err := jobs.Asked(b.ctx(), b.db, b.zhao, id)
	b.must(err)
	progress := func(int, int) error { return nil }
	first, err := b.RunImport(b.ctx(), job, progress)
	b.must(err)
	again, err := b.RunImport(b.ctx(), job, progress)
	b.must(err)
	if first != again || !strings.Contains(first, `"imported":1,"listed":1`) {
		t.Errorf("answers %s and %s", first, again)
	}
	if stored, err := selectResults(b.ctx(), b.db, s.ID); err != nil || len(stored) != 1 {
		t.Errorf("%d results (%v)", len(stored), err)
	}
	_, err = b.EnqueueImport(b.ctx(), b.zhao, in)
	refused(t, "the same file as another job", err, errs.Conflict, "import_known")
	_, err = b.RunImport(b.ctx(), jobs.Job{Arguments: "?"}, progress)
	refused(t, "arguments", err, errs.Invalid, "job_arguments")

	later := b.fileOf("之后.csv", ImportRow{Line: 2, Sample: s.Number, Item: "铁", Raw: "0.12", Unit: "mg/kg"})
	id, err = b.EnqueueImport(b.ctx(), b.zhao, later)
	b.must(err)
	job, err = jobs.Asked(b.ctx(), b.db, b.zhao, id)
	b.must(err)
	b.disable(b.zhao)
	_, err = b.RunImport(b.ctx(), job, progress)
	refused(t, "somebody who was disabled before the job ran", err, errs.Forbidden, "person_disabled")
}

// TestImportGates lists rows whose gates are closed: equipment out of validity on the row's own day, results there already.
func TestImportGates(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	s := b.tested()
	other := b.opened()
	in := b.fileOf("a.csv", ImportRow{Line: 1, Sample: s.Number, Item: "铅", Raw: "0.12", Unit: "mg/kg"},
		ImportRow{Line: 2, Sample: other.Number, Item: "铅", Raw: "0.12", Unit: "mg/kg", MeasuredOn: "2026-09-17"})
	table, err := b.ImportResults(b.ctx(), b.zhao, in, nil)
	b.must(err)
	if !strings.Contains(table.Rows[0].ReasonEN, "has a result already") || !strings.Contains(table.Rows[1].ReasonZH, "早于收样日期") {
		t.Errorf("rows %+v", table.Rows)
	}
	in = b.fileOf("b.csv", ImportRow{Line: 1, Sample: other.Number, Item: "铅", Raw: "0.12", Unit: "mg/kg"})
	in.EquipmentID = b.lapse
	table, err = b.ImportResults(b.ctx(), b.zhao, in, nil)
	b.must(err)
	if table.Imported != 0 || !strings.Contains(table.Rows[0].ReasonZH, "无有效的检定或校准证书") {
		t.Errorf("rows %+v", table.Rows)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	good := b.fileOf("x.csv", ImportRow{Line: 1, Sample: "S", Item: "铅", Raw: "1"})
	for _, c := range []struct {
		name string
		make func(*Import)
		code string
	}{
		{"hash", func(i *Import) { i.FileHash = "xyz" }, "file_hash"},
		{"file not stored", func(i *Import) { i.FileHash = strings.Repeat("ab", 32) }, "file_missing"},
		{"no profile", func(i *Import) { i.Profile = "" }, "required"},
		{"no equipment", func(i *Import) { i.EquipmentID = "" }, "required"},
		{"no rows", func(i *Import) { i.Rows = nil }, "count"},
		{"a day that is none", func(i *Import) { i.MeasuredOn = "18.9." }, "date"},
		{"dates ignored without another", func(i *Import) { i.MeasuredOn, i.IgnoreDates = "", true }, "required"},
		{"a day to come", func(i *Import) { i.MeasuredOn = "2026-09-19" }, "date"},
		{"too many units", func(i *Import) {
			i.Units = map[string]string{}
			for n := range maxUnits + 1 {
				i.Units[fmt.Sprint(n)] = "mg/kg"
			}
		}, "count"},
		{"a unit that is a story", func(i *Import) { i.Units = map[string]string{"": strings.Repeat("g", 61)} }, "too_long"},
		{"job is no id", func(i *Import) { i.JobID = "1" }, "bad_id"},
	} {
		in := good
		c.make(&in)
		_, err := b.ImportResults(b.ctx(), b.zhao, in, nil)
		refused(t, c.name, err, errs.Invalid, c.code)
	}
	_, err := b.ImportResults(b.ctx(), b.sun, good, nil)
	refused(t, "reviewer", err, errs.Forbidden, "role_missing")
	_, err = b.ImportTable(b.ctx(), b.auditor, idB)
	refused(t, "unknown import", err, errs.NotFound, "import_missing")
}

// TestImportRows takes the rows as a profile made them out: what is no sample is listed and duplicates nothing.
func TestImportRows(t *testing.T) {
	t.Parallel()
	rows := ImportRows(instrumentfile.File{Rows: []instrumentfile.Row{
		{Line: 1, Sample: "A", Item: "铅", Raw: "12,5", Value: "12.5", Unit: "mg/kg", Kind: instrumentfile.Sample},
		{Line: 2, Sample: "A", Item: "铅", Raw: "12,6", Value: "12.6", Kind: instrumentfile.Statistic},
		{Line: 3, Sample: "B", Item: "铅", Raw: "over", Kind: instrumentfile.Sample,
			Fault: &instrumentfile.Fault{Code: "over_range", ZH: "超量程", EN: "over range"}},
	}})
	got := Import{Rows: rows, MeasuredOn: "2026-09-18"}.readings()
	if got[0].zh != "" || got[0].value() != "12.5" || got[0].row.Raw != "12,5" {
		t.Errorf("sample %+v", got[0])
	}
	if got[1].zh == "" || got[1].en == "" || !got[1].row.Other {
		t.Errorf("statistic %+v", got[1])
	}
	if got[2].zh != "超量程" || got[2].en != "over range" {
		t.Errorf("fault %+v", got[2])
	}
}

// TestImportRealExport takes in what a photometer exported, in UTF-8 and in UTF-16. Its clock stands in 2022, before the
// samples came: by its own dates every row is listed; with the day stated, its two known samples are imported.
func TestImportRealExport(t *testing.T) {
	t.Parallel()
	folder := "../../shared/instrument-files"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the real exports are not at ../shared/instrument-files beside the repository")
	}
	b := newBureau(t)
	for _, name := range []string{"hach-dr3900-utf8.csv", "hach-dr3900-utf16.csv"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		b.must(err)
		f, err := instrumentfile.Read(content, name, "")
		b.must(err)
		first, second := b.opened(), b.opened()
		in := b.fileOf(name, ImportRows(f)...)
		in.Profile = f.Profile
		in.Samples = map[string]string{"DU-0001": first.Number, "DU-0002": second.Number}
		in.Items = map[string]string{"SiO₂": "铅"}
		in.DryRun = true
		table, err := b.ImportResults(b.ctx(), b.zhao, in, nil)
		b.must(err)
		if table.Imported != 0 || table.Listed != 4 || !strings.Contains(table.Rows[0].ReasonZH, "早于收样日期") {
			t.Errorf("%s by its own dates: %+v", name, table)
		}
		in.DryRun, in.IgnoreDates = false, true
		table, err = b.ImportResults(b.ctx(), b.zhao, in, nil)
		b.must(err)
		if table.Imported != 2 || table.Listed != 2 || len(table.Rows) != len(f.Rows) {
			t.Errorf("%s: %+v", name, table)
		}
		stored, err := selectResults(b.ctx(), b.db, first.ID)
		b.must(err)
		if len(stored) != 1 || stored[0].Raw != "32.9" || stored[0].Unit != "mg/L" || stored[0].MeasuredOn.String() != "2026-09-18" {
			t.Errorf("%s: stored %+v", name, stored)
		}
	}
}

// What was stated of a file's numbers and does not stand in the file is in the event of the import.
func TestImportNotesStatedUnits(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, units := range []map[string]string{nil, {"": "mg/kg"}} {
		in := b.fileOf(fmt.Sprintf("%d.csv", len(units)), ImportRow{Line: 2, Sample: b.opened().Number, Item: "铅", Raw: "0.12"})
		in.Units = units
		table, err := b.ImportResults(b.ctx(), b.zhao, in, nil)
		b.must(err)
		history, err := ledger.History(b.ctx(), b.db, "import", table.ID)
		b.must(err)
		told := strings.Contains(history[0].Body, `"units":{"":"mg/kg"}`)
		if told != (units != nil) || (table.Rows[0].Verdict == "pass") != (units != nil) {
			t.Errorf("units %v: verdict %s, event %s", units, table.Rows[0].Verdict, history[0].Body)
		}
	}
}

// TestReadings accounts for every row, whatever it holds.
func TestReadings(t *testing.T) {
	t.Parallel()
	in := Import{Rows: []ImportRow{
		{Line: 1, Sample: "A\x00", Item: "铅\xff", Raw: strings.Repeat("9", 900)},
		{Line: 2, Sample: " A ", Item: " 铅 ", Raw: "1"},
		{Line: 3, Sample: "B", Item: "铅", Raw: "1"},
		{Line: 4, Sample: "C", Item: "铅", Raw: "1"},
	}, Samples: map[string]string{"C": "B"}, MeasuredOn: "2026-09-18"}
	in.Rows[3].Unit, in.Units = " ppm ", map[string]string{"ppm": "mg/kg", "": "mg/L"}
	got := in.readings()
	if got[3].unit != "mg/kg" || got[3].row.Unit != " ppm " || got[1].unit != "mg/L" {
		t.Errorf("units %q and %q, want those that were stated", got[3].unit, got[1].unit)
	}
	if len(got) != 4 || strings.ContainsRune(got[0].row.Sample, 0) || len(got[0].row.Raw) != maxCell {
		t.Errorf("readings %+v", got)
	}
	if got[1].sample != "A" || got[1].item != "铅" || got[1].zh != "" {
		t.Errorf("second %+v", got[1])
	}
	if got[2].zh == "" || got[3].zh == "" {
		t.Errorf("two names of one sample are duplicates: %+v", got[2:])
	}
}

// TestDilutionSeries takes the one good reading of a series whose other rows the file rules out; two good ones stay
// duplicates, and so do readings that are listed only because something about them is missing.
func TestDilutionSeries(t *testing.T) {
	t.Parallel()
	over := func(line int, sample string) ImportRow {
		return ImportRow{Line: line, Sample: sample, Item: "铅", Raw: "OVER", MeasuredOn: "2026-09-18", ReasonZH: "超量程",
			ReasonEN: "over range"}
	}
	good := func(line int, sample, on string) ImportRow {
		return ImportRow{Line: line, Sample: sample, Item: "铅", Raw: "0.12", MeasuredOn: on}
	}
	for _, c := range []struct {
		name string
		rows []ImportRow
		want []string // how the reason of each row begins
	}{
		{"one good reading", []ImportRow{over(1, "A"), over(2, "A"), good(3, "A", "2026-09-18")}, []string{"超量程", "超量程", ""}},
		{"two good readings", []ImportRow{over(1, "A"), good(2, "A", "2026-09-18"), good(3, "A", "2026-09-18")},
			[]string{"超量程", "文件中同一样品同一项目重复（第2、3行）", "文件中同一样品同一项目重复（第2、3行）"}},
		{"an empty cell", []ImportRow{{Line: 1, Sample: "A", Item: "铅"}, good(2, "A", "2026-09-18")}, []string{"缺少检验结果", ""}},
		{"a reading without a day", []ImportRow{good(1, "A", ""), good(2, "A", "2026-09-18")},
			[]string{"文件未注明检验日期", "文件中同一样品同一项目重复"}},
		{"two readings on one line", []ImportRow{good(1, "A", "2026-09-18"), good(1, "A", "2026-09-18"), good(2, "A", "2026-09-18")},
			[]string{"同一行同一项目有多个读数", "文件中同一样品同一项目重复"}},
	} {
		got := Import{Rows: c.rows}.readings()
		if len(got) != len(c.want) {
			t.Fatalf("%s: %d readings, want %d", c.name, len(got), len(c.want))
		}
		for i, want := range c.want {
			if r := got[i]; !strings.HasPrefix(r.zh, want) || (want == "") != (r.zh == "") || (r.zh == "") != (r.en == "") {
				t.Errorf("%s, row %d: %q, %q; want %q", c.name, i, r.zh, r.en, want)
			}
		}
	}
}
