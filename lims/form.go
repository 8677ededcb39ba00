package lims

import (
	"fmt"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/measure"
	"hengjian/internal/users"
)

// SamplingForm 抽样单 is what the samplers filled in and signed; one form is one sample. Numbers and dates are texts, so
// that all that is wrong with them is told at once. Details are the fields of the category's own (see FormFields).
type SamplingForm struct {
	ID           string            `json:"id,omitempty" doc:"UUID made by the client: a retry is the same sample"`
	Category     Category          `json:"category,omitempty" doc:"food, drug, device, fuel or coal"`
	TaskKind     string            `json:"task_kind,omitempty"`
	FormNumber   string            `json:"form_number,omitempty"`
	ProductName  string            `json:"product_name,omitempty"`
	ProductClass string            `json:"product_class,omitempty" doc:"the class whose limits apply"`
	Grade        string            `json:"grade,omitempty"`
	Link         string            `json:"link,omitempty"`
	Street       string            `json:"street,omitempty"`
	BusinessID   string            `json:"business_id,omitempty" doc:"the sampled unit when it is registered"`
	SampledUnit  UnitForm          `json:"sampled_unit,omitzero"`
	Quantity     string            `json:"quantity,omitempty"`
	Unit         string            `json:"unit,omitempty"`
	SampledOn    string            `json:"sampled_on,omitempty"`
	ProducedOn   string            `json:"produced_on,omitempty"`
	Sampler1     string            `json:"sampler_1,omitempty"`
	Sampler2     string            `json:"sampler_2,omitempty"`
	Portions     []PortionForm     `json:"portions,omitempty"`
	Analyses     []AnalysisForm    `json:"analyses,omitempty"`
	Photos       []PhotoForm       `json:"photos,omitempty"`
	Details      map[string]string `json:"details,omitempty"`
}

// UnitForm is the sampled unit 被抽样单位. A unit without a credit code has "/" or an old licence number of 15 digits.
type UnitForm struct {
	Name       string `json:"name,omitempty"`
	CreditCode string `json:"credit_code,omitempty"`
	Address    string `json:"address,omitempty"`
	Contact    string `json:"contact,omitempty"`
	Phone      string `json:"phone,omitempty"`
}

// PortionForm is one portion as it was divided and sealed on site.
type PortionForm struct {
	Role      PortionRole `json:"role,omitempty" doc:"test or reserve"`
	Quantity  string      `json:"quantity,omitempty"`
	Unit      string      `json:"unit,omitempty" doc:"that of the form when left out"`
	Container string      `json:"container,omitempty"`
	Seals     []SealForm  `json:"seals,omitempty"`
}

// SealForm is a seal as applied.
type SealForm struct {
	Number    string `json:"number,omitempty"`
	PhotoHash string `json:"photo_hash,omitempty" doc:"SHA-256 of a stored file"`
}

// AnalysisForm is an item to be tested and the method for it.
type AnalysisForm struct {
	Item   string `json:"item,omitempty"`
	Method string `json:"method,omitempty"`
}

// PhotoForm is a stored picture.
type PhotoForm struct {
	FileHash string `json:"file_hash,omitempty"`
	Caption  string `json:"caption,omitempty"`
}

// The most that one form may hold.
const (
	maxPortions = 20
	maxSeals    = 10
	maxAnalyses = 200
	maxPhotos   = 40
)

// normal returns the form as it is kept: without spaces around texts, without blank details, codes in capitals.
func (f SamplingForm) normal() SamplingForm {
	trim(&f.ID, &f.TaskKind, &f.FormNumber, &f.ProductName, &f.ProductClass, &f.Grade, &f.Link, &f.Street,
		&f.BusinessID, &f.Quantity, &f.Unit, &f.SampledOn, &f.ProducedOn, &f.Sampler1, &f.Sampler2)
	u := &f.SampledUnit
	trim(&u.Name, &u.CreditCode, &u.Address, &u.Contact, &u.Phone)
	u.CreditCode = strings.ToUpper(u.CreditCode)
	lower(&f.ID, &f.BusinessID, &f.Sampler1, &f.Sampler2)
	details := map[string]string{}
	for key, value := range f.Details {
		if value = strings.TrimSpace(value); value != "" {
			details[key] = value
		}
	}
	f.Details = details
	f.Portions = each(f.Portions, func(p *PortionForm) {
		trim(&p.Quantity, &p.Unit, &p.Container)
		if p.Unit == "" {
			p.Unit = f.Unit
		}
		p.Seals = each(p.Seals, func(s *SealForm) { trim(&s.Number, &s.PhotoHash); lower(&s.PhotoHash) })
	})
	f.Analyses = each(f.Analyses, func(a *AnalysisForm) { trim(&a.Item, &a.Method) })
	f.Photos = each(f.Photos, func(p *PhotoForm) { trim(&p.FileHash, &p.Caption); lower(&p.FileHash) })
	return f
}

