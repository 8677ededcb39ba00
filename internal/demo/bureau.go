package demo

import (
	"fmt"
	"strings"

	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

// Account is a demonstration person as the greeting lists it.
type Account struct {
	Login string
	Name  string
	Role  ledger.Role
}

// Accounts lists who can sign in; all have the same password.
func Accounts() []Account {
	return []Account{
		{"admin", "周敬之", ledger.Administrator}, {"manager", "高望", ledger.TechnicalManager},
		{"sampler1", "孙晓楠", ledger.Sampler}, {"sampler2", "韩立", ledger.Sampler}, {"sampler3", "宋佳", ledger.Sampler},
		{"custodian1", "许文静", ledger.Custodian}, {"custodian2", "冯涛", ledger.Custodian},
		{"technician1", "陈思远", ledger.Technician}, {"technician2", "林巧", ledger.Technician}, {"technician3", "郑凯", ledger.Technician},
		{"reviewer1", "何敏", ledger.Reviewer}, {"reviewer2", "罗成", ledger.Reviewer},
		{"signatory1", "梁国栋", ledger.Signatory}, {"signatory2", "谢芸", ledger.Signatory},
		{"verifier1", "唐亮", ledger.Verifier}, {"verifier2", "曹蕾", ledger.Verifier},
		{"checker1", "董浩", ledger.Checker}, {"approver1", "彭建华", ledger.Approver}, {"approver2", "袁丽", ledger.Approver},
		{"auditor", "田野", ledger.Auditor}, {"leader", "任重", ledger.Leader},
	}
}

// cast is everybody and everything of the story.
type cast struct {
	admin, manager ledger.Actor
	people         map[ledger.Role][]ledger.Actor
	businesses     []users.Business
	owners         map[string]ledger.Actor
	equipment      map[string]string // by what it is for
	standards      map[string]instruments.MeasurementStandard
}

var streets = []string{"文昌街道", "崮云湖街道", "平安街道", "五峰山街道", "归德街道", "张夏街道", "万德街道", "孝里街道", "马山镇", "双泉镇"}

// hire makes the bureau with its people, businesses, equipment and papers.
func (s *story) hire() error {
	s.cast = cast{people: map[ledger.Role][]ledger.Actor{}, owners: map[string]ledger.Actor{}, equipment: map[string]string{},
		standards: map[string]instruments.MeasurementStandard{}}
	for _, step := range []func() error{s.staff, s.enterprises, s.papers, s.laboratoryEquipment, s.referenceEquipment} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) staff() error {
	accounts := Accounts()
	first, err := s.rooms.Users.Bootstrap(s.ctx, users.NewPerson{Login: accounts[0].Login, Name: accounts[0].Name, Password: Password},
		users.Division{
			Code: Division, Name: "济南市长清区", Bureau: "济南市长清区市场监督管理局", Laboratory: "济南市长清区检验检测中心（演示）",
			Address: "山东省济南市长清区（演示地址）", Phone: "0531-00000000", CMANumber: "000000000000（演示）",
			MetrologyAuthorisation: "（鲁）法计（演示）0000号",
		})
	if err != nil {
		return err
	}
	s.cast.admin = first.Actor()
	for _, a := range accounts[1:] {
		p, err := s.rooms.Users.CreatePerson(s.ctx, s.cast.admin, users.NewPerson{
			Login: a.Login, Name: a.Name, Password: Password, Roles: []ledger.Role{a.Role},
		})
		if err != nil {
			return err
		}
		s.cast.people[a.Role] = append(s.cast.people[a.Role], p.Actor())
	}
	s.cast.manager = s.cast.people[ledger.TechnicalManager][0]
	return nil
}

var (
	nameStarts = []string{"长清", "清河", "大学城", "灵岩", "五峰", "归德", "万德", "孝里", "马山", "双泉", "平安", "崮山"}
	nameMiddle = []string{"惠民", "鑫源", "润德", "和顺", "佳家", "绿园", "泰和", "金穗", "福聚", "康宁", "同济", "兴盛"}
	nameEnds   = []string{"超市", "生鲜店", "食品厂", "农贸市场", "饭店", "大药房", "加油站", "煤炭经销部", "卫生院", "机械厂"}
)

const businessCount = 60

func (s *story) enterprises() error {
	for i := range businessCount {
		b, err := s.rooms.Users.RegisterBusiness(s.ctx, s.cast.admin, users.NewBusiness{
			Name:       nameStarts[i%len(nameStarts)] + nameMiddle[(i*7+i/12)%len(nameMiddle)] + nameEnds[i%len(nameEnds)],
			CreditCode: users.CreditCode(i+1, Division), Street: streets[i%len(streets)],
			Address: fmt.Sprintf("长清区%s演示路%d号", streets[i%len(streets)], i+1),
			Contact: "联系人", Phone: fmt.Sprintf("1380000%04d", i+1),
		})
		if err != nil {
			return err
		}
		s.cast.businesses = append(s.cast.businesses, b)
		if i >= 6 {
			continue
		}
		p, err := s.rooms.Users.CreatePerson(s.ctx, s.cast.admin, users.NewPerson{
			Login: fmt.Sprintf("business%d", i+1), Name: "企业经办人", Password: Password,
			Roles: []ledger.Role{ledger.Business}, BusinessID: b.ID,
		})
		if err != nil {
			return err
		}
		s.cast.owners[b.ID] = p.Actor()
	}
	return nil
}

// papers accredits the methods, authorises the people, confirms limits known from memory and approves the procedures.
func (s *story) papers() error {
	from, to := s.today.AddMonths(-18), s.today.AddMonths(36)
	for _, method := range s.catalog.methods() {
		if err := s.rooms.Standards.Accredit(s.ctx, s.cast.manager, standards.Accreditation{Code: method, ValidFrom: from, ValidTo: to}); err != nil {
			return err
		}
		for _, p := range s.cast.people[ledger.Technician] {
			if err := s.authorise(p, users.ForMethod, method, from, to); err != nil {
				return err
			}
		}
	}
	for _, id := range s.catalog.Confirm {
		if err := s.rooms.Standards.ConfirmLimit(s.ctx, s.cast.manager, id); err != nil {
			return fmt.Errorf("limit %s: %w", id, err)
		}
	}
	editions, err := s.rooms.Instruments.Editions(s.ctx, s.cast.manager)
	if err != nil {
		return err
	}
	for _, e := range editions {
		if _, err := s.rooms.Instruments.ApproveEdition(s.ctx, s.cast.manager, e.ID); err != nil {
			return err
		}
		if err := s.rooms.Instruments.SetWaivedFee(s.ctx, s.cast.manager, instruments.WaivedFee{
			Procedure: e.Code, Amount: "30.00", Basis: "财税〔2017〕20号停征；演示金额", ValidFrom: from,
		}); err != nil {
			return err
		}
		for _, p := range s.cast.people[ledger.Verifier] {
			if err := s.authorise(p, users.ForProcedure, e.Code, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *story) authorise(p ledger.Actor, subject, code string, from, to calendar.Date) error {
	return s.rooms.Users.Authorise(s.ctx, s.cast.manager, users.NewAuthorisation{
		PersonID: p.PersonID, Subject: subject, Code: code, ValidFrom: from, ValidTo: to,
	})
}

// methods lists every method of the catalogue once.
func (c catalog) methods() []string {
	var codes []string
	seen := map[string]bool{}
	for _, list := range [][]product{c.Food, c.Drug, c.Device, c.Fuel, c.Coal} {
		for _, p := range list {
			for _, i := range p.Items {
				if !seen[i.Method] {
					seen[i.Method] = true
					codes = append(codes, i.Method)
				}
			}
		}
	}
	return codes
}

// laboratoryEquipment registers what results are measured with, each with a certificate of every year that is needed.
func (s *story) laboratoryEquipment() error {
	for _, e := range []struct{ use, name, model, rng, accuracy string }{
		{"food", "电感耦合等离子体质谱仪", "ICP-MS 7900（演示）", "(0.001～1000) μg/L", "Urel=3.2%，k=2"},
		{"residue", "液相色谱-串联质谱仪", "LC-MS/MS（演示）", "m/z 5～2000", "Urel=4.0%，k=2"},
		{"micro", "恒温培养箱", "BPX-272（演示）", "(5～65) °C", "U=0.4 °C，k=2"},
		{"drug", "电子天平", "XS205（演示）", "(0～220) g", "I级"},
		{"device", "细菌过滤效率检测仪", "BFE-1000（演示）", "(0～100) %", "Urel=2.0%，k=2"},
		{"fuel", "紫外荧光硫测定仪", "TS-3000（演示）", "(0.2～10000) mg/L", "Urel=2.5%，k=2"},
		{"coal", "原子荧光光度计", "AFS-9700（演示）", "(0.01～100) μg/L", "Urel=3.0%，k=2"},
	} {
		id, err := s.equip("laboratory", e.name, e.model, e.rng, e.accuracy, "", "")
		if err != nil {
			return err
		}
		s.cast.equipment[e.use] = id
	}
	return nil
}

// referenceEquipment registers the standards of verification: each rests on a higher one of the bureau's own, and that on a
// standard of the province.
func (s *story) referenceEquipment() error {
	for _, e := range []struct{ procedure, topName, topRange, topAccuracy, name, rng, accuracy, ratio, standard string }{
		{"JJG-539-2016", "F2等级砝码", "1 mg～20 kg", "F2级", "M1等级砝码", "1 mg～20 kg", "M1级", "1/3", "数字指示秤检定装置"},
		{"JJG-52-2013", "活塞式压力计", "(0.1～60) MPa", "0.05级", "精密压力表", "(0～60) MPa", "0.25级", "1/4", "精密压力表标准装置"},
	} {
		top, err := s.equip("reference", e.topName, "标准组（演示）", e.topRange, e.topAccuracy, "", "")
		if err != nil {
			return err
		}
		work, err := s.equip("reference", e.name, "工作组（演示）", e.rng, e.accuracy, e.ratio, top)
		if err != nil {
			return err
		}
		standard, err := s.rooms.Instruments.AddMeasurementStandard(s.ctx, s.cast.manager, instruments.NewStandard{
			Name: e.standard, Range: e.rng, Accuracy: e.accuracy, Certificate: "〔2023〕鲁量标长证字第（演示）" + strings.Split(e.procedure, "-")[1] + "号",
			ValidFrom: s.today.AddMonths(-24), ValidUntil: s.today.AddMonths(36), Equipment: []string{work}, Procedures: []string{e.procedure},
		})
		if err != nil {
			return err
		}
		s.cast.equipment[e.procedure], s.cast.standards[e.procedure] = work, standard
	}
	return nil
}

// equip adds a piece of equipment with the certificates of last year and of this one.
func (s *story) equip(kind, name, model, rng, accuracy, ratio, upper string) (string, error) {
	e, err := s.rooms.Instruments.AddEquipment(s.ctx, s.cast.manager, instruments.NewEquipment{
		Kind: kind, Name: name, Model: model, Serial: fmt.Sprintf("DEMO-%04d", s.random.IntN(10000)), Maker: "演示仪器厂",
		Range: rng, Accuracy: accuracy, Place: "检验检测中心",
	})
	if err != nil {
		return "", err
	}
	for year := 2; year >= 1; year-- {
		from := s.today.AddMonths(-12*year + 3)
		c := instruments.NewCertificate{
			Number: fmt.Sprintf("%s-%d", e.Number, from.Year()), Issuer: "省级计量技术机构（演示）", ValidFrom: from,
			ValidUntil: from.AddMonths(12).AddDays(-1), Uncertainty: accuracy, RelativeMPE: ratio,
			ReferenceName: "省级社会公用计量标准（演示）", ReferenceNumber: fmt.Sprintf("SD-BZ-%d-%s", from.Year(), e.Number[len(e.Number)-4:]),
		}
		if upper != "" {
			c.Issuer, c.ReferenceEquipmentID, c.ReferenceName = "济南市长清区检验检测中心（演示）", upper, ""
			c.ReferenceNumber = s.certificateOf(upper, from)
		}
		if _, err := s.rooms.Instruments.RecordCertificate(s.ctx, s.cast.manager, e.ID, c); err != nil {
			return "", err
		}
	}
	s.cast.numbers(e.ID, e.Number)
	return e.ID, nil
}

// certificateOf is the number of the certificate of a piece of equipment that covers the day.
func (s *story) certificateOf(equipmentID string, on calendar.Date) string {
	return fmt.Sprintf("%s-%d", s.cast.equipment["number "+equipmentID], on.Year())
}

func (c cast) numbers(id, number string) { c.equipment["number "+id] = number }
