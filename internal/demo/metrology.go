package demo

import (
	"encoding/json"
	"fmt"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/measure"
	"hengjian/internal/users"
)

func subtract(whole, part string) string {
	return measure.MustDecimal(whole).Sub(measure.MustDecimal(part)).String()
}

func documentsOf(number string) certificates.Filter {
	return certificates.Filter{Query: number, Limit: 1}
}

// revoke asks for a revocation and has another person confirm it.
func (s *story) revoke(number string, people []ledger.Actor, reason string) error {
	first := people[0]
	proof, err := s.sign(first)
	if err != nil {
		return err
	}
	if _, err := s.rooms.Certificates.RequestRevocation(s.ctx, first, proof, number, reason); err != nil {
		return err
	}
	second := other(s.random, people, first)
	if proof, err = s.sign(second); err != nil {
		return err
	}
	_, err = s.rooms.Certificates.DecideRevocation(s.ctx, second, proof, number, true)
	return err
}

// gauge is one instrument with its order on the way through the story.
type gauge struct {
	s        *story
	n        int
	scale    bool
	day      calendar.Date
	fails    bool
	business users.Business
	filer    ledger.Actor
	verifier ledger.Actor

	instrument instruments.Instrument
	order      instruments.Order
}

// plotInstruments files the instruments and plans their verifications: most of this season, some so long ago that their
// validity has ended, some on the way.
func (s *story) plotInstruments() {
	for n := range s.scale.Instruments {
		g := &gauge{s: s, n: n + 1, scale: n%3 != 2, fails: s.random.IntN(100) < 5, business: s.cast.businesses[n%len(s.cast.businesses)],
			verifier: pick(s.random, s.cast.people[ledger.Verifier])}
		g.filer = g.verifier
		if owner, ok := s.cast.owners[g.business.ID]; ok {
			g.filer = owner
		}
		g.day = s.someDay()
		if g.n%9 == 4 {
			g.day = s.today.AddDays(-380 - s.random.IntN(longAgo-380)) // verified so long ago that it is out of validity
		}
		g.plotOrder()
	}
}

func (g *gauge) plotOrder() {
	s := g.s
	steps := []step{{0, 9, g.file}, {0, 10, g.apply}, {1, 9, g.accept}, {4, 10, g.record}, {5, 11, g.check}, {6, 15, g.approve}}
	switch {
	case g.n%12 == 11:
		steps = steps[:1] // nobody has applied yet
	case g.n%37 == 5:
		steps = append(steps[:2], step{2, 9, g.refuse})
	default:
		steps, g.day = s.waiting(g.n, g.day, steps)
	}
	if !s.plan(g.day, steps) {
		return
	}
	if g.n%60 == 13 && len(steps) == 6 {
		s.at(s.workTime(g.day, 8, 15), func() error {
			page, err := s.rooms.Certificates.Documents(s.ctx, s.cast.manager, documentsOf(g.instrument.Number))
			if err != nil || len(page.Items) == 0 {
				return err
			}
			return s.revoke(page.Items[0].Number, s.cast.people[ledger.Approver], "器具铭牌编号登记有误")
		})
	}
}

// priceScalesMove is the day from which JJG 1204-2025 governs scales that compute prices. Its points are not known yet,
// so that the story has plain scales from then on.
const priceScalesMove = "2027-01-08"

func (g *gauge) file() error {
	f := instruments.Filing{
		BusinessID: g.business.ID, Name: "电子计价秤", Model: "ACS-15", Serial: fmt.Sprintf("CQ%06d", g.n), Maker: "演示衡器有限公司",
		Range: "0.1 kg～15 kg", AccuracyClass: "III", ProcedureCode: "JJG-539-2016", Place: g.business.Address,
		Street: g.business.Street, Purpose: "trade", Mode: "laboratory",
		Parameters: map[string]string{"accuracy_class": "III", "Max": "15", "Min": "0.1", "e": "0.005", "unit": "kg",
			"tare_device": "true", "price_computing": "true"},
	}
	if !g.day.AddDays(30).Before(calendar.MustDate(priceScalesMove)) {
		f.Name, f.Model, f.Parameters["price_computing"] = "电子秤", "TCS-15", "false"
	}
	if !g.scale {
		f.Name, f.Model, f.Maker, f.Range = "弹簧管压力表", "Y-100", "演示仪表有限公司", "(0～1.6) MPa"
		f.AccuracyClass, f.ProcedureCode, f.Purpose = "1.6", "JJG-52-2013", "safety"
		f.Parameters = map[string]string{"accuracy_class": "1.6", "lower": "0", "upper": "1.6", "unit": "MPa",
			"graduations": "0.4,0.8,1.2,1.6"}
	}
	var err error
	g.instrument, err = g.s.rooms.Instruments.File(g.s.ctx, g.filer, f)
	return err
}

