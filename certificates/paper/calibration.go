package paper

import (
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// CalibrationContent is what a calibration certificate (校准证书) says: ISO/IEC 17025:2017 7.8.2 and 7.8.4, JJF 1071. It
// reports values with their uncertainty and concludes nothing: there is no field for a conclusion, and none for a
// validity. Texts are printed as they are; an empty optional one is printed as "/".
type CalibrationContent struct {
	Kind            Kind                  `json:"kind"`                       // CalibrationCertificate
	Number          string                `json:"number"`                     // 证书编号
	Version         int                   `json:"version"`                    // 1, or more for an amended certificate
	Replaces        *Replacement          `json:"replaces,omitempty"`         // from version 2 on
	RecordNumber    string                `json:"record_number"`              // 原始记录号
	Body            Body                  `json:"body"`                       //
	Client          Party                 `json:"client"`                     // 委托单位, with its address
	Instrument      Instrument            `json:"instrument"`                 //
	Procedures      []Procedure           `json:"procedures"`                 // 校准依据, such as JJF 1101-2019
	Deviations      string                `json:"deviations,omitempty"`       // from the procedure
	Standards       []Standard            `json:"standards"`                  // used, each with TracedTo
	ReceivedOn      *calendar.Date        `json:"received_on,omitempty"`      // 接收日期; none when calibrated on site
	CalibratedOn    calendar.Date         `json:"calibrated_on"`              // 校准日期
	IssuedOn        calendar.Date         `json:"issued_on"`                  // 签发日期
	Place           string                `json:"place"`                      // 校准地点
	Temperature     string                `json:"temperature"`                // 温度 with unit
	Humidity        string                `json:"humidity"`                   // 相对湿度 with unit
	Conditions      string                `json:"conditions,omitempty"`       // 其他
	Results         []CalibrationTable    `json:"results"`                    //
	Adjustment      string                `json:"adjustment,omitempty"`       // 调整或修理; the results tell both states
	Interval        string                `json:"interval,omitempty"`         // 建议复校时间间隔, only at the client's request
	IntervalRequest string                `json:"interval_request,omitempty"` // which written request asked for it
	Remarks         string                `json:"remarks,omitempty"`          // 备注
	Signatures      CalibrationSignatures `json:"signatures"`                 //
	Bilingual       bool                  `json:"bilingual,omitempty"`        // labels and statements also in English
}

// CalibrationTable is what was found about one quantity, point by point.
type CalibrationTable struct {
	Item    string             `json:"item"`    // 校准项目
	Columns []string           `json:"columns"` // heads with units, such as 标准值/MPa
	Points  []CalibrationPoint `json:"points"`  //
	Note    string             `json:"note,omitempty"`
}

// CalibrationPoint is one calibrated point.
type CalibrationPoint struct {
	Values      []string `json:"values"`      // as reported, as many as columns
	Uncertainty string   `json:"uncertainty"` // expanded uncertainty U, with unit or as a relative one
	Coverage    string   `json:"coverage"`    // coverage factor k with, when stated, its probability: 2, or 1.96（p=95 %）
}

// CalibrationSignatures are the three who answer for a calibration.
type CalibrationSignatures struct {
	Calibrator Signature `json:"calibrator"` // 校准员
	Checker    Signature `json:"checker"`    // 核验员
	Approver   Signature `json:"approver"`   // 批准人
}

func (s CalibrationSignatures) all() []Signatory {
	return []Signatory{
		{"calibrator", "校准员", "the calibrator", "校准 calibrated", s.Calibrator},
		{"checker", "核验员", "the checker", "核验 checked", s.Checker},
		{"approver", "批准人", "the approver", "批准 approved", s.Approver},
	}
}

// DocumentKind implements Content.
func (c CalibrationContent) DocumentKind() Kind { return c.Kind }

// Title implements Content.
func (c CalibrationContent) Title() string { return "校准证书" }

// Conclusion implements Content: a calibration concludes nothing.
func (c CalibrationContent) Conclusion() string { return "" }

func (c CalibrationContent) head() head {
	return head{
		number: c.Number, body: c.Body, issuedOn: c.IssuedOn, signed: c.Signatures.Approver.SignedAt, bilingual: c.Bilingual,
		signatories: c.Signatures.all(),
	}
}

// Validate implements Content.
func (c CalibrationContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c CalibrationContent) faults(l *errs.List, draft bool) {
	kindFault(l, c.Kind, CalibrationCertificate)
	identityFaults(l, c.Number, c.Version, c.Replaces, c.IssuedOn, draft)
	c.Body.faults(l)
	l.Require("record_number", c.RecordNumber, "原始记录号", "the number of the original record")
	l.Require("client.name", c.Client.Name, "委托单位名称", "the client's name")
	l.Require("client.address", c.Client.Address, "委托单位地址", "the client's address")
	c.Instrument.faults(l)
	procedureFaults(l, c.Procedures, "校准依据", "校准规范", "calibration procedure")
	l.Require("place", c.Place, "校准地点", "the place of calibration")
	l.Require("temperature", c.Temperature, "温度", "the temperature")
	l.Require("humidity", c.Humidity, "相对湿度", "the relative humidity")
	c.standardFaults(l)
	c.dateFaults(l)
	c.intervalFaults(l)
	c.resultFaults(l)
	if !draft {
		signatureFaults(l, c.Signatures.all())
	}
}

// standardFaults wants at least one standard, each within its validity and with the body that its values come from: a
// calibration is worth what its traceability is (ISO/IEC 17025:2017 6.5).
func (c CalibrationContent) standardFaults(l *errs.List) {
	if len(c.Standards) == 0 {
		l.Add("standards", "required", "所用计量标准器必填", "the standards used are required")
	}
	for i, s := range c.Standards {
		path := fmt.Sprintf("standards[%d]", i)
		s.faults(l, path, c.CalibratedOn)
		l.Require(path+".traced_to", s.TracedTo, "溯源机构", "the body that the standard is traced to")
	}
}

func (c CalibrationContent) dateFaults(l *errs.List) {
	dateRequired(l, "calibrated_on", c.CalibratedOn, "校准日期", "the date of calibration")
	if c.ReceivedOn != nil {
		later(l, "calibrated_on", c.CalibratedOn, *c.ReceivedOn,
			"校准不得早于接收", "the calibration must not come before the reception")
	}
	later(l, "issued_on", c.IssuedOn, c.CalibratedOn,
		"签发不得早于校准", "the document must not be issued before the calibration")
}

// intervalFaults allows an interval only where the client asked for one in writing (ISO/IEC 17025:2017 7.8.4.3).
func (c CalibrationContent) intervalFaults(l *errs.List) {
	switch {
	case c.Interval != "" && c.IntervalRequest == "":
		l.Add("interval_request", "required", "仅在委托方书面要求时才可给出复校时间间隔，须注明该要求",
			"an interval is given only at the client's written request, which must be named")
	case c.Interval == "" && c.IntervalRequest != "":
		l.Add("interval", "required", "委托方要求的复校时间间隔必填", "the interval that the client asked for is required")
	}
}

func (c CalibrationContent) resultFaults(l *errs.List) {
	if len(c.Results) == 0 {
		l.Add("results", "required", "校准结果必填", "the results are required")
	}
	points := 0
	for i, t := range c.Results {
		t.faults(l, fmt.Sprintf("results[%d]", i))
		points += len(t.Points)
	}
	if points > maxRows {
		l.Add("results", "too_many", fmt.Sprintf("校准点不得超过 %d 个", maxRows), fmt.Sprintf("more than %d points", maxRows))
	}
}

func (t CalibrationTable) faults(l *errs.List, path string) {
	l.Require(path+".item", t.Item, "校准项目", "the calibrated item")
	if len(t.Columns) == 0 {
		l.Add(path+".columns", "required", "表头必填", "a table needs column heads")
	}
	if len(t.Columns) > maxColumns-2 {
		l.Add(path+".columns", "too_many", fmt.Sprintf("不得超过 %d 列", maxColumns-2),
			fmt.Sprintf("more than %d columns", maxColumns-2))
	}
	requireEach(l, path+".columns", t.Columns, "表头", "the column's head")
	if len(t.Points) == 0 {
		l.Add(path+".points", "required", "校准点必填", "at least one calibrated point is required")
	}
	for i, p := range t.Points {
		at := fmt.Sprintf("%s.points[%d]", path, i)
		if len(p.Values) != len(t.Columns) {
			l.Add(at+".values", "invalid", "列数与表头不符", "the point has not as many values as the table has columns")
		}
		requireEach(l, at+".values", p.Values, "校准值", "the value")
		l.Require(at+".uncertainty", p.Uncertainty, "扩展不确定度", "the expanded uncertainty")
		l.Require(at+".coverage", p.Coverage, "包含因子", "the coverage factor")
	}
}
