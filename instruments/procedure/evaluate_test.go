package procedure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestCompleteRecordsPass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id     string
		record Record
		items  string
	}{
		{"JJG-539-2016", scaleRecord(t, fullScale()), "visual zero weighing eccentricity repeatability discrimination"},
		{"JJG-52-2013", gaugeRecord(t, fullGauge()), "visual zero indication hysteresis tapping smooth"},
	} {
		e := evaluate(t, mustDefinition(t, c.id), c.record)
		var items []string
		for _, i := range e.Items {
			items = append(items, i.ID)
			if i.Verdict != Pass || !i.Judged {
				t.Errorf("%s: %s is %s", c.id, i.ID, i.Verdict)
			}
		}
		if e.Conclusion != Pass || len(e.Missing) > 0 || strings.Join(items, " ") != c.items {
			t.Errorf("%s: %s, items %v, missing %+v", c.id, e.Conclusion, items, e.Missing)
		}
	}
}

func checkConclusion(t *testing.T, e Evaluation, want Conclusion, missing string) {
	t.Helper()
	code := ""
	if len(e.Missing) > 0 {
		code = e.Missing[0].Code
	}
	if e.Conclusion != want || code != missing {
		t.Errorf("%s (%s), want %s (%s); missing %+v", e.Conclusion, code, want, missing, e.Missing)
	}
	if want == Pass && len(e.Missing) > 0 {
		t.Errorf("it passes although something is missing: %+v", e.Missing)
	}
	for _, m := range e.Missing {
		if m.Path == "" || m.ZH == "" || m.EN == "" {
			t.Errorf("a gap without its place and its reason in both languages: %+v", m)
		}
	}
}

// Every judged item must pass, whatever else is said.
func TestConclude(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		items []ItemResult
		want  Conclusion
	}{
		{nil, Undetermined},
		{[]ItemResult{{Judged: true, Verdict: Pass}, {Judged: true, Verdict: Undetermined}}, Undetermined},
		{[]ItemResult{{Judged: true, Verdict: Pass}, {Judged: true}}, Undetermined},
		{[]ItemResult{{Judged: true, Verdict: Pass}, {Verdict: Fail}}, Pass},
		{[]ItemResult{{Judged: true, Verdict: Undetermined}, {Judged: true, Verdict: Fail}}, Fail},
	} {
		e := &evaluator{given: &given{}, out: Evaluation{Items: c.items}}
		if got := e.conclude(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.items, got, c.want)
		}
	}
}

func TestContradictionsTakeTheGroundAway(t *testing.T) {
	t.Parallel()
	bad := fullScale().with("visual", false)
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, bad, "Min", "50"))
	checkConclusion(t, e, Undetermined, "parameters_contradict")
}

func TestDefaultsAreNamed(t *testing.T) {
	t.Parallel()
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale()))
	want := map[string]string{
		"d": "5", "supports": "4", "T_additive": "0", "tare_device": "false", "tare_load": "7500.0", "price_computing": "false", "coin": "0.01",
	}
	if diff := cmp.Diff(want, e.Assumed); diff != "" {
		t.Errorf("assumed (-want +got):\n%s", diff)
	}
}

func TestWording(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	for _, c := range []struct {
		readings readings
		want     string
	}{
		{fullScale(), "III级，合格"},
		{fullScale().with("visual", false), "不合格"},
		{fullScale().with("visual", nil), "待判定"},
	} {
		if got := evaluate(t, d, scaleRecord(t, c.readings)).Wording.ZH; got != c.want {
			t.Errorf("wording %q, want %q", got, c.want)
		}
	}
}

// An evaluation is kept as JSON and printed from there.
func TestEvaluationSurvivesJSON(t *testing.T) {
	t.Parallel()
	e := evaluate(t, mustDefinition(t, "JJG-539-2016"), scaleRecord(t, fullScale()))
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Evaluation
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-sent +read):\n%s", diff)
	}
}

// The same record always gives the same bytes: they are hashed and signed.
func TestEvaluationIsDeterministic(t *testing.T) {
	t.Parallel()
	d := mustDefinition(t, "JJG-539-2016")
	r := scaleRecord(t, fullScale().with("visual", map[string]any{"a": 1, "b": 2, "c": 3}).
		with("weighing", []Row{{"q": "1", "r": "2", "s": "3"}}).with("x", 1).with("y", 2), "p1", "1", "p2", "2")
	first, err := json.Marshal(evaluate(t, d, r))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := json.Marshal(evaluate(t, d, r))
		if err != nil || string(again) != string(first) {
			t.Fatalf("two evaluations of one record differ:\n%s\n%s", first, again)
		}
	}
}

func TestUnknownStage(t *testing.T) {
	t.Parallel()
	if _, err := mustDefinition(t, "JJG-539-2016").Evaluate(Record{Stage: "yearly"}); err == nil {
		t.Error("an unknown stage is accepted")
	}
}
