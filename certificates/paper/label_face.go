package paper

import (
	"strings"

	"hengjian/certificates/fonts"
)

// face is what a label shows, whatever it is for: who issued it and what it is above, codes with boxes to be ticked on
// the left, lines of text on the right, blanks to be signed and bars below.
type face struct {
	issuer, title string
	number        string // in the DataMatrix and, where there is room, in the bars
	url           string // in a QR code where there is room; may be empty
	boxes         []string
	rows          []row
	blanks        [][]string // lines of blanks to be filled in by hand
}

// row is a text over one or more lines, so many times as large as the others.
type row struct {
	text   string
	font   fonts.Name
	larger float64
}

// heading is the number that people read.
func heading(number string) row { return row{number, fonts.Bold, 1.2} }

func plainRow(label, value string) row { return row{label + "：" + or(value), fonts.Hei, 1} }

func (p PortionLabel) face() face {
	title := "检样"
	if p.Reserve {
		title = "备样"
	}
	seals := "已拆封"
	if len(p.Seals) > 0 {
		seals = strings.Join(p.Seals, "、")
	}
	return face{
		issuer: p.Issuer, title: title, number: p.Number, boxes: []string{"待检", "在检", "已检"},
		rows: []row{
			heading(p.Number), {or(p.Product), fonts.Bold, 1}, plainRow("类别", p.Category),
			plainRow("抽样日期", p.SampledOn.String()), plainRow("数量", p.Quantity), plainRow("储存条件", p.Storage),
			plainRow("封条", seals),
		},
	}
}

func (s SealLabel) face() face {
	return face{
		issuer: s.Issuer, title: "封条", number: s.Number,
		rows:   []row{heading(s.Number), plainRow("样品编号", s.Portion), plainRow("样品名称", s.Product)},
		blanks: [][]string{{"抽样人员", "被抽样单位"}, {"封样日期"}},
	}
}

func (i InstrumentLabel) face() face {
	until := absent
	if i.ValidUntil != nil {
		until = i.ValidUntil.String()
	}
	return face{
		issuer: i.Issuer, title: "检定合格证", number: i.Number, url: i.URL,
		rows: []row{
			heading(i.Number), {strings.TrimSpace(or(i.Name) + " " + i.Model), fonts.Bold, 1}, plainRow("出厂编号", i.Serial),
			plainRow("证书编号", i.Certificate), plainRow("检定日期", i.VerifiedOn.String()),
			{"有效期至：" + until, fonts.Bold, 1}, plainRow("检定员", i.Verifier),
		},
	}
}

func (e EquipmentLabel) face() face {
	return face{
		issuer: e.Issuer, title: "设备标签", number: e.Number,
		rows: []row{
			heading(e.Number), {strings.TrimSpace(or(e.Name) + " " + e.Model), fonts.Bold, 1}, plainRow("出厂编号", e.Serial),
			plainRow("存放地点", e.Place), plainRow("溯源证书", e.Certificate), {"有效期至：" + e.ValidUntil.String(), fonts.Bold, 1},
		},
	}
}
