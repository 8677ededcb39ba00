package demo

import (
	"fmt"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// batch is one sample on its way through the story.
type batch struct {
	s        *story
	n        int
	category lims.Category
	product  product
	day      calendar.Date
	fails    bool
	business users.Business

	sampler, second, custodian, technician ledger.Actor
	sample                                 lims.Sample
	reviewer                               ledger.Actor
}

// plotSamples spreads the batches over the categories and the days of the story.
func (s *story) plotSamples() {
	categories, weights := []lims.Category{lims.Food, lims.Drug, lims.Device, lims.Fuel, lims.Coal}, []int{4479, 228, 8, 133, 46}
	if s.scale.small() {
		weights = []int{12, 3, 1, 3, 1}
	}
	n := 0
	for i, count := range share(s.scale.Batches, weights...) {
		for range count {
			n++
			s.plotSample(n, categories[i])
		}
	}
}

func (s *story) products(c lims.Category) []product {
	switch c {
	case lims.Food:
		return s.catalog.Food
	case lims.Drug:
		return s.catalog.Drug
	case lims.Device:
		return s.catalog.Device
	case lims.Fuel:
		return s.catalog.Fuel
	case lims.Coal:
		return s.catalog.Coal
	}
	return nil
}

func (s *story) plotSample(n int, category lims.Category) {
	day := s.someDay()
	corrected, revoked, refused := n%40 == 35, n%50 == 9, n%50 == 30
	if corrected || revoked || refused { // long enough ago for what comes after
		day, _ = calendar.Official().AddWorkdays(s.today, -20)
	}
	people := s.cast.people
	b := &batch{s: s, n: n, category: category, day: day, // for what is in force of the product
		fails: s.random.IntN(100) < 4, business: pick(s.random, s.cast.businesses)}
	for b.product = pick(s.random, s.products(category)); len(b.items()) == 0; {
		b.product = pick(s.random, s.products(category))
	}
	b.sampler = pick(s.random, people[ledger.Sampler])
	b.second = other(s.random, people[ledger.Sampler], b.sampler)
	b.custodian = pick(s.random, people[ledger.Custodian])
	b.technician = pick(s.random, people[ledger.Technician])
	lag := s.random.IntN(3)
	steps := []step{
		{0, 10, b.register}, {0, 16, b.deliver}, {1, 9, b.receive}, {1 + lag, 10, b.handOver}, {1 + lag, 14, b.accept},
		{3 + lag, 11, b.enter}, {4 + lag, 15, b.compile}, {5 + lag, 9, b.review}, {6 + lag, 14, b.approve},
	}
	if refused || s.random.IntN(100) < 2 && !corrected && !revoked {
		steps = append(steps[:2], step{1, 9, b.refuse}) // what was delivered; none of those that wait for a step before
	} else {
		steps, day = s.waiting(n, day, steps)
	}
	b.day = day
	if !s.plan(day, steps) || len(steps) < 9 {
		return
	}
	if corrected {
		b.plotCorrection(8 + lag)
	}
	if revoked {
		b.plotRevocation(9 + lag)
	}
}

func (b *batch) ref() lims.Ref { return lims.Ref{Number: b.sample.Number} }

func (b *batch) register() error {
	f := lims.SamplingForm{
		Category: b.category, TaskKind: "supervision", FormNumber: fmt.Sprintf("DC%02d%s%07d", b.day.Year()%100, Division, b.n),
		ProductName: b.product.Name, ProductClass: b.product.Class, Grade: b.product.Grade, Link: b.link(), Street: b.business.Street,
		BusinessID: b.business.ID, SampledUnit: lims.UnitForm{
			Name: b.business.Name, CreditCode: b.business.CreditCode, Address: b.business.Address, Contact: "联系人", Phone: "13800000000",
		},
		Quantity: b.product.Quantity, Unit: b.product.Unit, SampledOn: b.day.String(), ProducedOn: b.produced(),
		Sampler1: b.sampler.PersonID, Sampler2: b.second.PersonID, Details: b.details(),
	}
	reserve := b.s.rest(b.product)
	for i, quantity := range []string{b.product.Test, reserve} {
		role := lims.TestPortion
		if i == 1 {
			role = lims.ReservePortion
		}
		f.Portions = append(f.Portions, lims.PortionForm{Role: role, Quantity: quantity, Container: "样品袋",
			Seals: []lims.SealForm{{Number: fmt.Sprintf("FT%02d%06d-%d", b.day.Year()%100, b.n, i+1)}}})
	}
	for _, i := range b.items() {
		f.Analyses = append(f.Analyses, lims.AnalysisForm{Item: i.Item, Method: i.Method})
	}
	var err error
	b.sample, err = b.s.rooms.LIMS.Register(b.s.ctx, b.sampler, f)
	return err
}

// items are those whose limits are in force for the lot.
func (b *batch) items() []productItem {
	var in []productItem
	for _, i := range b.product.Items {
		if i.Since == "" || i.Since <= b.produced() {
			in = append(in, i)
		}
	}
	return in
}

func (b *batch) produced() string {
	if b.category == lims.Fuel || b.category == lims.Coal {
		return ""
	}
	return b.day.AddDays(-2).String()
}

func (b *batch) link() string { return "distribution" }

// details are the fields of the category's own.
func (b *batch) details() map[string]string {
	d := map[string]string{"task_source": "区级监督抽检计划（演示）"}
	more := map[lims.Category]map[string]string{
		lims.Food: {"food_category_1": "演示大类", "place_type": "supermarket", "sample_type": b.product.Type,
			"packaging": b.product.Packaging, "date_type": "production", "storage": "ambient"},
		lims.Drug: {"place_type": "pharmacy", "producer_name": "演示饮片有限公司", "drug_kind": b.product.Kind, "sealed_on_site": "true"},
		lims.Device: {"place_type": "hospital", "registrant": "演示医疗器械有限公司", "producer_name": "演示医疗器械有限公司",
			"registration_kind": "registration", "registration_number": "鲁械注准（演示）", "storage": "ambient", "sealed_on_site": "true"},
		lims.Fuel: {"place_type": "nozzle", "tank_number": "2", "nozzle_number": "5", "supplier": "演示油库", "purchase_note": fmt.Sprintf("JH%05d", b.n),
			"product_standard": b.product.Standard, "tank_point": "nozzle_flushed", "oil_temperature": "14.5"},
		lims.Coal: {"place_type": "stockpile", "producer_name": "演示煤业", "coal_kind": b.product.Kind, "top_size": "50",
			"sampling_mode": "manual", "lot_mass": "60", "increments": "15", "increment_mass": "3"},
	}
	for k, v := range more[b.category] {
		if v != "" {
			d[k] = v
		}
	}
	if b.product.Conditions != "" {
		d["judging_conditions"] = b.product.Conditions
	}
	if b.product.Packaging == "prepackaged" {
		d["producer_name"], d["producer_address"] = "演示食品有限公司", "山东省（演示地址）"
	}
	return d
}

func (b *batch) deliver() error {
	proof, err := b.s.sign(b.sampler)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Deliver(b.s.ctx, b.sampler, proof, b.ref(), lims.Delivery{Receiver: b.custodian.PersonID})
	return err
}

// seals reads back the seals of the sample's portions as intact.
func (b *batch) seals(role lims.PortionRole) ([]lims.SealReading, []string, error) {
	d, err := b.s.rooms.LIMS.Detail(b.s.ctx, b.custodian, b.sample.Number)
	if err != nil {
		return nil, nil, err
	}
	var readings []lims.SealReading
	var portions []string
	for _, p := range d.Portions {
		if role != "" && p.Role != role {
			continue
		}
		portions = append(portions, p.ID)
		for _, l := range p.Seals {
			readings = append(readings, lims.SealReading{SealID: l.ID, ReadNumber: l.Number, Finding: lims.Intact})
		}
	}
	return readings, portions, nil
}

func (b *batch) receive() error {
	checks, _, err := b.seals("")
	if err != nil {
		return err
	}
	proof, err := b.s.sign(b.custodian)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Receive(b.s.ctx, b.custodian, proof, b.ref(), lims.Reception{Checks: checks, Place: "样品室 A 区"})
	return err
}

func (b *batch) refuse() error {
	checks, _, err := b.seals("")
	if err != nil {
		return err
	}
	checks[0].Finding = lims.Broken
	proof, err := b.s.sign(b.custodian)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Refuse(b.s.ctx, b.custodian, proof, b.ref(), lims.Rejection{Checks: checks, Reason: "检验样品封条破损，不符合收样要求"})
	return err
}

func (b *batch) handOver() error {
	_, portions, err := b.seals(lims.TestPortion)
	if err != nil {
		return err
	}
	proof, err := b.s.sign(b.custodian)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.HandOver(b.s.ctx, b.custodian, proof, b.ref(),
		lims.Passing{Purpose: lims.ForAnalysis, Receiver: b.technician.PersonID, Portions: portions})
	return err
}

func (b *batch) accept() error {
	checks, _, err := b.seals(lims.TestPortion)
	if err != nil {
		return err
	}
	d, err := b.s.rooms.LIMS.Detail(b.s.ctx, b.technician, b.sample.Number)
	if err != nil {
		return err
	}
	proof, err := b.s.sign(b.technician)
	if err != nil {
		return err
	}
	if _, err := b.s.rooms.LIMS.Accept(b.s.ctx, b.technician, proof, b.ref(), d.Handovers[len(d.Handovers)-1].ID,
		lims.Acceptance{Checks: checks, Place: "检验室"}); err != nil {
		return err
	}
	for _, c := range checks {
		if _, err := b.s.rooms.LIMS.BreakSeal(b.s.ctx, b.technician, b.ref(), lims.SealBreak{SealID: c.SealID, Why: "取样检验"}); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) enter() error {
	d, err := b.s.rooms.LIMS.Detail(b.s.ctx, b.technician, b.sample.Number)
	if err != nil {
		return err
	}
	var entries []lims.Entry
	for i, a := range d.Analyses {
		entries = append(entries, b.entry(a.Analysis, b.fails && i == 0))
	}
	_, err = b.s.rooms.LIMS.EnterResults(b.s.ctx, b.technician, b.ref(), entries)
	return err
}

func (b *batch) entry(a lims.Analysis, fails bool) lims.Entry {
	for _, i := range b.product.Items {
		if i.Item != a.Item {
			continue
		}
		raw := pick(b.s.random, i.Pass)
		if fails {
			raw = pick(b.s.random, i.Fail)
		}
		return lims.Entry{AnalysisID: a.ID, Raw: raw, Unit: i.Unit, LOD: i.LOD, EquipmentID: b.s.cast.equipment[b.equipmentFor(i)],
			MeasuredOn: calendar.DateOf(b.s.clock.now()).String()}
	}
	return lims.Entry{}
}

func (b *batch) equipmentFor(i productItem) string {
	switch {
	case strings.HasPrefix(i.Method, "GB 4789") || strings.Contains(i.Item, "单胞菌"):
		return "micro"
	case strings.HasPrefix(i.Method, "GB 23200") || strings.HasPrefix(i.Method, "GB 31658"):
		return "residue"
	}
	return string(b.category)
}

func (b *batch) compile() error {
	proof, err := b.s.sign(b.technician)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Compile(b.s.ctx, b.technician, proof, b.ref(), lims.Compilation{})
	return err
}

func (b *batch) review() error {
	b.reviewer = pick(b.s.random, b.s.cast.people[ledger.Reviewer])
	proof, err := b.s.sign(b.reviewer)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Review(b.s.ctx, b.reviewer, proof, b.ref())
	return err
}

func (b *batch) approve() error {
	signatory := pick(b.s.random, b.s.cast.people[ledger.Signatory])
	proof, err := b.s.sign(signatory)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.Certificates.ApproveReport(b.s.ctx, signatory, proof, b.sample.Number, 0)
	return err
}

// plotCorrection plans a corrective report: a result was copied wrongly and is entered again with a second person.
func (b *batch) plotCorrection(after int) {
	b.s.plan(b.day, []step{
		{after, 9, b.reopen}, {after, 11, b.correct}, {after + 1, 10, b.compile}, {after + 1, 12, b.review}, {after + 1, 14, b.approve},
	})
}

func (b *batch) reopen() error {
	proof, err := b.s.sign(b.reviewer)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Reopen(b.s.ctx, b.reviewer, proof, b.ref(), "原始记录抄录有误，重新出具")
	return err
}

func (b *batch) correct() error {
	d, err := b.s.rooms.LIMS.Detail(b.s.ctx, b.technician, b.sample.Number)
	if err != nil {
		return err
	}
	second := other(b.s.random, b.s.cast.people[ledger.Technician], b.technician)
	proof, err := b.s.sign(second)
	if err != nil {
		return err
	}
	_, err = b.s.rooms.LIMS.Correct(b.s.ctx, b.technician, b.ref(),
		lims.Correction{Entry: b.entry(d.Analyses[0].Analysis, false), Reason: "抄录错误"}, lims.Agreement{Actor: second, Proof: proof})
	return err
}

// plotRevocation plans that the report of a batch is revoked, by two people.
func (b *batch) plotRevocation(after int) {
	b.s.at(b.s.workTime(b.day, after, 15), func() error {
		page, err := b.s.rooms.Certificates.Documents(b.s.ctx, b.s.cast.manager, documentsOf(b.sample.Number))
		if err != nil || len(page.Items) == 0 {
			return err
		}
		return b.s.revoke(page.Items[0].Number, b.s.cast.people[ledger.Signatory], "样品标签信息录入有误")
	})
}

// rest is what is left of the whole for the reserve portion.
func (s *story) rest(p product) string { return subtract(p.Quantity, p.Test) }
