package procedure

import "testing"

func BenchmarkEvaluate(b *testing.B) {
	d, r := mustDefinition(b, "JJG-539-2016"), scaleRecord(b, fullScale())
	for b.Loop() {
		if e, err := d.Evaluate(r); err != nil || e.Conclusion != Pass {
			b.Fatal(e.Conclusion, err)
		}
	}
}
