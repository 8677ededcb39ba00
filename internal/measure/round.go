package measure

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"hengjian/internal/errs"
)

// Round rounds v to a multiple of interval (修约间隔, > 0), half to even on the absolute value (GB/T 8170-2008 3.2;
// 3.4 for intervals of 0.5 and 0.2 units). The result has as many decimals as the interval, and zero has no sign.
// Give it the value as measured or computed: 3.3.1 forbids to round what was rounded before.
func Round(v, interval Decimal) (Decimal, error) {
	if interval.Sign() <= 0 {
		return Decimal{}, errs.New(errs.Invalid, "bad_interval",
			fmt.Sprintf("修约间隔必须大于零，现为 %s", short(interval.String())),
			fmt.Sprintf("the rounding interval must be above zero, not %s", short(interval.String())))
	}
	x, step := v.number(), interval.number()
	exponent := min(x.Exponent, step.Exponent)
	whole, part := scale(x, exponent), scale(step, exponent)
	var multiple, rest apd.BigInt
	multiple.QuoRem(whole, part, &rest)
	twice := rest.Lsh(&rest, 1)
	odd := multiple.Bit(0) == 1
	if half := twice.Cmp(part); half > 0 || half == 0 && odd {
		multiple.Add(&multiple, apd.NewBigInt(1))
	}
	d := apd.NewWithBigInt(multiple.Mul(&multiple, &step.Coeff), step.Exponent)
	d.Negative = x.Negative
	return finite(d), nil
}

// scale returns |x|'s digits as a whole number of 10^exponent, which must not be above x's own exponent.
func scale(x *apd.Decimal, exponent int32) *apd.BigInt {
	power := new(apd.BigInt).Exp(apd.NewBigInt(10), apd.NewBigInt(int64(x.Exponent)-int64(exponent)), nil)
	return power.Mul(power, &x.Coeff)
}

// Comparison is a measured value held against a limit in both ways of GB/T 8170-2008 4.3. The full-value comparison
// decides unless the standard asks for the other.
type Comparison struct {
	Rounded      Decimal `json:"rounded"`       // the measured value rounded to the interval
	FullValue    bool    `json:"full_value"`    // 全数值比较法, 4.3.2: the value as measured lies within the limits
	RoundedValue bool    `json:"rounded_value"` // 修约值比较法, 4.3.3: the rounded value lies within the limits
}

// Compare holds a measured value against the limits low and high; nil means that there is no limit on that side. A
// limit that is not inclusive excludes its own value. The rounded-value comparison rounds to the digit of the limit
// (4.3.3), so each limit must be a multiple of the interval: a coarser one could lift a failing value onto the limit.
func Compare(
	measured Decimal, low, high *Decimal, lowInclusive, highInclusive bool, interval Decimal,
) (Comparison, error) {
	rounded, err := Round(measured, interval)
	if err != nil {
		return Comparison{}, err
	}
	if low == nil && high == nil {
		return Comparison{}, errs.New(errs.Invalid, "no_limit", "没有极限数值，无法比较", "there is no limit to compare with")
	}
	if low != nil && high != nil && low.Cmp(*high) > 0 {
		return Comparison{}, errs.New(errs.Invalid, "limits_crossed",
			fmt.Sprintf("下限 %s 大于上限 %s", short(low.String()), short(high.String())),
			fmt.Sprintf("the lower limit %s is above the upper limit %s", short(low.String()), short(high.String())))
	}
	for _, limit := range []*Decimal{low, high} {
		if err := fits(limit, interval); err != nil {
			return Comparison{}, err
		}
	}
	within := func(v Decimal) bool {
		return isAbove(v, low, lowInclusive) && isBelow(v, high, highInclusive)
	}
	return Comparison{Rounded: rounded, FullValue: within(measured), RoundedValue: within(rounded)}, nil
}

// isAbove says whether v lies above the limit, or on it when that counts; always when there is none.
func isAbove(v Decimal, limit *Decimal, inclusive bool) bool {
	return limit == nil || v.Cmp(*limit) > 0 || inclusive && v.Equal(*limit)
}

// isBelow says whether v lies below the limit, or on it when that counts; always when there is none.
func isBelow(v Decimal, limit *Decimal, inclusive bool) bool {
	return limit == nil || v.Cmp(*limit) < 0 || inclusive && v.Equal(*limit)
}

// fits refuses a limit that is written finer than the interval to which the measured value would be rounded.
func fits(limit *Decimal, interval Decimal) error {
	if limit == nil {
		return nil
	}
	rounded, err := Round(*limit, interval)
	if err != nil || rounded.Equal(*limit) {
		return err
	}
	return errs.New(errs.Invalid, "interval_too_coarse",
		fmt.Sprintf("极限数值 %s 不是修约间隔 %s 的整数倍", short(limit.String()), short(interval.String())),
		fmt.Sprintf("the limit %s is not a multiple of the rounding interval %s",
			short(limit.String()), short(interval.String())))
}
