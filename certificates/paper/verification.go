package paper

import (
	"fmt"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// VerificationContent is what a verification certificate (检定证书) or a notice of result (检定结果通知书) says, after
// 计量检定印、证管理办法 and the formats of 国质检量函[2005]861号 and [2006]13号. Kind decides which: a certificate passes and
// has a validity, a notice names what failed and has none. Texts are printed as they are; an empty optional one is
// printed as "/".
type VerificationContent struct {
	Kind         Kind                   `json:"kind"`                  // VerificationCertificate or VerificationNotice
	Number       string                 `json:"number"`                // 证书编号
	Version      int                    `json:"version"`               // 1, or more for an amended certificate
	Replaces     *Replacement           `json:"replaces,omitempty"`    // from version 2 on
	RecordNumber string                 `json:"record_number"`         // 原始记录号
	Body         Body                   `json:"body"`                  //
	Applicant    Party                  `json:"applicant"`             // 申请单位
	Instrument   Instrument             `json:"instrument"`            //
	Mode         string                 `json:"mode"`                  // 检定类别, such as 首次检定
	Procedures   []Procedure            `json:"procedures"`            // 检定依据
	GradedAs     string                 `json:"graded_as,omitempty"`   // words that precede 合格 in the conclusion, such as 1.6级
	Standards    []Standard             `json:"standards"`             // 计量标准器 used, at least one
	Facilities   []Standard             `json:"facilities,omitempty"`  // 计量标准 with their 考核证书
	VerifiedOn   calendar.Date          `json:"verified_on"`           // 检定日期
	ValidUntil   *calendar.Date         `json:"valid_until,omitempty"` // 有效期至; certificate only
	IssuedOn     calendar.Date          `json:"issued_on"`             // 签发日期
	Place        string                 `json:"place"`                 // 检定地点
	Temperature  string                 `json:"temperature"`           // 温度 with unit
	Humidity     string                 `json:"humidity"`              // 相对湿度 with unit
	Conditions   string                 `json:"conditions,omitempty"`  // 其他
	Results      []ResultTable          `json:"results"`               // every item that the procedure asks for
	Adjustment   string                 `json:"adjustment,omitempty"`  // 调整或修理 with values before and after
	Fee          string                 `json:"fee,omitempty"`         // such as 依法免征检定费
	Remarks      string                 `json:"remarks,omitempty"`     // 备注
	Signatures   VerificationSignatures `json:"signatures"`            //
	Bilingual    bool                   `json:"bilingual,omitempty"`   // labels and statements also in English
}

// Instrument is the measuring instrument that was verified.
type Instrument struct {
	Name       string   `json:"name"`                 // 计量器具名称
	Model      string   `json:"model"`                // 型号/规格
	Serial     string   `json:"serial"`               // 出厂编号
	Maker      string   `json:"maker"`                // 制造单位
	Class      string   `json:"class,omitempty"`      // 准确度等级
	Range      string   `json:"range,omitempty"`      // 测量范围
	Management string   `json:"management,omitempty"` // 备案/管理编号
	Location   string   `json:"location,omitempty"`   // 使用地点
	Parameters []string `json:"parameters,omitempty"` // that it was judged by, such as 最大秤量Max=15 kg
}

// Procedure is a verification regulation (检定规程).
type Procedure struct {
	Number string `json:"number"` // such as JJG 539-2016
	Name   string `json:"name"`   // such as 数字指示秤
}

// Standard is a measurement standard or the equipment of one, with the certificate that it rests on.
type Standard struct {
	Name        string        `json:"name"`
	Range       string        `json:"range"`
	Accuracy    string        `json:"accuracy"`    // 不确定度/准确度等级/最大允许误差
	Certificate string        `json:"certificate"` // its certificate's number
	ValidUntil  calendar.Date `json:"valid_until"`
	TracedTo    string        `json:"traced_to,omitempty"` // 溯源机构: who gave the certificate
}

// ResultTable is one item of the procedure: its conclusion and, when it has readings, their table.
type ResultTable struct {
	Item    string     `json:"item"`              // 检定项目
	Clause  string     `json:"clause,omitempty"`  // of the procedure
	Columns []string   `json:"columns,omitempty"` // heads with units, such as 载荷/kg; none: only the conclusion
	Rows    [][]string `json:"rows,omitempty"`    // values as reported, as many as columns
	Verdict Verdict    `json:"verdict"`           // Pass or Fail; of a notice that fails by another item, Undetermined
	Note    string     `json:"note,omitempty"`
}

// VerificationSignatures are the three who answer for a verification.
type VerificationSignatures struct {
	Verifier Signature `json:"verifier"` // 检定员
	Checker  Signature `json:"checker"`  // 核验员
	Approver Signature `json:"approver"` // 批准人
}

func (s VerificationSignatures) all() []Signatory {
	return []Signatory{
		{"verifier", "检定员", "the verifier", "检定 verified", s.Verifier},
		{"checker", "核验员", "the checker", "核验 checked", s.Checker},
		{"approver", "批准人", "the approver", "批准 approved", s.Approver},
	}
}

// DocumentKind implements Content.
func (c VerificationContent) DocumentKind() Kind { return c.Kind }

// Title implements Content.
func (c VerificationContent) Title() string {
	if c.Kind == VerificationNotice {
		return "检定结果通知书"
	}
	return "检定证书"
}

// Conclusion implements Content.
func (c VerificationContent) Conclusion() string {
	if len(c.failed())+len(c.undetermined()) > 0 {
		return "不合格"
	}
	return c.GradedAs + "合格"
}

func (c VerificationContent) failed() []string {
	return c.items(func(v Verdict) bool { return v == Fail })
}

// undetermined names the items that neither passed nor failed.
func (c VerificationContent) undetermined() []string {
	return c.items(func(v Verdict) bool { return v != Pass && v != Fail })
}

func (c VerificationContent) items(fit func(Verdict) bool) []string {
	var items []string
	for _, t := range c.Results {
		if fit(t.Verdict) {
			items = append(items, t.Item)
		}
	}
	return items
}

// procedureNames are the procedures in one line.
func procedureNames(procedures []Procedure) string {
	texts := make([]string, len(procedures))
	for i, p := range procedures {
		texts[i] = p.Number + "《" + p.Name + "》"
	}
	return strings.Join(texts, "、")
}

func (c VerificationContent) head() head {
	return head{
		number: c.Number, body: c.Body, issuedOn: c.IssuedOn, signed: c.Signatures.Approver.SignedAt, bilingual: c.Bilingual,
		signatories: c.Signatures.all(),
	}
}

// Validate implements Content.
func (c VerificationContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c VerificationContent) faults(l *errs.List, draft bool) {
	kindFault(l, c.Kind, VerificationCertificate, VerificationNotice)
	identityFaults(l, c.Number, c.Version, c.Replaces, c.IssuedOn, draft)
	c.Body.faults(l)
	l.Require("record_number", c.RecordNumber, "原始记录号", "the number of the original record")
	l.Require("applicant.name", c.Applicant.Name, "申请单位名称", "the applicant's name")
	c.Instrument.faults(l)
	l.Require("mode", c.Mode, "检定类别", "the kind of verification")
	l.Require("place", c.Place, "检定地点", "the place of verification")
	l.Require("temperature", c.Temperature, "温度", "the temperature")
	l.Require("humidity", c.Humidity, "相对湿度", "the relative humidity")
	procedureFaults(l, c.Procedures, "检定依据", "检定规程", "procedure")
	c.standardFaults(l)
	c.dateFaults(l)
	c.resultFaults(l)
	if !draft {
		signatureFaults(l, c.Signatures.all())
	}
}

func (i Instrument) faults(l *errs.List) {
	l.Require("instrument.name", i.Name, "计量器具名称", "the instrument's name")
	l.Require("instrument.model", i.Model, "型号规格", "the model")
	l.Require("instrument.serial", i.Serial, "出厂编号", "the serial number")
	l.Require("instrument.maker", i.Maker, "制造单位", "the maker")
}

// procedureFaults wants at least one procedure, which the languages call so.
func procedureFaults(l *errs.List, procedures []Procedure, basisZH, zh, en string) {
	if len(procedures) == 0 {
		l.Add("procedures", "required", basisZH+"必填", "the "+en+" is required")
	}
	for i, p := range procedures {
		l.Require(fmt.Sprintf("procedures[%d].number", i), p.Number, zh+"编号", "the number of the "+en)
		l.Require(fmt.Sprintf("procedures[%d].name", i), p.Name, zh+"名称", "the name of the "+en)
	}
}

func (c VerificationContent) standardFaults(l *errs.List) {
	if len(c.Standards) == 0 {
		l.Add("standards", "required", "所用计量标准器必填", "the standards used are required")
	}
	for i, s := range c.Standards {
		s.faults(l, fmt.Sprintf("standards[%d]", i), c.VerifiedOn)
	}
	for i, s := range c.Facilities {
		s.faults(l, fmt.Sprintf("facilities[%d]", i), c.VerifiedOn)
	}
}

func (s Standard) faults(l *errs.List, path string, used calendar.Date) {
	l.Require(path+".name", s.Name, "计量标准名称", "the standard's name")
	l.Require(path+".range", s.Range, "测量范围", "the range")
	l.Require(path+".accuracy", s.Accuracy, "不确定度或准确度等级", "the uncertainty or class")
	l.Require(path+".certificate", s.Certificate, "证书编号", "the certificate's number")
	dateRequired(l, path+".valid_until", s.ValidUntil, "有效期", "the validity")
	later(l, path+".valid_until", s.ValidUntil, used,
		"计量标准在使用时已过有效期", "the standard was out of validity when it was used")
}

func (c VerificationContent) dateFaults(l *errs.List) {
	dateRequired(l, "verified_on", c.VerifiedOn, "检定日期", "the date of verification")
	later(l, "issued_on", c.IssuedOn, c.VerifiedOn,
		"签发不得早于检定", "the document must not be issued before the verification")
	switch {
	case c.Kind == VerificationCertificate && (c.ValidUntil == nil || c.ValidUntil.IsZero()):
		l.Add("valid_until", "required", "有效期必填", "the validity is required")
	case c.Kind == VerificationCertificate:
		later(l, "valid_until", *c.ValidUntil, c.VerifiedOn,
			"有效期不得早于检定日期", "the validity must not end before the verification")
	case c.ValidUntil != nil:
		l.Add("valid_until", "invalid", "检定结果通知书不得有有效期", "a notice of result has no validity")
	}
}

func (c VerificationContent) resultFaults(l *errs.List) {
	if len(c.Results) == 0 {
		l.Add("results", "required", "检定结果必填", "the results are required")
	}
	rows := 0
	for i, t := range c.Results {
		t.faults(l, fmt.Sprintf("results[%d]", i), c.Kind)
		rows += len(t.Rows)
	}
	if rows > maxRows {
		l.Add("results", "too_many", fmt.Sprintf("数据行不得超过 %d 行", maxRows), fmt.Sprintf("more than %d rows", maxRows))
	}
	switch failed, open := c.failed(), c.undetermined(); {
	case c.Kind == VerificationCertificate && len(failed)+len(open) > 0:
		l.Add("results", "failed", "有不合格或未判定项目（"+strings.Join(append(failed, open...), "、")+"），不得出具检定证书",
			"items did not pass, so no certificate can be issued")
	case c.Kind == VerificationNotice && len(c.Results) > 0 && len(failed) == 0:
		l.Add("results", "passed", "没有不合格项目，不得出具检定结果通知书", "no item failed, so a notice is not due")
	}
	if c.Kind == VerificationNotice && c.GradedAs != "" {
		l.Add("graded_as", "invalid", "检定结果通知书不评定等级", "a notice of result grants no class")
	}
}

func (t ResultTable) faults(l *errs.List, path string, kind Kind) {
	l.Require(path+".item", t.Item, "检定项目", "the item")
	open := kind == VerificationNotice && t.Verdict == Undetermined // it is enough that another item failed
	if t.Verdict != Pass && t.Verdict != Fail && !open {
		l.Add(path+".verdict", "undetermined", "该项目尚无合格或不合格的结论，不能出具证书",
			"the item is neither pass nor fail; no document can be issued")
	}
	if len(t.Columns) > maxColumns {
		l.Add(path+".columns", "too_many",
			fmt.Sprintf("不得超过 %d 列", maxColumns), fmt.Sprintf("more than %d columns", maxColumns))
	}
	if len(t.Columns) == 0 && len(t.Rows) > 0 {
		l.Add(path+".columns", "required", "表头必填", "a table needs column heads")
	}
	requireEach(l, path+".columns", t.Columns, "表头", "the column's head")
	for i, r := range t.Rows {
		if len(r) != len(t.Columns) {
			l.Add(fmt.Sprintf("%s.rows[%d]", path, i), "invalid",
				"列数与表头不符", "the row has not as many cells as the table has columns")
		}
	}
}
