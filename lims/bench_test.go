package lims

import (
	"sync/atomic"
	"testing"
)

// BenchmarkRegister registers samples of two portions and two analyses, several clients at once.
func BenchmarkRegister(b *testing.B) {
	bureau := newBureau(b)
	var n atomic.Int64
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := bureau.Register(b.Context(), bureau.zhang, bureau.form(int(n.Add(1)))); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkEnterResults enters and judges two results of one sample.
func BenchmarkEnterResults(b *testing.B) {
	bureau := newBureau(b)
	for b.Loop() {
		b.StopTimer()
		s := bureau.opened()
		entries := bureau.entries(s.ID, "0.12", "0.05")
		b.StartTimer()
		if _, err := bureau.EnterResults(b.Context(), bureau.zhao, s.ref(), entries); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSamples reads a page of fifty out of two hundred samples.
func BenchmarkSamples(b *testing.B) {
	bureau := newBureau(b)
	for range 200 {
		bureau.registered()
	}
	for b.Loop() {
		if _, err := bureau.Samples(b.Context(), bureau.auditor, ListFilter{}); err != nil {
			b.Fatal(err)
		}
	}
}
