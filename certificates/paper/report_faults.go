package paper

import (
	"fmt"

	"hengjian/internal/errs"
)

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
	c.Body.faults(l)
	c.sampleFaults(l)
	c.basisFaults(l)
	dateRequired(l, "tested_from", c.TestedFrom, "检验开始日期", "the date on which testing began")
	dateRequired(l, "tested_to", c.TestedTo, "检验结束日期", "the date on which testing ended")
	later(l, "tested_from", c.TestedFrom, c.Reception.Date, "检验不得早于收样", "testing must not begin before reception")
	later(l, "tested_to", c.TestedTo, c.TestedFrom, "检验结束不得早于开始", "testing must not end before it began")
	later(l, "issued_on", c.IssuedOn, c.TestedTo, "签发不得早于检验结束", "the report must not be issued before testing ended")
	if !draft {
		signatureFaults(l, c.Signatures.all())
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
		item.faults(l, fmt.Sprintf("items[%d]", i), c.Body)
	}
	if judged && len(c.JudgingBasis) == 0 {
		l.Add("judging_basis", "required", "判定依据必填", "the basis of judging is required")
	}
}

func (i Item) faults(l *errs.List, path string, body Body) {
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
	if i.CMA && body.CMANumber == "" {
		l.Add(path+".cma", "no_cma_number", "机构未登记资质认定证书编号，项目不能标注资质认定",
			"the body has no CMA number, so no item can be within its scope")
	}
	if i.CNAS && body.CNASNumber == "" {
		l.Add(path+".cnas", "no_cnas_number", "机构未登记实验室认可证书编号，项目不能标注认可",
			"the body has no CNAS number, so no item can be within its scope")
	}
}

func requireEach(l *errs.List, path string, values []string, zh, en string) {
	for i, v := range values {
		l.Require(fmt.Sprintf("%s[%d]", path, i), v, zh, en)
	}
}
