package standards

import "hengjian/internal/measure"

// interval is what is known of a value: <10 lies below 10, 未检出 below the detection limit. A nil end is open to
// infinity.
type interval struct {
	low, high         *measure.Decimal
	lowOpen, highOpen bool
}

// position is where an interval lies to a region.
type position int

const (
	unknown position = iota // partly inside and partly outside
	inside
	outside
)

// region is the interval of the values that a bound pair lets pass.
func region(low, high *Bound) interval {
	var r interval
	if low != nil {
		r.low, r.lowOpen = &low.Value, low.Strict
	}
	if high != nil {
		r.high, r.highOpen = &high.Value, high.Strict
	}
	return r
}

// upTo is the region up to a level, the level included.
func upTo(level measure.Decimal) interval { return interval{high: &level} }

// below is the region under a level, the level excluded.
func below(level measure.Decimal) interval { return interval{high: &level, highOpen: true} }

// in says where the interval v lies to the region r. A point is inside or outside; anything wider may be neither.
func (v interval) in(r interval) position {
	switch {
	case v.under(r) || r.under(v):
		return outside
	case within(v, r):
		return inside
	}
	return unknown
}

// under says that v lies wholly below r.
func (v interval) under(r interval) bool {
	if v.high == nil || r.low == nil {
		return false
	}
	c := v.high.Cmp(*r.low)
	return c < 0 || c == 0 && (v.highOpen || r.lowOpen)
}

// within says that every value of v is in r.
func within(v, r interval) bool {
	if r.low != nil {
		if v.low == nil {
			return false
		}
		if c := v.low.Cmp(*r.low); c < 0 || c == 0 && r.lowOpen && !v.lowOpen {
			return false
		}
	}
	if r.high != nil {
		if v.high == nil {
			return false
		}
		if c := v.high.Cmp(*r.high); c > 0 || c == 0 && r.highOpen && !v.highOpen {
			return false
		}
	}
	return true
}
