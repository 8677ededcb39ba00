package standards

import (
	"encoding/json"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

func TestJudgeLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Outcome
		says string
	}{
		{`{"result":"6.71mg/kg","limit":"≤5mg/kg"}`, Fail, "全数值比较法"},
		{`{"item":"腐霉利","result":"4.9mg/kg","limit":"≤5mg/kg"}`, Pass, "full value"},
		{`{"result":"0.030mg/100cm²","limit":"不得检出","lod":"0.02"}`, Fail, "检出限"},
		{`{"result":"0.030mg/100cm²","limit":"不得检出"}`, Undetermined, "未给出检出限"},
		{`{"result":"0.9mg/kg","limit":"≤1.0mg/kg（干重计）","basis":"干基"}`, Pass, "符合限量"},
		{`{"result":"53.5","unit":"%vol","limit":"±1.0%vol","declared":"52%vol"}`, Fail, "不符合"},
		{`{"result":"0.01mg/kg","limit":"不得使用","loq":"0.005mg/kg"}`, Fail, "定量限"},
		{`{"result":"","limit":"≤5mg/kg"}`, Undetermined, "没有可判定的检验结果"},
		{`{"result":"x","limit":"y"}`, Undetermined, "无法识别"},
	} {
		got, err := JudgeLine([]byte(c.in))
		if err != nil || got.Verdict != c.want || !strings.Contains(got.Reason, c.says) {
			t.Errorf("JudgeLine(%s) = %+v, %v; want %s that says %q", c.in, got, err, c.want, c.says)
		}
		text, err := json.Marshal(got)
		if err != nil || !strings.HasPrefix(string(text), `{"verdict":"`+string(c.want)+`","reason":"`) {
			t.Errorf("JudgeLine(%s) is written %s, %v", c.in, text, err)
		}
	}
}

func TestLimitLine(t *testing.T) {
	t.Parallel()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []struct{ in, want string }{
		{`{"item":"铅","product":"叶菜蔬菜","date":"2026-10-01"}`,
			`{"limit":"≤0.3","unit":"mg/kg","basis":"GB 2762-2025","item":"铅","expressed_as":"Pb","scope":"叶菜蔬菜",` +
				`"method":"GB 5009.12","valid_from":"2026-09-02","confidence":"read","row":"gb2762-2025-004"}`},
		{`{"item":"铅","product":"螺旋藻","date":"2026-10-01"}`,
			`{"limit":"≤2.0","unit":"mg/kg","basis":"GB 2762-2025","item":"铅","expressed_as":"Pb","scope":"螺旋藻",` +
				`"value_basis":["dry_weight"],"method":"GB 5009.12","valid_from":"2026-09-02","confidence":"read","row":"gb2762-2025-023"}`},
		{`{"item":"铅","product":"火星石","date":"2026-10-01"}`,
			`{"undetermined":"限量库中没有“火星石”中“铅”的限量 / the catalogue has no limit of 铅 for 火星石"}`},
	} {
		got, err := c.LimitLine([]byte(l.in))
		if err != nil {
			t.Errorf("LimitLine(%s): %v", l.in, err)
			continue
		}
		if text, err := json.Marshal(got); err != nil || string(text) != l.want {
			t.Errorf("LimitLine(%s)\n got %s, %v\nwant %s", l.in, text, err, l.want)
		}
	}
}

func TestLinesRefuse(t *testing.T) {
	t.Parallel()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{
		``, `{`, `[]`, `null`, `{}`, `{"result":"1"}`, `{"limit":"≤1"}`, `{"result":1,"limit":"≤1"}`, `{"result":null,"limit":"≤1"}`,
		`{"result":"1","limit":"≤1"} {}`, `{"result":"1","limit":"≤1","basis":"湿"}`, "{\"result\":\"1\",\"limit\":\"≤1\"",
	} {
		if got, err := JudgeLine([]byte(in)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("JudgeLine(%s) = %+v, %v; want an Invalid error", in, got, err)
		}
	}
	for _, in := range []string{
		``, `{}`, `{"item":"铅","product":"茶叶"}`, `{"item":"铅","product":"茶叶","date":"2026-13-01"}`,
		`{"item":"","product":"茶叶","date":"2026-10-01"}`, `{"item":"铅","product":" ","date":"2026-10-01"}`,
	} {
		if got, err := c.LimitLine([]byte(in)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("LimitLine(%s) = %+v, %v; want an Invalid error", in, got, err)
		}
	}
}
