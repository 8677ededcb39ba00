package certificates

import (
	"testing"

	"hengjian/certificates/paper"
	"hengjian/instruments"
)

// TestBilingualCertificate: a certificate speaks both languages where its applicant asked for that, and only there.
func TestBilingualCertificate(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for serial, want := range map[string]bool{"S-1": true, "S-2": false} {
		o, err := b.metering.Apply(t.Context(), b.actors["shop"],
			instruments.Application{Instrument: b.filed(serial), Stage: "subsequent", Bilingual: want})
		b.must(err)
		if o.Bilingual != want {
			t.Errorf("the order is bilingual: %v, want %v", o.Bilingual, want)
		}
		feng := b.actors["feng"]
		_, err = b.metering.Decide(t.Context(), feng, o.Number, 0, instruments.Decision{Accept: true})
		b.must(err)
		_, err = b.metering.Record(t.Context(), feng, b.prove("feng"), o.Number, 0, instruments.Recording{StandardID: b.standard,
			EquipmentID: []string{b.weights}, VerifiedOn: b.today(), Place: "计量室", Temperature: "20", Humidity: "50", Readings: readings("15.000")})
		b.must(err)
		_, err = b.metering.CheckRecord(t.Context(), b.actors["chen"], b.prove("chen"), o.Number, 0)
		b.must(err)
		d, err := b.approve(o.Number)
		b.must(err)
		f, err := selectFrozen(t.Context(), b.db, d.ID)
		b.must(err)
		c, err := paper.Thaw([]byte(f.Content))
		b.must(err)
		if got := c.(paper.VerificationContent).Bilingual; got != want {
			t.Errorf("the certificate of an order that asks for both languages (%v) has them: %v", want, got)
		}
	}
}
