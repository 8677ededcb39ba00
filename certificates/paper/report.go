package paper

import (
	"slices"

	"hengjian/internal/calendar"
)

// ReportContent is what an inspection report (检验报告) says: ISO/IEC 17025:2017 7.8.2.1 a) to p), and what the
// qualification rules for inspection bodies (CMA) ask for besides. Texts are printed as they are; an empty optional one
// is printed as "/".
type ReportContent struct {
	Kind         Kind             `json:"kind"`                    // InspectionReport
	Number       string           `json:"number"`                  // 报告编号
	Version      int              `json:"version"`                 // 1, or more for an amended report
	Replaces     *Replacement     `json:"replaces,omitempty"`      // from version 2 on
	Category     Category         `json:"category"`                //
	Origin       Origin           `json:"origin"`                  //
	TaskKind     string           `json:"task_kind"`               // 检验类别, such as 监督抽检
	Client       Party            `json:"client"`                  // 委托单位
	Body         Body             `json:"body"`                    //
	Sample       Sample           `json:"sample"`                  //
	Sampling     *Sampling        `json:"sampling,omitempty"`      // required for Origin Sampled
	Reception    Reception        `json:"reception"`               //
	TestBasis    []string         `json:"test_basis"`              // 检验依据
	JudgingBasis []string         `json:"judging_basis"`           // 判定依据
	DecisionRule string           `json:"decision_rule,omitempty"` // 7.8.6
	Items        []Item           `json:"items"`                   //
	TestPlace    string           `json:"test_place,omitempty"`    // when not the body's address
	Deviations   string           `json:"deviations,omitempty"`    // from method or plan, 7.8.2.1 n)
	Remarks      string           `json:"remarks,omitempty"`       // 备注
	Remedy       string           `json:"remedy,omitempty"`        // how and until when to object
	TestedFrom   calendar.Date    `json:"tested_from"`             // 检验日期
	TestedTo     calendar.Date    `json:"tested_to"`               //
	IssuedOn     calendar.Date    `json:"issued_on"`               // 签发日期
	Signatures   ReportSignatures `json:"signatures"`              //
	Bilingual    bool             `json:"bilingual,omitempty"`     // labels and statements also in English
}

// Category is the kind of product.
type Category string

// The categories.
const (
	Food   Category = "food"
	Drug   Category = "drug"
	Device Category = "device" // medical devices
	Fuel   Category = "fuel"   // vehicle fuel
	Coal   Category = "coal"
)

// Origin says who chose the sample, and with that what the report answers for.
type Origin string

// The origins.
const (
	Sampled   Origin = "sampled"   // 抽样
	Submitted Origin = "submitted" // 委托送检: 仅对来样负责
)

// Sample describes the batch.
type Sample struct {
	Number      string         `json:"number"`                   // 样品编号
	Name        string         `json:"name"`                     // 样品名称
	Spec        string         `json:"spec,omitempty"`           // 规格型号
	Grade       string         `json:"grade,omitempty"`          // 质量等级; fuel: 牌号
	Trademark   string         `json:"trademark,omitempty"`      // 商标
	Batch       string         `json:"batch,omitempty"`          // 批号
	DateLabel   string         `json:"date_label,omitempty"`     // 生产日期 unless set, such as 购进日期
	ProducedOn  *calendar.Date `json:"produced_on,omitempty"`    //
	Standard    string         `json:"standard,omitempty"`       // 执行标准
	Quantity    string         `json:"quantity"`                 // 样品数量 with unit
	State       string         `json:"state"`                    // 样品状态
	SampledUnit Party          `json:"sampled_unit"`             // 被抽样单位; empty for Origin Submitted
	Producer    *Party         `json:"producer,omitempty"`       // 标称生产者
	Drug        *DrugDetails   `json:"drug_details,omitempty"`   // at most the one of the category
	Device      *DeviceDetails `json:"device_details,omitempty"` //
	Fuel        *FuelDetails   `json:"fuel_details,omitempty"`   //
	Coal        *CoalDetails   `json:"coal_details,omitempty"`   //
	Food        *FoodDetails   `json:"food_details,omitempty"`   //
}

// FoodDetails is what only food has.
type FoodDetails struct {
	Class     string `json:"class,omitempty"`      // 食品分类
	ShelfLife string `json:"shelf_life,omitempty"` // 保质期
	Licence   string `json:"licence,omitempty"`    // 生产许可证编号
}

// DrugDetails is what only drugs have.
type DrugDetails struct {
	Approval   string `json:"approval,omitempty"`    // 批准文号
	DosageForm string `json:"dosage_form,omitempty"` // 剂型
	Expires    string `json:"expires,omitempty"`     // 有效期至
	PackSpec   string `json:"pack_spec,omitempty"`   // 包装规格
}

