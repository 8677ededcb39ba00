package paper

import (
	"slices"
	"strconv"
	"strings"

	"hengjian/certificates/sheet"
)

// layout implements Content: the first page as certificates have it, then the inner pages.
func (c CalibrationContent) layout(p *press) {
	c.cover().layout(p)
	p.NewPage()
	c.circumstances(p)
	standardTable(p, "校准使用的计量标准器", "检定/校准证书编号", c.Standards)
	c.results(p)
	p.statements("说明", c.statementTexts(p.url), endHeight)
	p.end("（以下空白）")
}

func (c CalibrationContent) cover() cover {
	received := "现场校准"
	if c.ReceivedOn != nil {
		received = chinese(*c.ReceivedOn)
	}
	return cover{
		body: c.Body, seal: "校准专用章",
		fields: []sheet.Field{
			{Label: "委托单位", Value: c.Client.Name},
			{Label: "委托单位地址", Value: c.Client.Address},
			{Label: "计量器具名称", Value: c.Instrument.Name},
			{Label: "型号规格", Value: c.Instrument.Model},
			{Label: "出厂编号", Value: c.Instrument.Serial},
			{Label: "制造单位", Value: c.Instrument.Maker},
			{Label: "校准依据", Value: procedureNames(c.Procedures)},
		},
		signing: []sheet.Field{
			{Label: "批准人", Value: signed(c.Signatures.Approver)},
			{Label: "核验员", Value: signed(c.Signatures.Checker)},
			{Label: "校准员", Value: signed(c.Signatures.Calibrator)},
			{Label: "接收日期", Value: received},
			{Label: "校准日期", Value: chinese(c.CalibratedOn)},
		},
	}
}

func (c CalibrationContent) circumstances(p *press) {
	p.section("校准信息", 18)
	fields := []sheet.Field{
		{Label: "原始记录号", Value: c.RecordNumber}, {Label: "签发日期", Value: chinese(c.IssuedOn)},
		{Label: "准确度等级", Value: or(c.Instrument.Class)}, {Label: "测量范围", Value: or(c.Instrument.Range)},
		{Label: "管理编号", Value: or(c.Instrument.Management)}, {Label: "使用地点", Value: or(c.Instrument.Location)},
		{Label: "温度", Value: c.Temperature}, {Label: "相对湿度", Value: c.Humidity},
		{Label: "校准地点", Value: c.Place, Wide: true},
	}
	remarks := p.notes(c.Version, "本证书为第{1}版，替代证书{2}，原因：{3}", c.Replaces, c.Remarks)
	for _, f := range []sheet.Field{
		{Label: "器具参数", Value: strings.Join(c.Instrument.Parameters, "，")}, {Label: "委托单位电话", Value: c.Client.Phone},
		{Label: "其他条件", Value: c.Conditions}, {Label: "对方法的偏离", Value: c.Deviations},
		{Label: "调整或修理", Value: c.Adjustment}, {Label: "备注", Value: remarks},
	} {
		if f.Value != "" {
			f.Wide = true
			fields = append(fields, f)
		}
	}
	p.grid(fields)
}

// results sets the points of each item, every one with its uncertainty.
func (c CalibrationContent) results(p *press) {
	p.section("校准结果", 30)
	for i, t := range c.Results {
		columns := plainTitles(t.Columns)
		for _, title := range []string{"扩展不确定度 U", "包含因子 k"} {
			columns = append(columns, column{title, p.english(title)})
		}
		rows := make([][]string, len(t.Points))
		for n, point := range t.Points {
			rows[n] = append(slices.Clone(point.Values), point.Uncertainty, point.Coverage)
		}
		p.readings(strconv.Itoa(i+1)+"．"+t.Item, columns, rows)
		if t.Note != "" {
			p.Space(1)
			p.Paragraph(textStyle, p.both("注")+"："+t.Note)
		}
	}
}

func (c CalibrationContent) statementTexts(url string) []sentence {
	out := []sentence{
		say("本证书无“校准专用章”或校准、核验、批准人签名无效，涂改、增删无效。"),
		say("本证书由校准员、核验员、批准人以电子签名签署，所示时间为北京时间。"),
		say("未经本机构书面批准，不得部分复制本证书。"),
		say("校准结果仅对所校准的计量器具有效。"),
		say("本证书仅给出校准结果及其测量不确定度，不作合格与否的结论。"),
		say("所用计量标准器的量值按“溯源机构”栏所列的检定或校准证书溯源。"),
	}
	if c.Interval != "" {
		out = append(out, say("应委托方书面要求（{1}），建议复校时间间隔为{2}。", c.IntervalRequest, c.Interval))
	}
	return append(out, checked(url)...)
}