// values lists the filled-in fields by path, for the catalogue to check.
func (f SamplingForm) values() map[string]string {
	out := map[string]string{}
	for path, value := range map[string]string{
		"form_number": f.FormNumber, "task_kind": f.TaskKind, "product_name": f.ProductName,
		"product_class": f.ProductClass, "grade": f.Grade, "link": f.Link, "street": f.Street,
		"quantity": f.Quantity, "unit": f.Unit, "sampled_on": f.SampledOn, "produced_on": f.ProducedOn,
		"sampled_unit.name": f.SampledUnit.Name, "sampled_unit.credit_code": f.SampledUnit.CreditCode,
		"sampled_unit.address": f.SampledUnit.Address, "sampled_unit.contact": f.SampledUnit.Contact,
		"sampled_unit.phone": f.SampledUnit.Phone,
	} {
		if value != "" {
			out[path] = value
		}
	}
	for key, value := range f.Details {
		out["details."+key] = value
	}
	return out
}

// Validate tells all that is wrong with the form at once. Whether people, files, methods and numbers exist is for the
// database to say.
func (f SamplingForm) Validate(today calendar.Date) error {
	f = f.normal()
	form, err := FormFields(f.Category)
	if err != nil {
		return err
	}
	var l errs.List
	form.check(&l, f.values(), today)
	f.checkIDs(&l)
	f.checkSampledUnit(&l)
	f.checkDates(&l, today)
	f.checkPortions(&l)
	f.checkSeals(&l)
	f.checkAnalyses(&l)
	f.checkPhotos(&l)
	return l.Err()
}

func (f SamplingForm) checkIDs(l *errs.List) {
	checkID(l, "id", f.ID)
	checkID(l, "business_id", f.BusinessID)
	l.Require("sampler_1", f.Sampler1, "第一抽样人员", "the first sampler")
	l.Require("sampler_2", f.Sampler2, "第二抽样人员", "the second sampler")
	checkID(l, "sampler_1", f.Sampler1)
	checkID(l, "sampler_2", f.Sampler2)
	if f.Sampler1 != "" && f.Sampler1 == f.Sampler2 {
		l.Add("sampler_2", "two_samplers", "抽样人员不得少于2名，且须为不同的人", "the two samplers must be two people")
	}
}

// checkSampledUnit accepts what real forms hold: a credit code, an old licence number of 15 digits, or "/".
func (f SamplingForm) checkSampledUnit(l *errs.List) {
	code := f.SampledUnit.CreditCode
	old := len(code) == 15 && strings.Trim(code, "0123456789") == ""
	if code != "" && code != "/" && !old {
		l.Merge("sampled_unit.credit_code", users.CheckCreditCode(code))
	}
}

// absurdlyOld is how many days after the sampling a form may still be entered.
const absurdlyOld = 366

func (f SamplingForm) checkDates(l *errs.List, today calendar.Date) {
	sampled, err := calendar.ParseDate(f.SampledOn)
	if err != nil {
		return // told already
	}
	if sampled.AddDays(absurdlyOld).Before(today) {
		l.Add("sampled_on", "date_absurd", "抽样日期距今超过一年，请核对", "the date of sampling lies more than a year back")
	}
	for _, d := range []struct{ path, value, zh, en string }{
		{"produced_on", f.ProducedOn, "生产日期", "the date of production"},
		{"details.marked_on", f.Details["marked_on"], "购进或检疫日期", "the date of purchase or quarantine"},
		{"details.purchased_on", f.Details["purchased_on"], "进货日期", "the date of delivery"},
	} {
		if date, err := calendar.ParseDate(d.value); err == nil && date.After(sampled) {
			l.Add(d.path, "after_sampling", d.zh+"不能晚于抽样日期", d.en+" lies after the sampling")
		}
	}
	produced, err := calendar.ParseDate(f.ProducedOn)
	if err != nil {
		return
	}
	if expires, err := calendar.ParseDate(f.Details["expires_on"]); err == nil && expires.Before(produced) {
		l.Add("details.expires_on", "before_production", "有效期不能早于生产日期", "it expires before it was produced")
	}
}

