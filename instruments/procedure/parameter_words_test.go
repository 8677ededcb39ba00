package procedure

import (
	"slices"
	"testing"
)

func TestParameterWords(t *testing.T) {
	t.Parallel()
	scale, gauge := mustDefinition(t, "JJG-539-2016"), mustDefinition(t, "JJG-52-2013")
	for _, c := range []struct {
		d          *Definition
		parameters map[string]string
		want       []string
	}{
		{scale, scaleParameters("accuracy_class", "Ⅲ级", "Max", "15", "Max_unit", "kg", "tare_device", "false", "d", "", "coin", "0.1"),
			[]string{"准确度等级：III", "最大秤量Max=15 kg", "最小秤量Min=100 g", "检定分度值e=5 g", "有除皮装置：否", "最小货币单位：0.1 CNY"}},
		{scale, map[string]string{"accuracy_class": "III", "Max": "15", "multi_interval": `[{"max":"6","e":"0.002"},{"max":"15","e":"0.005"}]`},
			[]string{"准确度等级：III", "最大秤量Max=15 kg", "多分度秤各区间的最大秤量和检定分度值：至6 kg为0.002 kg，至15 kg为0.005 kg"}},
		{scale, map[string]string{"multi_interval": "6/0.002, 15/0.005"},
			[]string{"多分度秤各区间的最大秤量和检定分度值：至6 kg为0.002 kg，至15 kg为0.005 kg"}},
		{scale, map[string]string{"Max": "fifteen", "multi_interval": "two", "colour": "red"},
			[]string{"最大秤量Max=fifteen kg", "多分度秤各区间的最大秤量和检定分度值：two kg"}},
		{gauge, map[string]string{"accuracy_class": "1.6", "upper": "1.6"}, []string{"准确度等级：1.6", "测量上限：1.6 MPa"}},
		{gauge, nil, []string{}},
	} {
		if got := c.d.ParameterWords(rawParameters(c.parameters)); !slices.Equal(got, c.want) {
			t.Errorf("%s with %v: %q, want %q", c.d.ID, c.parameters, got, c.want)
		}
	}
}

func TestClass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d          *Definition
		parameters map[string]string
		want       string
	}{
		{mustDefinition(t, "JJG-539-2016"), scaleParameters("accuracy_class", "中准确度级（Ⅲ）"), "III"},
		{mustDefinition(t, "JJG-539-2016"), map[string]string{}, ""},
		{tryDefinition(t, "water_meter"), map[string]string{}, "2"},
		{tryDefinition(t, "fuel_dispenser"), map[string]string{}, ""},
	} {
		if got := c.d.ClassOf(rawParameters(c.parameters)); got != c.want {
			t.Errorf("%s with %v is judged by class %q, want %q", c.d.ID, c.parameters, got, c.want)
		}
	}
	if class, asked := tryDefinition(t, "fuel_dispenser").Class("0.3"); class != "0.3" || asked {
		t.Errorf("a procedure without classes makes %q of 0.3, asked: %v", class, asked)
	}
}
