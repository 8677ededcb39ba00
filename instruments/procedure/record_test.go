package procedure

import (
	"encoding/json"
	"maps"
	"testing"
)

// readings are what a test writes down, by item.
type readings map[string]any

func mustDefinition(t testing.TB, id string) *Definition {
	t.Helper()
	d, err := ByID(id, "")
	if err != nil {
		t.Fatalf("ByID(%q): %v", id, err)
	}
	return d
}

func rawReadings(t testing.TB, r readings) map[string]json.RawMessage {
	t.Helper()
	raw := map[string]json.RawMessage{}
	for item, rows := range r {
		text, err := json.Marshal(rows)
		if err != nil {
			t.Fatalf("readings of %s: %v", item, err)
		}
		raw[item] = text
	}
	return raw
}

func evaluate(t testing.TB, d *Definition, r Record) Evaluation {
	t.Helper()
	e, err := d.Evaluate(r)
	if err != nil {
		t.Fatalf("Evaluate: %v", err)
	}
	return e
}

// with is a copy of the readings in which one item is another; nil leaves it out.
func (r readings) with(item string, rows any) readings {
	c := maps.Clone(r)
	if c[item] = rows; rows == nil {
		delete(c, item)
	}
	return c
}

// scaleParameters are those of a 15 kg scale with e = 5 g, in grams.
func scaleParameters(more ...string) map[string]string {
	p := map[string]string{"accuracy_class": "III", "Max": "15000", "Min": "100", "e": "5", "unit": "g"}
	for i := 0; i < len(more); i += 2 {
		p[more[i]] = more[i+1]
	}
	return p
}

func change(load, indication, small string) Row {
	return Row{"L": load, "I": indication, "dL": small}
}

// fullScale is a complete and good record of a subsequent verification of that scale.
func fullScale() readings {
	var weighing []Row
	for _, load := range []string{"100", "2500", "7500", "10000", "15000", "10000", "7500", "2500", "100"} {
		weighing = append(weighing, change(load, load, "2.0"))
	}
	return readings{
		"visual":   true,
		"zero":     []Row{change("50", "50", "2.5")},
		"weighing": weighing,
		"eccentricity": []Row{
			change("5000", "5000", "2.0"), change("5000", "5000", "3.0"), change("5000", "5000", "2.5"), change("5000", "5000", "2.5"),
		},
		"repeatability": []Row{change("12000", "12000", "2.0"), change("12000", "12000", "2.5"), change("12000", "12000", "1.5")},
		"discrimination": []Row{
			{"L": "100", "I": "100", "I_after": "105"}, {"L": "7500", "I": "7500", "I_after": "7505"}, {"L": "15000", "I": "15000", "I_after": "15005"},
		},
	}
}

// gaugeParameters are those of a 1.6 MPa gauge of class 1.6 with numbers every 0.4 MPa.
func gaugeParameters(more ...string) map[string]string {
	p := map[string]string{"accuracy_class": "1.6", "lower": "0", "upper": "1.6", "interval": "0.4", "unit": "MPa"}
	for i := 0; i < len(more); i += 2 {
		p[more[i]] = more[i+1]
	}
	return p
}

func pressure(p, upBefore, upAfter, downBefore, downAfter string) Row {
	return Row{"P": p, "up_before": upBefore, "up_after": upAfter, "down_before": downBefore, "down_after": downAfter}
}

// fullGauge is a complete and good record of that gauge.
func fullGauge() readings {
	return readings{
		"visual": true, "smooth": true, "zero": []Row{{"reading": "0.005"}},
		"indication": []Row{
			pressure("0.4", "0.400", "0.405", "0.410", "0.410"), pressure("0.8", "0.800", "0.805", "0.810", "0.815"),
			pressure("1.2", "1.195", "1.200", "1.205", "1.210"), pressure("1.6", "1.590", "1.600", "1.600", "1.605"),
		},
	}
}

func scaleRecord(t testing.TB, r readings, more ...string) Record {
	t.Helper()
	return Record{Stage: Subsequent, Parameters: rawParameters(scaleParameters(more...)), Readings: rawReadings(t, r)}
}

func gaugeRecord(t testing.TB, r readings, more ...string) Record {
	t.Helper()
	return Record{Stage: Subsequent, Parameters: rawParameters(gaugeParameters(more...)), Readings: rawReadings(t, r)}
}