// reserveRequired tells whether the sample must have a reserve portion: risk monitoring, case, accident and emergency
// sampling are free of the rules on quantity (食品安全抽样检验管理办法; order 11 of 2014 art. 19 said the same).
func (f SamplingForm) reserveRequired() bool {
	return f.TaskKind == "supervision" || f.TaskKind == "evaluation"
}

func (f SamplingForm) checkPortions(l *errs.List) {
	count := map[PortionRole]int{}
	sum := measure.Decimal{}
	for i, p := range f.Portions {
		path := fmt.Sprintf("portions[%d]", i)
		count[p.Role]++
		if p.Role != TestPortion && p.Role != ReservePortion {
			l.Add(path+".role", "choice", "样品用途须为检验或备份", "a portion is for test or reserve")
		}
		sum = sum.Add(positive(l, path+".quantity", p.Quantity, "样品份数量", "the portion's quantity"))
		if p.Unit != f.Unit {
			l.Add(path+".unit", "unit_differs", "样品份的单位须与抽样数量的单位一致",
				"the portion's unit differs from that of the sampled quantity")
		}
		l.Require(path+".container", p.Container, "容器", "the container")
		checkText(l, path+".container", p.Container, "容器", "the container", 60)
	}
	switch {
	case len(f.Portions) > maxPortions:
		l.Add("portions", "too_many", fmt.Sprintf("样品份数不能超过%d", maxPortions),
			fmt.Sprintf("at most %d portions", maxPortions))
	case count[TestPortion] == 0:
		l.Add("portions", "no_test_portion", "至少需要一份检验样品", "at least one test portion is needed")
	}
	if count[ReservePortion] == 0 && f.reserveRequired() {
		l.Add("portions", "no_reserve_portion", "监督抽检和评价性抽检须有复检备份样品", "this kind of task needs a reserve portion")
	}
	if f.Quantity == "" {
		return // told already
	}
	whole := positive(l, "quantity", f.Quantity, "抽样数量", "the sampled quantity")
	if whole.Sign() > 0 && sum.Cmp(whole) > 0 {
		l.Add("portions", "exceeds_whole", fmt.Sprintf("各份样品合计%s%s，超过抽样数量%s%s", sum, f.Unit, whole, f.Unit),
			fmt.Sprintf("the portions add up to %s, more than the sampled %s %s", sum, whole, f.Unit))
	}
}

// positive reads a quantity; what is wrong is noted and counts as 0. A number that the catalogue refuses is not told
// twice.
func positive(l *errs.List, path, value, zh, en string) measure.Decimal {
	l.Require(path, value, zh, en)
	d, err := measure.ParseDecimal(value)
	switch {
	case value == "" || (err != nil && path == "quantity"):
	case err != nil:
		l.Add(path, "decimal", zh+"不是数字", en+" is not a number")
	case d.Sign() <= 0:
		l.Add(path, "not_positive", zh+"须大于零", en+" must be above zero")
		return measure.Decimal{}
	}
	return d
}

func (f SamplingForm) checkSeals(l *errs.List) {
	first := map[string]string{}
	for i, p := range f.Portions {
		path := fmt.Sprintf("portions[%d].seals", i)
		if len(p.Seals) == 0 {
			l.Add(path, "required", "每份样品须分别加封，封条编号必填", "every portion is sealed: at least one seal number is required")
		}
		if len(p.Seals) > maxSeals {
			l.Add(path, "too_many", fmt.Sprintf("每份样品最多%d个封条", maxSeals),
				fmt.Sprintf("at most %d seals on a portion", maxSeals))
		}
		for j, s := range p.Seals {
			at := fmt.Sprintf("%s[%d]", path, j)
			l.Require(at+".number", s.Number, "封条编号", "the seal number")
			checkText(l, at+".number", s.Number, "封条编号", "the seal number", 40)
			if other, twice := first[s.Number]; twice && s.Number != "" {
				l.Add(at+".number", "seal_twice", "封条编号与"+other+"重复", "the seal number stands at "+other+" already")
			}
			first[s.Number] = at
			checkHash(l, at+".photo_hash", s.PhotoHash)
		}
	}
}

