package paper

import (
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// FollowUpContent is a paper of what follows a report: retest (复检) and disposal (处置). Kind decides which; all of them
// are prefilled from the issued report and leave to the hand what the records do not know.
type FollowUpContent struct {
	Printed
	Category Category          `json:"category"` //
	Report   FollowedReport    `json:"report"`   //
	Sample   FollowedSample    `json:"sample"`   //
	Items    []FollowedItem    `json:"items"`    // what failed; only a disposal may have none
	Portions []FollowedPortion `json:"portions"` // what is there: of a handover the reserve, of a disposal everything
	Rules    []string          `json:"rules"`    // time limits and conditions with their articles
}

// FollowedReport is the report that the paper rests on; its number is that of the paper.
type FollowedReport struct {
	IssuedOn   calendar.Date `json:"issued_on"`
	Laboratory string        `json:"laboratory"` // 检验机构
	Bureau     string        `json:"bureau"`     // 组织抽样的部门
	TaskKind   string        `json:"task_kind"`  // 检验类别
	Conclusion string        `json:"conclusion"`
}

// FollowedSample is the batch as the report describes it.
type FollowedSample struct {
	Number      string         `json:"number"`
	Name        string         `json:"name"`
	Spec        string         `json:"spec,omitempty"`
	Trademark   string         `json:"trademark,omitempty"`
	Batch       string         `json:"batch,omitempty"`
	DateLabel   string         `json:"date_label,omitempty"`
	ProducedOn  *calendar.Date `json:"produced_on,omitempty"`
	FormNumber  string         `json:"form_number,omitempty"`
	SampledOn   *calendar.Date `json:"sampled_on,omitempty"`
	SampledUnit Party          `json:"sampled_unit"`
	Producer    *Party         `json:"producer,omitempty"`
}

// FollowedItem is an item that failed.
type FollowedItem struct {
	Name     string `json:"name"`
	Unit     string `json:"unit,omitempty"`
	Limit    string `json:"limit"`
	Result   string `json:"result"`
	Method   string `json:"method"`
	Excluded string `json:"excluded,omitempty"` // why it is never retested; empty: it may be
}

// FollowedPortion is what is physically there of the sample.
type FollowedPortion struct {
	FormPortion
	Place string `json:"place,omitempty"`
}

// retested is what the second analysis is called: drugs have 复验, all others 复检.
func (c FollowUpContent) retested() string {
	if c.Category == Drug {
		return "复验"
	}
	return "复检"
}

// Title implements Content.
func (c FollowUpContent) Title() string {
	switch c.Kind {
	case RetestApplication:
		return c.retested() + "申请书"
	case RetestDecision:
		return c.retested() + "申请受理（不予受理）通知书"
	case RetestHandover:
		return c.retested() + "样品移交单"
	case ResultNotice:
		return "检验结果通知书"
	case HandlingNotice:
		return "不合格产品核查处置通知书"
	case SampleDisposal:
		return "样品处置单"
	}
	return ""
}

// Validate implements Content.
func (c FollowUpContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c FollowUpContent) faults(l *errs.List, _ bool) {
	c.Printed.faults(l, RetestApplication, RetestDecision, RetestHandover, ResultNotice, HandlingNotice, SampleDisposal)
	categoryFault(l, c.Category)
	dateRequired(l, "report.issued_on", c.Report.IssuedOn, "检验报告签发日期", "the report's date of issue")
	l.Require("report.laboratory", c.Report.Laboratory, "检验机构", "the laboratory")
	l.Require("report.bureau", c.Report.Bureau, "组织抽样的部门", "the body that ordered the sampling")
	l.Require("report.conclusion", c.Report.Conclusion, "检验结论", "the conclusion")
	l.Require("sample.number", c.Sample.Number, "样品编号", "the sample number")
	l.Require("sample.name", c.Sample.Name, "样品名称", "the sample's name")
	l.Require("sample.sampled_unit.name", c.Sample.SampledUnit.Name, "被抽样单位名称", "the sampled unit's name")
	requireEach(l, "rules", c.Rules, "告知事项", "the rule")
	if len(c.Items)+len(c.Portions) > maxRows {
		l.Add("items", "too_many", fmt.Sprintf("不得超过 %d 行", maxRows), fmt.Sprintf("more than %d rows", maxRows))
	}
	c.itemFaults(l)
	switch listed := c.Kind == RetestHandover || c.Kind == SampleDisposal; {
	case listed && len(c.Portions) == 0:
		l.Add("portions", "required", "样品份必填", "at least one portion is required")
	case !listed && len(c.Portions) > 0:
		l.Add("portions", "invalid", "此件不列样品份", "this paper lists no portions")
	}
	for i, p := range c.Portions {
		p.faults(l, fmt.Sprintf("portions[%d]", i))
	}
}

// itemFaults wants what failed, and refuses a retest that could be of nothing: what is excluded is never retested
// (食品安全抽样检验管理办法: microbiology is not).
func (c FollowUpContent) itemFaults(l *errs.List) {
	if len(c.Items) == 0 && c.Kind != SampleDisposal {
		l.Add("items", "required", "不合格项目必填", "the items that failed are required")
		return
	}
	open := 0
	for i, item := range c.Items {
		path := fmt.Sprintf("items[%d]", i)
		l.Require(path+".name", item.Name, "检验项目名称", "the item's name")
		l.Require(path+".limit", item.Limit, "标准要求", "the requirement")
		l.Require(path+".result", item.Result, "检验结果", "the result")
		l.Require(path+".method", item.Method, "检验方法", "the method")
		if item.Excluded == "" {
			open++
		}
	}
	if (c.Kind == RetestApplication || c.Kind == RetestHandover) && len(c.Items) > 0 && open == 0 {
		l.Add("items", "no_retest", "不合格项目均不予"+c.retested()+"，不能出具此件",
			"none of the items that failed may be retested, so this paper is not due")
	}
}