// DeviceDetails is what only medical devices have.
type DeviceDetails struct {
	Registration string `json:"registration,omitempty"` // 注册证编号/备案号
	Registrant   string `json:"registrant,omitempty"`   // 注册人/备案人
	Serial       string `json:"serial,omitempty"`       // 序列号
	Expires      string `json:"expires,omitempty"`      // 有效期/使用期限
}

// FuelDetails is what only vehicle fuel has.
type FuelDetails struct {
	Tank        string `json:"tank,omitempty"`        // 油罐号
	Nozzle      string `json:"nozzle,omitempty"`      // 加油枪号
	Supplier    string `json:"supplier,omitempty"`    // 进货来源
	Temperature string `json:"temperature,omitempty"` // 采样油温
}

// CoalDetails is what only coal has.
type CoalDetails struct {
	Type     string `json:"type,omitempty"`     // 煤种
	TopSize  string `json:"top_size,omitempty"` // 标称最大粒度
	Unit     string `json:"unit,omitempty"`     // 采样单元
	Moisture string `json:"moisture,omitempty"` // 制样和水分说明
}

// Sampling tells how the sample was taken (7.8.5).
type Sampling struct {
	FormNumber string        `json:"form_number"`      // 抽样单编号
	Date       calendar.Date `json:"date"`             // 抽样日期
	Place      string        `json:"place"`            // 抽样地点
	Link       string        `json:"link,omitempty"`   // 抽样环节
	People     []string      `json:"people"`           // 抽样人员, at least two
	Base       string        `json:"base,omitempty"`   // 抽样基数
	Method     string        `json:"method,omitempty"` // 抽样方法
	Seals      []string      `json:"seals"`            // 封条编号
}

// Reception tells when and how the sample came.
type Reception struct {
	Date      calendar.Date `json:"date"`      // 到样日期
	Condition string        `json:"condition"` // 接收状态, such as 封条完好，样品符合检验要求
}

// Verdict is the judgement of one item.
type Verdict string

// The verdicts that a document may carry. What is undetermined is not issued, but beside an item that failed on a notice
// of verification result.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	NotJudged    Verdict = "not_judged"   // 不判定: measured, but no requirement applies; Note says why
	Undetermined Verdict = "undetermined" // 未判定
)

// Item is one line of the results. Measured values are texts exactly as reported.
type Item struct {
	Name        string  `json:"name"`                  // 检验项目
	Unit        string  `json:"unit,omitempty"`        // 计量单位
	Limit       string  `json:"limit,omitempty"`       // 标准要求; required when judged
	Basis       string  `json:"basis,omitempty"`       // 判定依据 of this item; none: those of the report
	Result      string  `json:"result"`                // 检验结果
	Verdict     Verdict `json:"verdict"`               // 单项判定
	Method      string  `json:"method"`                // 检验方法
	LOD         string  `json:"lod,omitempty"`         // 检出限 with unit
	Uncertainty string  `json:"uncertainty,omitempty"` // 扩展不确定度 with k, when it matters (7.8.3)
	Instrument  string  `json:"instrument,omitempty"`  // 主要仪器 with its number
	CMA         bool    `json:"cma"`                   // within the body's CMA scope
	CNAS        bool    `json:"cnas,omitempty"`        // within the body's CNAS scope
	External    string  `json:"external,omitempty"`    // who provided the result, when not the body (7.8.2.1 p)
	Note        string  `json:"note,omitempty"`        // 说明
}

// ReportSignatures are the three who answer for a report.
type ReportSignatures struct {
	Inspector Signature `json:"inspector"` // 主检
	Reviewer  Signature `json:"reviewer"`  // 审核
	Approver  Signature `json:"approver"`  // 批准, authorised signatory
}

func (s ReportSignatures) all() []Signatory {
	return []Signatory{
		{"inspector", "主检", "the inspector", "主检 inspected", s.Inspector},
		{"reviewer", "审核人", "the reviewer", "审核 reviewed", s.Reviewer},
		{"approver", "批准人", "the approver", "批准 approved", s.Approver},
	}
}

// DocumentKind implements Content.
func (c ReportContent) DocumentKind() Kind { return c.Kind }

// Title implements Content.
func (c ReportContent) Title() string {
	if c.Category == Drug {
		return "药品检验报告书"
	}
	return "检验报告"
}

// bearsCMA reports whether the CMA mark stands on the report: the body has one and an item is within its scope.
func (c ReportContent) bearsCMA() bool {
	return c.Body.CMANumber != "" && slices.ContainsFunc(c.Items, func(i Item) bool { return i.CMA })
}

// bearsCNAS reports whether the CNAS mark stands on the report, likewise.
func (c ReportContent) bearsCNAS() bool {
	return c.Body.CNASNumber != "" && slices.ContainsFunc(c.Items, func(i Item) bool { return i.CNAS })
}

func (c ReportContent) head() head {
	return head{
		number: c.Number, body: c.Body, issuedOn: c.IssuedOn, signed: c.Signatures.Approver.SignedAt, bilingual: c.Bilingual,
		signatories: c.Signatures.all(),
	}
}
