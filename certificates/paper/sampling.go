package paper

import (
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// SamplingFormContent is a sampling form (抽样单) as it was registered, to be signed by hand: the fields of its category in
// the order of the official form, the portions with their seals, the planned items, and one set of pages for each copy.
type SamplingFormContent struct {
	Printed
	FormTitle    string        `json:"form_title"`    // such as 食品安全抽样检验抽样单
	Category     Category      `json:"category"`      //
	SampleNumber string        `json:"sample_number"` // 样品编号 of the laboratory
	Groups       []FormGroup   `json:"groups"`        //
	Portions     []FormPortion `json:"portions"`      //
	Items        []FormItem    `json:"items"`         // 检验项目
	Samplers     []string      `json:"samplers"`      // 抽样人员, two people
	Signing      UnitSigning   `json:"signing"`       // what the form says of the sampled unit's signature
	Copies       []FormCopy    `json:"copies"`        //
	Notice       []string      `json:"notice"`        // 告知事项
}

// FormGroup is a block of the form.
type FormGroup struct {
	Title  string      `json:"title"`
	Fields []FormField `json:"fields"`
}

// FormField is a field as it was filled in; an empty value is printed as "/".
type FormField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// FormPortion is one portion as it was divided and sealed.
type FormPortion struct {
	Label     string   `json:"label"`
	Role      string   `json:"role"`     // 检验样品 or 复检备份样品
	Quantity  string   `json:"quantity"` // with unit
	Container string   `json:"container"`
	Seals     []string `json:"seals"`
}

// FormItem is an item to be tested and the method for it.
type FormItem struct {
	Item   string `json:"item"`
	Method string `json:"method"`
}

// UnitSigning is what the samplers noted of the sampled unit's signature: all empty when it signs on the paper.
type UnitSigning struct {
	By      string         `json:"by,omitempty"`      // who signed
	On      *calendar.Date `json:"on,omitempty"`      //
	Refused bool           `json:"refused,omitempty"` // the unit refused to sign
	Witness string         `json:"witness,omitempty"` // then required
}

// FormCopy is one copy (联) and for whom it is.
type FormCopy struct {
	Name string `json:"name"` // 第一联
	For  string `json:"for"`  // such as 组织抽样的监管部门存
}

// maxCopies bounds the copies of a form.
const maxCopies = 9

// Title implements Content.
func (c SamplingFormContent) Title() string { return c.FormTitle }

// Validate implements Content.
func (c SamplingFormContent) Validate() error {
	var l errs.List
	c.faults(&l, false)
	return l.Err()
}

func (c SamplingFormContent) faults(l *errs.List, _ bool) {
	c.Printed.faults(l, SamplingForm)
	categoryFault(l, c.Category)
	l.Require("form_title", c.FormTitle, "抽样单名称", "the form's title")
	l.Require("sample_number", c.SampleNumber, "样品编号", "the sample number")
	c.groupFaults(l)
	if len(c.Portions) == 0 {
		l.Add("portions", "required", "样品份必填", "at least one portion is required")
	}
	for i, p := range c.Portions {
		p.faults(l, fmt.Sprintf("portions[%d]", i))
	}
	if len(c.Items) == 0 {
		l.Add("items", "required", "检验项目必填", "at least one item is required")
	}
	for i, item := range c.Items {
		l.Require(fmt.Sprintf("items[%d].item", i), item.Item, "检验项目名称", "the item's name")
		l.Require(fmt.Sprintf("items[%d].method", i), item.Method, "检验方法", "the method")
	}
	if len(c.Samplers) < 2 {
		l.Add("samplers", "required", "抽样人员不得少于两人", "at least two samplers are required")
	}
	requireEach(l, "samplers", c.Samplers, "抽样人员姓名", "the sampler's name")
	if c.Signing.Refused && c.Signing.Witness == "" {
		l.Add("signing.witness", "required", "被抽样单位拒绝签字时须有见证人", "a refusal to sign needs a witness")
	}
	if len(c.Copies) == 0 || len(c.Copies) > maxCopies {
		l.Add("copies", "count", fmt.Sprintf("联数须为 1 至 %d", maxCopies), fmt.Sprintf("1 to %d copies are needed", maxCopies))
	}
	for i, f := range c.Copies {
		l.Require(fmt.Sprintf("copies[%d].name", i), f.Name, "联次", "the name of the copy")
		l.Require(fmt.Sprintf("copies[%d].for", i), f.For, "存执单位", "for whom the copy is")
	}
	requireEach(l, "notice", c.Notice, "告知事项", "the notice")
}

func (c SamplingFormContent) groupFaults(l *errs.List) {
	if len(c.Groups) == 0 {
		l.Add("groups", "required", "抽样单内容必填", "the fields of the form are required")
	}
	fields := 0
	for i, g := range c.Groups {
		l.Require(fmt.Sprintf("groups[%d].title", i), g.Title, "栏目名称", "the title of the block")
		for n, f := range g.Fields {
			l.Require(fmt.Sprintf("groups[%d].fields[%d].label", i, n), f.Label, "字段名称", "the label of the field")
		}
		fields += len(g.Fields)
	}
	if fields+len(c.Items)+len(c.Portions) > maxRows {
		l.Add("groups", "too_many", fmt.Sprintf("不得超过 %d 行", maxRows), fmt.Sprintf("more than %d rows", maxRows))
	}
}

func (p FormPortion) faults(l *errs.List, path string) {
	l.Require(path+".label", p.Label, "样品份编号", "the portion's label")
	l.Require(path+".role", p.Role, "样品份用途", "what the portion is for")
	l.Require(path+".quantity", p.Quantity, "数量", "the quantity")
	requireEach(l, path+".seals", p.Seals, "封条编号", "the seal number")
}

// categoryFault refuses a category that there is not.
func categoryFault(l *errs.List, c Category) {
	if headings[c] == "" {
		l.Add("category", "invalid", "产品类别不在五类之内", "the category is not one of food, drug, device, fuel, coal")
	}
}
