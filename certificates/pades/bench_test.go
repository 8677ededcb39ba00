package pades

import (
	"crypto"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"hengjian/certificates/pades/padestest"
)

// cpu is the processor time that this process has used: the time on the clock is distorted by other programs.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// incompressible is content that keeps its size in a file.
func incompressible(size int) []byte {
	out := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(out) // which does not fail
	return out
}

// BenchmarkSign signs a drawn file once, reading it included; BenchmarkVerify reads it back and verifies it.
func BenchmarkSign(b *testing.B) {
	office := newBureau(b)
	pdf := drawnWith(b, incompressible(70_000), "seal")
	for name, key := range keysByName(b) {
		by := office.signer(b, padestest.Request{Key: key})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start := cpu(b)
			for b.Loop() {
				if _, err := Sign(b.Context(), pdf, "seal", Claim{Time: at}, by); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	office := newBureau(b)
	pdf := drawnWith(b, incompressible(70_000), "seal")
	for name, key := range keysByName(b) {
		signed := mustSign(b, pdf, "seal", office.signer(b, padestest.Request{Key: key}))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start := cpu(b)
			for b.Loop() {
				f, err := Read(signed)
				if err != nil {
					b.Fatal(err)
				}
				if v := f.Verify(office.trust); v[0].Fault != nil {
					b.Fatal(v[0].Fault)
				}
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

func keysByName(b *testing.B) map[string]crypto.Signer {
	b.Helper()
	return map[string]crypto.Signer{"ECDSA": padestest.ECDSA(b), "RSA": padestest.RSA(b)}
}
