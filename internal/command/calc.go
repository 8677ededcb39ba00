package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/measure"
	"hengjian/internal/standards"
	"hengjian/internal/users"
)

type calcCommand struct {
	Round        calcRound        `cmd:"" help:"GB/T 8170 rounding. 数值修约。"`
	Compare      calcCompare      `cmd:"" help:"GB/T 8170 comparison with limits. 极限数值比较。"`
	Judge        calcJudge        `cmd:"" help:"A result against a limit. 单项判定。"`
	Limit        calcLimit        `cmd:"" help:"The limit of an item for a product on a date. 限量查询。"`
	Uscc         calcUscc         `cmd:"" help:"Unified social credit codes. 统一社会信用代码校验。"`
	Workdays     calcWorkdays     `cmd:"" help:"Working days. 工作日计算。"`
	Mpe          calcMpe          `cmd:"" help:"Maximum permissible error by a procedure. 最大允许误差。"`
	Verification calcVerification `cmd:"" help:"A verification by a procedure. 检定数据判定。"`
}

type (
	calcRound        struct{}
	calcCompare      struct{}
	calcJudge        struct{}
	calcLimit        struct{}
	calcUscc         struct{}
	calcWorkdays     struct{}
	calcMpe          struct{}
	calcVerification struct{}
)

// Run implements the command.
func (calcRound) Run(e environment) error { return e.lines(roundLine) }

// Run implements the command.
func (calcCompare) Run(e environment) error { return e.lines(compareLine) }

// Run implements the command.
func (calcJudge) Run(e environment) error { return e.lines(answered(standards.JudgeLine)) }

// Run implements the command.
func (calcLimit) Run(e environment) error {
	catalogue, err := standards.Builtin()
	if err != nil {
		return err
	}
	return e.lines(answered(catalogue.LimitLine))
}

// Run implements the command.
func (calcUscc) Run(e environment) error { return e.lines(users.CreditCodeLine) }

// Run implements the command.
func (calcWorkdays) Run(e environment) error { return e.lines(workdaysLine) }

// Run implements the command.
func (calcMpe) Run(e environment) error { return e.lines(procedure.MPELine) }

// Run implements the command.
func (calcVerification) Run(e environment) error { return e.lines(procedure.VerificationLine) }

// maxLine bounds one input line.
const maxLine = 4 << 20

// answered turns a rule over one line into its answer as JSON.
func answered[T any](rule func([]byte) (T, error)) func([]byte) ([]byte, error) {
	return func(line []byte) ([]byte, error) {
		answer, err := rule(line)
		if err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	}
}

// lines answers each input line with one output line, in order. A line that cannot be read gets an answer that says
// why, and the exit code tells that there was one.
func (e environment) lines(answer func([]byte) ([]byte, error)) error {
	in := bufio.NewScanner(e.In)
	in.Buffer(make([]byte, 64<<10), maxLine)
	out := bufio.NewWriter(e.Out)
	unreadable := 0
	for n := 1; in.Scan(); n++ {
		line := bytes.TrimSpace(in.Bytes())
		if len(line) == 0 {
			continue
		}
		text, err := answer(line)
		if err != nil {
			unreadable++
			text = lineError(err)
			e.say("line %d: %v", n, err)
		}
		if _, err := out.Write(append(text, '\n')); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	if err := in.Err(); err != nil {
		e.say("read: %v", err)
		unreadable++
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if unreadable > 0 {
		return errUnreadable
	}
	return nil
}

func lineError(err error) []byte {
	zh, en := "输入无法识别", err.Error()
	var fields []errs.Field
	if known, ok := errors.AsType[*errs.Error](err); ok {
		zh, en, fields = known.ZH, known.EN, known.Fields
	}
	text, encodeErr := json.Marshal(map[string]any{"error": map[string]any{"zh": zh, "en": en, "errors": fields}})
	if encodeErr != nil {
		return []byte(`{"error":{}}`) // cannot happen: strings always encode
	}
	return text
}

// decode reads one JSON object strictly.
func decode(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errs.New(errs.Invalid, "json", "输入不是所要求的JSON："+err.Error(), "not the JSON that is asked for: "+err.Error())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errs.New(errs.Invalid, "json", "一行只能有一个JSON对象", "one JSON object a line")
	}
	return nil
}

func roundLine(line []byte) ([]byte, error) {
	var in struct {
		Value    *measure.Decimal `json:"value"`
		Interval *measure.Decimal `json:"interval"`
	}
	if err := decode(line, &in); err != nil {
		return nil, err
	}
	if in.Value == nil || in.Interval == nil {
		return nil, errMissing("value", "interval")
	}
	rounded, err := measure.Round(*in.Value, *in.Interval)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"rounded": rounded.String()})
}

func errMissing(names ...string) error {
	return errs.New(errs.Invalid, "required", fmt.Sprintf("缺少%v", names), fmt.Sprintf("missing: %v", names))
}

func compareLine(line []byte) ([]byte, error) {
	var in struct {
		Measured      *measure.Decimal `json:"measured"`
		Low           *measure.Decimal `json:"low"`
		High          *measure.Decimal `json:"high"`
		LowInclusive  *bool            `json:"low_inclusive"`
		HighInclusive *bool            `json:"high_inclusive"`
		Interval      *measure.Decimal `json:"interval"`
		Item          string           `json:"item"`
	}
	if err := decode(line, &in); err != nil {
		return nil, err
	}
	if in.Measured == nil || in.Interval == nil || (in.Low == nil && in.High == nil) {
		return nil, errMissing("measured", "interval", "low or high")
	}
	c, err := measure.Compare(*in.Measured, in.Low, in.High, orTrue(in.LowInclusive), orTrue(in.HighInclusive), *in.Interval)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Rounded      string `json:"rounded"`
		FullValue    bool   `json:"full_value"`
		RoundedValue bool   `json:"rounded_value"`
	}{c.Rounded.String(), c.FullValue, c.RoundedValue})
}

func orTrue(b *bool) bool { return b == nil || *b }

func workdaysLine(line []byte) ([]byte, error) {
	var in struct {
		From *calendar.Date `json:"from"`
		Add  *int           `json:"add"`
	}
	if err := decode(line, &in); err != nil {
		return nil, err
	}
	if in.From == nil || in.Add == nil {
		return nil, errMissing("from", "add")
	}
	if *in.Add < 0 || *in.Add > 10_000 {
		return nil, errs.New(errs.Invalid, "add", "工作日数须在0至10000之间", "add must be from 0 to 10,000")
	}
	end, provisional := calendar.Official().AddWorkdays(*in.From, *in.Add)
	return json.Marshal(struct {
		Date        calendar.Date `json:"date"`
		Provisional bool          `json:"provisional"`
	}{end, provisional})
}
