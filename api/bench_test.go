package api

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// BenchmarkRegister registers samples over HTTP, eight clients at once.
func BenchmarkRegister(b *testing.B) {
	bureau := newBureau(b)
	var n atomic.Int64
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			i := int(n.Add(1))
			bureau.want(201, "zhang", "POST", "/api/v1/samples", bureau.form(i), "Idempotency-Key", fmt.Sprintf("bench-%08d", i))
		}
	})
}
