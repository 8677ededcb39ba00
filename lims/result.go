package lims

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
)

// Entry is a result as a technician hands it in. Raw is kept exactly as written; LOD and LOQ are texts in the result's
// unit where they name none.
type Entry struct {
	AnalysisID  string `json:"analysis_id,omitempty"`
	Raw         string `json:"raw,omitempty" doc:"the result as written: 0.12, <0.05, 未检出, 10;20;30;40;50"`
	Unit        string `json:"unit,omitempty"`
	LOD         string `json:"lod,omitempty"`
	LOQ         string `json:"loq,omitempty"`
	Basis       string `json:"basis,omitempty" doc:"ar, ad, d or daf for coal; dry_weight, fat, pure_alcohol…"`
	EquipmentID string `json:"equipment_id,omitempty"`
	MeasuredOn  string `json:"measured_on,omitempty"`
}

// Outcome is the verdict on a result.
type Outcome string

// The verdicts. Undetermined blocks the report and says why.
const (
	Pass         Outcome = "pass"         // 合格
	Fail         Outcome = "fail"         // 不合格
	Undetermined Outcome = "undetermined" // 待判定
)

var outcomeNames = []Name{
	{string(Pass), "合格", "pass"}, {string(Fail), "不合格", "fail"}, {string(Undetermined), "待判定", "undetermined"},
}

// Result is one version of a result, with its verdict and the proof of it: the limit that held, copied, and the
// reasoning in words. A version never changes.
type Result struct {
	ID            string          `json:"id" db:"id"`
	AnalysisID    string          `json:"analysis_id" db:"analysis_id"`
	Version       int             `json:"version" db:"version"`
	Raw           string          `json:"raw" db:"raw"`
	Unit          string          `json:"unit" db:"unit"`
	LOD           string          `json:"lod" db:"lod"`
	LOQ           string          `json:"loq" db:"loq"`
	Basis         string          `json:"basis" db:"basis"`
	PortionID     string          `json:"portion_id" db:"portion_id"`
	EquipmentID   string          `json:"equipment_id" db:"equipment_id"`
	CertificateID string          `json:"certificate_id" db:"certificate_id"`
	MeasuredOn    calendar.Date   `json:"measured_on" db:"measured_on"`
	Verdict       Outcome         `json:"verdict" db:"verdict" enum:"pass,fail,undetermined"`
	Proof         Proof           `json:"proof" db:"proof"`
	Limit         json.RawMessage `json:"limit" db:"-" doc:"the limit as it held then, or null"`
	ImportID      string          `json:"import_id,omitempty" db:"import_id"`
	EnteredBy     string          `json:"entered_by" db:"entered_by"`
	EnteredAt     time.Time       `json:"entered_at" db:"entered_at"`
	Reason        string          `json:"reason,omitempty" db:"reason"`
	AgreedBy      string          `json:"agreed_by,omitempty" db:"agreed_by"`
}

// Proof is the reasoning of a verdict in words, with the limit as it is written.
type Proof struct {
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	LimitText string `json:"limit_text"`
	Standard  string `json:"standard"`

	Detail json.RawMessage `json:"detail" doc:"the rule, the comparison and the steps, as JSON"`
}

// Value stores the proof as canonical JSON.
func (p Proof) Value() (driver.Value, error) {
	text, err := ledger.Canonical(p)
	return string(text), err
}

// Scan reads what Value stored.
func (p *Proof) Scan(src any) error {
	switch text := src.(type) {
	case []byte:
		return json.Unmarshal(text, p)
	case string:
		return json.Unmarshal([]byte(text), p)
	}
	return fmt.Errorf("a proof cannot be read from a %T column", src)
}

// maxRaw bounds a result as written: n values of a sampling plan fit easily.
const maxRaw = 200

// check notes what is wrong with the entry by itself.
func (e Entry) check(l *errs.List, path string, today calendar.Date) {
	l.Require(path+".analysis_id", e.AnalysisID, "检验项目", "the analysis")
	l.Require(path+".raw", e.Raw, "检验结果", "the result")
	l.Require(path+".equipment_id", e.EquipmentID, "所用设备", "the equipment")
	l.Require(path+".measured_on", e.MeasuredOn, "检验日期", "the date of measurement")
	if e.Basis != "" && !standards.Basis(e.Basis).Valid() {
		l.Add(path+".basis", "choice", "计算基准不在可选范围内", "the basis is none that is known")
	}
	checkID(l, path+".analysis_id", e.AnalysisID)
	checkID(l, path+".equipment_id", e.EquipmentID)
	for _, t := range []struct {
		path, value, zh, en string
		limit               int
	}{
		{"raw", e.Raw, "检验结果", "the result", maxRaw}, {"unit", e.Unit, "单位", "the unit", 30},
		{"lod", e.LOD, "检出限", "the limit of detection", 40}, {"loq", e.LOQ, "定量限", "the limit of quantification", 40},
	} {
		checkText(l, path+"."+t.path, t.value, t.zh, t.en, t.limit)
	}
	if e.MeasuredOn == "" {
		return
	}
	on, err := calendar.ParseDate(e.MeasuredOn)
	switch {
	case err != nil:
		l.Add(path+".measured_on", "date", "检验日期不是有效日期（例：2026-09-18）",
			"the date of measurement is not a date such as 2026-09-18")
	case on.After(today):
		l.Add(path+".measured_on", "date_future", "检验日期不能晚于今天", "the date of measurement lies in the future")
	}
}

// ContentHash is the SHA-256, hexadecimal, of the version as it was entered: the ledger's event of the entry holds it.
func (r Result) ContentHash() (string, error) {
	sum, err := r.hash()
	return hex.EncodeToString(sum[:]), err
}

func (r Result) hash() ([sha256.Size]byte, error) {
	r.EnteredAt = r.EnteredAt.UTC()
	sum, _, err := ledger.Hash(r)
	return sum, err
}

// latest returns the highest version of each analysis's result.
func latest(results []Result) map[string]Result {
	out := map[string]Result{}
	for _, r := range results {
		if r.Version > out[r.AnalysisID].Version {
			out[r.AnalysisID] = r
		}
	}
	return out
}
