// Package instrumentfile reads the result files of laboratory instruments: bytes in, rows out. It is pure and owns no
// table. An instrument is a file in profiles/, never code: how its export is recognised, where the sample, the item,
// the result and the unit stand. Every data row of a file comes out exactly once, usable or with the reason why not.
//
// Read first: this file (what comes out), layout.go (what a profile may say), rows.go (how rows are made). decode.go
// turns bytes into text, lines.go text into records, workbook.go an XLSX into records.
package instrumentfile

import (
	"errors"
	"fmt"
	"strings"

	"hengjian/internal/errs"
)

// Bounds on one file.
const (
	maxBytes   = 20 << 20
	maxLines   = 1_000_000 // with empty ones
	maxRows    = 100_000   // of results
	maxColumns = 2_000
	maxCell    = 500 // characters of one cell that is kept
)

// File is an instrument file as its profile made it out. Encoding is that of the text, or "xlsx". Faults are about the
// file as a whole (a sheet that was not read); those of a row stand in the row.
type File struct {
	Profile  string  `json:"profile"`
	Encoding string  `json:"encoding"`
	Rows     []Row   `json:"rows"`
	Faults   []Fault `json:"faults,omitempty"`
}

// Row is one reading: one item of one sample. Line is the line of the text or the row of the sheet, from 1; a line of
// a wide layout gives one row for each item. Raw is the text of the result's cell, trimmed, as the file has it; of a
// number in a workbook it is what is stored, with the zeros that are shown. Value is the same reading with a decimal
// point ("12,501" of a file with decimal commas is 12.501 and not twelve thousand) and is what may be entered as a
// result; it is empty when the row has a fault. Unit is empty when the file names none. MeasuredOn is a date like
// 2006-01-02, or empty when the file does not say.
type Row struct {
	Line       int    `json:"line"`
	Sample     string `json:"sample"`
	Item       string `json:"item"`
	Raw        string `json:"raw"`
	Value      string `json:"value"`
	Unit       string `json:"unit"`
	MeasuredOn string `json:"measured_on,omitempty"`
	Kind       Kind   `json:"kind" enum:"sample,qc,blank,calibration,statistic"`
	Fault      *Fault `json:"fault,omitempty"`
}

// Kind says what a row reports on. Only rows of kind sample are results of samples.
type Kind string

// The kinds of rows.
const (
	Sample      Kind = "sample"
	QC          Kind = "qc"          // control sample, reference material, duplicate or spike for quality control
	Blank       Kind = "blank"       // method or reagent blank
	Calibration Kind = "calibration" // calibration standard
	Statistic   Kind = "statistic"   // mean, deviation or count that the instrument computed from other rows
)

// kindNames are the kinds as people call them; a profile may use these and no others.
var kindNames = map[Kind][2]string{
	Sample:      {"样品", "a sample"},
	QC:          {"质控样", "quality control"},
	Blank:       {"空白", "a blank"},
	Calibration: {"校准标准", "a calibration standard"},
	Statistic:   {"仪器计算的统计值", "a statistic that the instrument computed"},
}

// Fault is the reason why a row cannot be used, or what is wrong with the file.
type Fault struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Listed returns why a row cannot be imported as the result of a sample: its fault, or that it is no sample. It is
// nil for a row that can be.
func (r Row) Listed() *Fault {
	if r.Fault != nil || r.Kind == Sample {
		return r.Fault
	}
	names := kindNames[r.Kind]
	return &Fault{"not_a_sample", "该行为" + names[0] + "，不作为样品结果导入",
		"this row is " + names[1] + ", not the result of a sample"}
}

// Profile names a layout that can be read.
type Profile struct {
	Key string `json:"key" yaml:"key"`
	ZH  string `json:"zh" yaml:"zh"`
	EN  string `json:"en" yaml:"en"`
}

// Profiles returns the known profiles, by key.
func Profiles() []Profile {
	out := make([]Profile, 0, len(shipped()))
	for _, l := range shipped() {
		out = append(out, l.Profile)
	}
	return out
}

// Read reads a file by the profile of that key, or by the one profile that recognises it when key is empty. The name
// is that of the uploaded file and serves the messages only: what a file is, its content says. Errors are Invalid and
// name the known profiles where that helps.
func Read(content []byte, name, key string) (File, error) {
	return read(shipped(), content, name, key)
}

func read(layouts []*layout, content []byte, name, key string) (File, error) {
	doc, err := open(content)
	if err != nil {
		return File{}, named(name, err)
	}
	defer doc.close()
	m, err := choose(layouts, doc, key)
	if err != nil {
		return File{}, named(name, err)
	}
	out, err := m.read()
	if err != nil {
		return File{}, named(name, err)
	}
	out.Encoding = doc.encoding
	return out, nil
}

// named puts the file's name in front of a refusal.
func named(name string, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if name = short(strings.ToValidUTF8(name, "")); name == "" || !ok {
		return err
	}
	c := *e
	c.ZH, c.EN = "文件“"+name+"”："+e.ZH, name+": "+e.EN
	return &c
}

func invalid(code, zh, en string, args ...any) *errs.Error {
	return errs.New(errs.Invalid, code, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

// document is an opened file: the one table of a text, cut by each layout in its own way, or the sheets of a workbook.
type document struct {
	encoding string
	workbook bool
	sheets   []*sheet // of a workbook
	text     string
	cuts     map[cutting]*sheet // of the text
	close    func()
}

// cutting is a way to cut a text.
type cutting struct {
	delimiter string
	unwrap    bool
}

// open decides by the content whether a file is a workbook or text.
func open(content []byte) (*document, error) {
	if isWorkbook(content) {
		return openWorkbook(content)
	}
	text, encoding, err := Decode(content)
	if err != nil {
		return nil, err
	}
	if strings.Count(text, "\n")+strings.Count(text, "\r") > maxLines {
		return nil, invalid("too_many_lines", "行数过多：不超过%d行", "too many lines: at most %d", maxLines)
	}
	return &document{encoding: encoding, text: text, cuts: map[cutting]*sheet{}, close: func() {}}, nil
}

// tables returns the tables of the document as l sees them.
func (d *document) tables(c cutting) []*sheet {
	if d.workbook {
		return d.sheets
	}
	if d.cuts[c] == nil {
		d.cuts[c] = &sheet{records: cut(d.text, c)}
	}
	return []*sheet{d.cuts[c]}
}
