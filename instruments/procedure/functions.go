package procedure

import (
	"fmt"
	"math"
	"strconv"

	"hengjian/internal/measure"
)

// builtins are the functions of every formula, beside given(name), if(condition, a, b) and edges(table, key, …), which
// are part of the language:
//
//	abs(x)  sqrt(x)             sqrt to 34 digits
//	min(x, …)  max(x, …)        of numbers, or of one list
//	sum(l)  mean(l)  count(l)  first(l)
//	stdev(l)                    experimental standard deviation, n−1 (Bessel)
//	round(x, interval)          GB/T 8170, half to even
//	list(x, …)                  the list of its arguments
//	range(from, to, step)       the list from, from+step, … up to to
//	quantity(x, "g")            x g in the unit of the instrument
var builtins = map[string]function{
	"abs": {parameters: []kind{numberKind}, gives: numberKind, call: func(_ *scope, args []value) (value, error) {
		return numberOf(args[0].number.Abs()), nil
	}},
	"sqrt": {parameters: []kind{numberKind}, gives: numberKind, call: func(_ *scope, args []value) (value, error) {
		return squareRoot(args[0].number)
	}},
	"min":      {parameters: []kind{numberKind}, many: true, gives: numberKind, call: extreme(measure.Decimal.Min)},
	"max":      {parameters: []kind{numberKind}, many: true, gives: numberKind, call: extreme(measure.Decimal.Max)},
	"sum":      overList(func(l []measure.Decimal) (value, error) { return numberOf(total(l)), nil }),
	"mean":     overList(mean),
	"count":    overList(func(l []measure.Decimal) (value, error) { return numberOf(whole(len(l))), nil }),
	"first":    overList(func(l []measure.Decimal) (value, error) { return numberOf(l[0]), nil }),
	"stdev":    overList(deviation),
	"round":    {parameters: []kind{numberKind, numberKind}, gives: numberKind, call: rounded},
	"list":     {parameters: []kind{numberKind}, many: true, gives: listKind, call: enlisted},
	"range":    {parameters: []kind{numberKind, numberKind, numberKind}, gives: listKind, call: progression},
	"quantity": {parameters: []kind{numberKind, textKind}, gives: numberKind, call: quantity},
}

// isBuiltin tells which names a definition cannot give to something else.
func isBuiltin(name string) bool {
	_, ok := builtins[name]
	return ok || reserved[name] || name == "given" || name == "if" || name == "edges" || name == "stage"
}

func whole(n int) measure.Decimal { return measure.MustDecimal(strconv.Itoa(n)) }

func overList(f func([]measure.Decimal) (value, error)) function {
	return function{parameters: []kind{listKind}, gives: numberKind, call: func(_ *scope, args []value) (value, error) {
		if len(args[0].list) == 0 {
			return value{}, undefined("没有数值可供计算", "there are no numbers to work on")
		}
		return f(args[0].list)
	}}
}

func extreme(better func(a, b measure.Decimal) measure.Decimal) func(*scope, []value) (value, error) {
	return func(_ *scope, args []value) (value, error) {
		all := args[0].list
		if args[0].kind == numberKind {
			all = numbers(args)
		}
		if len(all) == 0 {
			return value{}, undefined("没有数值可供比较", "there are no numbers to compare")
		}
		best := all[0]
		for _, d := range all[1:] {
			best = better(best, d)
		}
		return numberOf(best), nil
	}
}

func enlisted(_ *scope, args []value) (value, error) { return listOf(numbers(args)), nil }

func quantity(s *scope, args []value) (value, error) {
	return inUnit(args[0].number, args[1].text, s.unit)
}

func numbers(args []value) []measure.Decimal {
	list := make([]measure.Decimal, len(args))
	for i, a := range args {
		list[i] = a.number
	}
	return list
}

func total(l []measure.Decimal) measure.Decimal {
	var sum measure.Decimal
	for _, d := range l {
		sum = sum.Add(d)
	}
	return sum
}

func mean(l []measure.Decimal) (value, error) { return quotient(total(l), whole(len(l))) }

func deviation(l []measure.Decimal) (value, error) {
	if len(l) < 2 {
		return value{}, undefined("标准偏差至少需要两个数值", "a standard deviation takes two numbers at least")
	}
	// n·Σx² − (Σx)² over n(n−1): exact until the quotient, unlike the sum of squared residuals from a rounded mean.
	sum, squares := total(l), measure.Decimal{}
	for _, d := range l {
		squares = squares.Add(d.Mul(d))
	}
	n := whole(len(l))
	variance, err := quotient(n.Mul(squares).Sub(sum.Mul(sum)), n.Mul(whole(len(l)-1)))
	if err != nil {
		return value{}, err
	}
	return squareRoot(variance.number)
}

// squareRoot works from the nearest float64 by Newton's rule, which doubles the right digits with each round; the
// result is rounded to 34 digits, so that the root of a square is exact.
func squareRoot(x measure.Decimal) (value, error) {
	const rounds, precision = 4, 34
	switch {
	case x.Sign() < 0:
		return value{}, undefined("负数没有平方根", "the root of a negative number")
	case x.IsZero():
		return numberOf(measure.Decimal{}), nil
	}
	seed := math.Sqrt(x.Float64())
	root, err := measure.ParseDecimal(strconv.FormatFloat(seed, 'e', 16, 64))
	if err != nil {
		return value{}, undefined("数值过大或过小，无法开平方", "the number is too large or too small for a root")
	}
	half := measure.MustDecimal("0.5")
	power := int(math.Floor(math.Log10(seed))) - precision + 1
	interval, err := measure.ParseDecimal(fmt.Sprintf("1e%d", power))
	if err != nil {
		return value{}, undefined("数值过大或过小，无法开平方", "the number is too large or too small for a root")
	}
	for range rounds {
		other, err := x.Quo(root)
		if err != nil {
			return value{}, fmt.Errorf("root: %w", err)
		}
		if root, err = measure.Round(root.Add(other).Mul(half), interval); err != nil {
			return value{}, fmt.Errorf("root: %w", err)
		}
	}
	return numberOf(root), nil
}

func rounded(_ *scope, args []value) (value, error) {
	if args[1].number.Sign() <= 0 {
		return value{}, undefined("修约间隔须大于零", "the rounding interval must be above zero")
	}
	d, err := measure.Round(args[0].number, args[1].number)
	if err != nil {
		return value{}, fmt.Errorf("round: %w", err)
	}
	return numberOf(d), nil
}

// maxList bounds the lists that a formula makes and a parameter gives.
const maxList = 200

func progression(_ *scope, args []value) (value, error) {
	at, to, step := args[0].number, args[1].number, args[2].number
	if step.Sign() <= 0 {
		return value{}, undefined("步长须大于零", "the step must be above zero")
	}
	var list []measure.Decimal
	for ; at.Cmp(to) <= 0; at = at.Add(step) {
		if list = append(list, at); len(list) > maxList {
			return value{}, undefined(fmt.Sprintf("点数超过%d个", maxList), fmt.Sprintf("more than %d points", maxList))
		}
	}
	return listOf(list), nil
}

// inUnit brings a quantity of a definition to the unit of the instrument.
func inUnit(d measure.Decimal, from, to string) (value, error) {
	q, err := measure.Convert(measure.Quantity{Value: d, Unit: from}, to)
	if err != nil {
		return value{}, undefined(
			fmt.Sprintf("%s %s 不能换算为单位“%s”", d, from, short(to)),
			fmt.Sprintf("%s %s has no value in the unit %q", d, from, short(to)))
	}
	return numberOf(q.Value), nil
}