func (f SamplingForm) checkAnalyses(l *errs.List) {
	if len(f.Analyses) == 0 || len(f.Analyses) > maxAnalyses {
		l.Add("analyses", "count", fmt.Sprintf("检验项目须为1至%d项", maxAnalyses),
			fmt.Sprintf("1 to %d items are needed", maxAnalyses))
	}
	seen := map[AnalysisForm]bool{}
	for i, a := range f.Analyses {
		path := fmt.Sprintf("analyses[%d]", i)
		l.Require(path+".item", a.Item, "检验项目", "the item")
		l.Require(path+".method", a.Method, "检验方法", "the method")
		checkText(l, path+".item", a.Item, "检验项目", "the item", 100)
		checkText(l, path+".method", a.Method, "检验方法", "the method", 60)
		if seen[a] {
			l.Add(path, "twice", "同一检验项目和方法重复", "this item by this method stands twice")
		}
		seen[a] = true
	}
}

func (f SamplingForm) checkPhotos(l *errs.List) {
	if len(f.Photos) > maxPhotos {
		l.Add("photos", "too_many", fmt.Sprintf("照片最多%d张", maxPhotos), fmt.Sprintf("at most %d photos", maxPhotos))
	}
	seen := map[string]bool{}
	for i, p := range f.Photos {
		path := fmt.Sprintf("photos[%d]", i)
		l.Require(path+".file_hash", p.FileHash, "照片文件", "the file of the photo")
		checkHash(l, path+".file_hash", p.FileHash)
		checkText(l, path+".caption", p.Caption, "照片说明", "the caption", 100)
		if seen[p.FileHash] && p.FileHash != "" {
			l.Add(path+".file_hash", "twice", "同一张照片重复", "this photo stands twice")
		}
		seen[p.FileHash] = true
	}
}

// checkID notes a text that is no UUID in its usual form; none at all is for others to judge.
func checkID(l *errs.List, path, id string) {
	if id != "" && !paging.UUID(id) {
		l.Add(path, "bad_id", "标识须为UUID", "the id must be a UUID")
	}
}

func checkHash(l *errs.List, path, hash string) {
	if hash == "" {
		return
	}
	if _, err := files.ParseHash(hash); err != nil {
		l.Merge(path, err)
	}
}

func trim(texts ...*string) {
	for _, t := range texts {
		*t = strings.TrimSpace(*t)
	}
}

func lower(texts ...*string) {
	for _, t := range texts {
		*t = strings.ToLower(*t)
	}
}

// each returns a copy of the rows with the change made to every one.
func each[T any](rows []T, change func(*T)) []T {
	out := append([]T(nil), rows...)
	for i := range out {
		change(&out[i])
	}
	return out
}

// conditions are what the form states for limits that hold on a condition only: the packaging in the words of the
// limits, and what the samplers wrote, parted by semicolons.
func (f SamplingForm) conditions(catalogue Form) []string {
	var stated []string
	if key := f.Details["packaging"]; key != "" {
		zh := catalogue.label("details.packaging", key)
		stated = append(stated, "包装："+zh)
	}
	semicolon := func(r rune) bool { return r == '；' || r == ';' }
	for part := range strings.FieldsFuncSeq(f.Details["judging_conditions"], semicolon) {
		stated = append(stated, strings.TrimSpace(part))
	}
	return stated
}

// cutDetail takes the key of a detail out of its path.
func cutDetail(path string) (key string, ok bool) { return strings.CutPrefix(path, "details.") }

// sum adds up the portions of a role.
func (f SamplingForm) sum(role PortionRole) string {
	sum := measure.Decimal{}
	for _, p := range f.Portions {
		if p.Role == role {
			sum = sum.Add(measure.MustDecimal(p.Quantity))
		}
	}
	return sum.String()
}