func (g *gauge) apply() error {
	var err error
	g.order, err = g.s.rooms.Instruments.Apply(g.s.ctx, g.filer, instruments.Application{
		Instrument: g.instrument.Number, Stage: "subsequent", Wish: "工作日均可",
	})
	return err
}

func (g *gauge) accept() error {
	_, err := g.s.rooms.Instruments.Decide(g.s.ctx, g.verifier, g.order.Number, 0, instruments.Decision{Accept: true})
	return err
}

func (g *gauge) refuse() error {
	_, err := g.s.rooms.Instruments.Decide(g.s.ctx, g.verifier, g.order.Number, 0,
		instruments.Decision{Refusal: "器具铭牌缺失，无法确认型号，请补正后重新申请"})
	return err
}

func (g *gauge) record() error {
	readings, err := json.Marshal(g.readings())
	if err != nil {
		return err
	}
	proof, err := g.s.sign(g.verifier)
	if err != nil {
		return err
	}
	code := g.instrument.ProcedureCode
	_, err = g.s.rooms.Instruments.Record(g.s.ctx, g.verifier, proof, g.order.Number, 0, instruments.Recording{
		StandardID: g.s.cast.standards[code].ID, EquipmentID: []string{g.s.cast.equipment[code]},
		VerifiedOn: calendar.DateOf(g.s.clock.now()), Place: "检验检测中心计量室", Temperature: "20.5", Humidity: "48", Readings: readings,
	})
	return err
}

func (g *gauge) check() error {
	checker := g.s.cast.people[ledger.Checker][0]
	proof, err := g.s.sign(checker)
	if err != nil {
		return err
	}
	_, err = g.s.rooms.Instruments.CheckRecord(g.s.ctx, checker, proof, g.order.Number, 0)
	return err
}

func (g *gauge) approve() error {
	approver := pick(g.s.random, g.s.cast.people[ledger.Approver])
	proof, err := g.s.sign(approver)
	if err != nil {
		return err
	}
	_, err = g.s.rooms.Certificates.ApproveVerification(g.s.ctx, approver, proof, g.order.Number, 0)
	return err
}

type rows []map[string]string

// readings are what an ordinary instrument of its kind would show; a bad one errs by more than it may at one load.
func (g *gauge) readings() map[string]any {
	if !g.scale {
		return g.pressureReadings()
	}
	change := func(load, indication, small string) map[string]string {
		return map[string]string{"L": load, "I": indication, "dL": small}
	}
	small := func() string { return pick(g.s.random, []string{"0.0020", "0.0025", "0.0030"}) }
	top := "15.000"
	if g.fails {
		top = "15.015"
	}
	corners, series := rows{}, rows{}
	for range 4 {
		corners = append(corners, change("5", "5.000", small()))
	}
	for range 3 {
		series = append(series, change("12", "12.000", small()))
	}
	return map[string]any{
		"visual": true, "zero": rows{change("0.05", "0.050", "0.0025")}, "tare": rows{change("0", "0.000", "0.0025")},
		"weighing": rows{change("0.1", "0.100", small()), change("2.5", "2.500", small()), change("7.5", "7.500", small()),
			change("10", "10.000", small()), change("15", top, small()), change("10", "10.000", small()),
			change("7.5", "7.500", small()), change("2.5", "2.500", small()), change("0.1", "0.100", small())},
		"tare_weighing": rows{change("0.1", "0.100", small()), change("2.5", "2.500", small()), change("7.5", "7.500", small())},
		"eccentricity":  corners, "repeatability": series,
		"discrimination": rows{
			{"L": "0.1", "I": "0.100", "I_after": "0.105"}, {"L": "7.5", "I": "7.500", "I_after": "7.505"},
			{"L": "15", "I": "15.000", "I_after": "15.005"},
		},
		"price": rows{
			{"weight": "0.500", "unit_price": "12.80", "shown": "6.40"}, {"weight": "2.505", "unit_price": "9.98", "shown": "25.00"},
		},
	}
}

func (g *gauge) pressureReadings() map[string]any {
	list := rows{}
	for _, p := range []string{"0.4", "0.8", "1.2", "1.6"} {
		up, down := p+"0", p+"1"
		if g.fails && p == "0.8" {
			up, down = "0.84", "0.85"
		}
		list = append(list, map[string]string{"P": p, "up_before": up, "up_after": up, "down_before": down, "down_after": down})
	}
	return map[string]any{"visual": true, "smooth": true, "zero": rows{{"reading": "0"}}, "indication": list}
}
