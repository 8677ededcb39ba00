package paper

import (
	"fmt"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
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
	External    string  `json:"external,omitempty"`    // who provided the result, when not the body (7.8.2.1 p)
	Note        string  `json:"note,omitempty"`        // 说明
}

// ReportSignatures are the three who answer for a report.
type ReportSignatures struct {
	Inspector Signature `json:"inspector"` // 主检
	Reviewer  Signature `json:"reviewer"`  // 审核
	Approver  Signature `json:"approver"`  // 批准, authorised signatory
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

// Conclusion implements Content: what was found about the items that were judged.
func (c ReportContent) Conclusion() string {
	judged := 0
	for _, i := range c.Items {
		if i.Verdict != NotJudged {
			judged++
		}
	}
	way := "经抽样检验，"
	if c.Origin == Submitted {
		way = "经检验，"
	}
	basis := strings.Join(c.JudgingBasis, "、")
	failed := c.failures(basis)
	switch {
	case judged == 0:
		return way + "所检项目不作判定，仅提供检验数据。"
	case failed != "":
		return way + failed + "检验结论为不合格。"
	case judged < len(c.Items):
		return fmt.Sprintf("%s所判定的%d项符合%s要求，其余%d项不作判定，检验结论为合格。",
			way, judged, basis, len(c.Items)-judged)
	}
	return fmt.Sprintf("%s所检项目符合%s要求，检验结论为合格。", way, basis)
}

// failures says which items do not meet which basis, in the order of the items.
func (c ReportContent) failures(all string) string {
	var order []string
	items := map[string][]string{}
	for _, i := range c.Items {
		if i.Verdict != Fail {
			continue
		}
		basis := i.Basis
		if basis == "" {
			basis = all
		}
		if items[basis] == nil {
			order = append(order, basis)
		}
		items[basis] = append(items[basis], i.Name)
	}
	var b strings.Builder
	for _, basis := range order {
		b.WriteString(strings.Join(items[basis], "、") + "项目不符合" + basis + "要求，")
	}
	return b.String()
}

// bearsCMA reports whether the CMA mark stands on the report: the body has one and an item is within its scope.
func (c ReportContent) bearsCMA() bool {
	for _, i := range c.Items {
		if i.CMA && c.Body.CMANumber != "" {
			return true
		}
	}
	return false
}

func (c ReportContent) head() head {
	return head{number: c.Number, body: c.Body, issuedOn: c.IssuedOn, signed: c.Signatures.Approver.SignedAt}
}

// Validate implements Content.
func (c ReportContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c ReportContent) faults(l *errs.List, draft bool) {
	kindFault(l, c.Kind, InspectionReport)
	identityFaults(l, c.Number, c.Version, c.Replaces, c.IssuedOn, draft)
	l.Require("task_kind", c.TaskKind, "检验类别", "the kind of inspection")
	l.Require("client.name", c.Client.Name, "委托单位名称", "the client's name")
	c.Body.faults(l, "body")
	c.sampleFaults(l)
	c.basisFaults(l)
	dateRequired(l, "tested_from", c.TestedFrom, "检验开始日期", "the date on which testing began")
	dateRequired(l, "tested_to", c.TestedTo, "检验结束日期", "the date on which testing ended")
	later(l, "tested_from", c.TestedFrom, c.Reception.Date, "检验不得早于收样", "testing must not begin before reception")
	later(l, "tested_to", c.TestedTo, c.TestedFrom, "检验结束不得早于开始", "testing must not end before it began")
	later(l, "issued_on", c.IssuedOn, c.TestedTo, "签发不得早于检验结束", "the report must not be issued before testing ended")
	if !draft {
		signatureFaults(l, []role{
			{"signatures.inspector", "主检", "the inspector", c.Signatures.Inspector},
			{"signatures.reviewer", "审核人", "the reviewer", c.Signatures.Reviewer},
			{"signatures.approver", "批准人", "the approver", c.Signatures.Approver},
		})
	}
}

func (c ReportContent) sampleFaults(l *errs.List) {
	details := map[Category]bool{
		Food: c.Sample.Food != nil, Drug: c.Sample.Drug != nil, Device: c.Sample.Device != nil,
		Fuel: c.Sample.Fuel != nil, Coal: c.Sample.Coal != nil,
	}
	if _, known := details[c.Category]; !known {
		l.Add("category", "invalid", "产品类别不在五类之内", "the category is not one of food, drug, device, fuel, coal")
	}
	for _, k := range []Category{Food, Drug, Device, Fuel, Coal} {
		if details[k] && k != c.Category {
			l.Add("sample."+string(k)+"_details", "invalid", "与产品类别不符", "these details are of another category")
		}
	}
	l.Require("sample.number", c.Sample.Number, "样品编号", "the sample number")
	l.Require("sample.name", c.Sample.Name, "样品名称", "the sample's name")
	l.Require("sample.quantity", c.Sample.Quantity, "样品数量", "the quantity")
	l.Require("sample.state", c.Sample.State, "样品状态", "the sample's state")
	dateRequired(l, "reception.date", c.Reception.Date, "到样日期", "the date of reception")
	l.Require("reception.condition", c.Reception.Condition, "样品接收状态", "the condition at reception")
	switch {
	case c.Origin != Sampled && c.Origin != Submitted:
		l.Add("origin", "invalid", "样品来源须为抽样或送检", "the origin must be sampled or submitted")
	case c.Origin == Submitted:
	case c.Sampling == nil:
		l.Add("sampling", "required", "抽样信息必填", "the sampling is required")
	default:
		c.samplingFaults(l)
	}
}

func (c ReportContent) samplingFaults(l *errs.List) {
	l.Require("sample.sampled_unit.name", c.Sample.SampledUnit.Name, "被抽样单位名称", "the sampled unit's name")
	l.Require("sampling.form_number", c.Sampling.FormNumber, "抽样单编号", "the number of the sampling form")
	l.Require("sampling.place", c.Sampling.Place, "抽样地点", "the place of sampling")
	dateRequired(l, "sampling.date", c.Sampling.Date, "抽样日期", "the date of sampling")
	later(l, "reception.date", c.Reception.Date, c.Sampling.Date, "收样不得早于抽样", "reception must not come before sampling")
	if len(c.Sampling.People) < 2 {
		l.Add("sampling.people", "required", "抽样人员不得少于两人", "at least two samplers are required")
	}
	if len(c.Sampling.Seals) == 0 {
		l.Add("sampling.seals", "required", "封条编号必填", "the seal numbers are required")
	}
	requireEach(l, "sampling.people", c.Sampling.People, "抽样人员姓名", "the sampler's name")
	requireEach(l, "sampling.seals", c.Sampling.Seals, "封条编号", "the seal number")
}

func (c ReportContent) basisFaults(l *errs.List) {
	if len(c.TestBasis) == 0 {
		l.Add("test_basis", "required", "检验依据必填", "the basis of testing is required")
	}
	requireEach(l, "test_basis", c.TestBasis, "检验依据", "the basis of testing")
	requireEach(l, "judging_basis", c.JudgingBasis, "判定依据", "the basis of judging")
	if len(c.Items) == 0 {
		l.Add("items", "required", "检验项目必填", "at least one item is required")
	}
	if len(c.Items) > maxRows {
		l.Add("items", "too_many", fmt.Sprintf("检验项目不得超过 %d 项", maxRows), fmt.Sprintf("more than %d items", maxRows))
		return
	}
	judged := false
	for i, item := range c.Items {
		judged = judged || item.Verdict != NotJudged
		item.faults(l, fmt.Sprintf("items[%d]", i), c.Body.CMANumber)
	}
	if judged && len(c.JudgingBasis) == 0 {
		l.Add("judging_basis", "required", "判定依据必填", "the basis of judging is required")
	}
}

func (i Item) faults(l *errs.List, path, cma string) {
	l.Require(path+".name", i.Name, "检验项目名称", "the item's name")
	l.Require(path+".result", i.Result, "检验结果", "the result")
	l.Require(path+".method", i.Method, "检验方法", "the method")
	switch i.Verdict {
	case Pass, Fail:
		l.Require(path+".limit", i.Limit, "标准要求", "the requirement")
	case NotJudged:
		l.Require(path+".note", i.Note, "不判定的原因", "why the item is not judged")
	default:
		l.Add(path+".verdict", "undetermined", "该项目尚无合格、不合格或不判定的结论，不能出具报告",
			"the item is neither pass, fail nor expressly not judged; no report can be issued")
	}
	if i.CMA && cma == "" {
		l.Add(path+".cma", "no_cma_number", "机构未登记资质认定证书编号，项目不能标注资质认定",
			"the body has no CMA number, so no item can be within its scope")
	}
}

func requireEach(l *errs.List, path string, values []string, zh, en string) {
	for i, v := range values {
		l.Require(fmt.Sprintf("%s[%d]", path, i), v, zh, en)
	}
}
