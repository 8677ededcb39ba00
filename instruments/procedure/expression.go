package procedure

import (
	"fmt"

	"hengjian/internal/measure"
)

// The language of the formulas. Values are exact decimals, truths, texts, and lists of decimals; nothing else can be
// said, and a formula is parsed and its kinds are checked once, when the definition is read. From weakest to strongest:
//
//	a or b, a and b, not a
//	a < b, <=, >, >=, ==, !=     (numbers exactly; texts and truths for equality only; no chains)
//	a + b, a - b, a * b, a / b   (exact; a quotient that does not end has 34 digits)
//	-a, (a), 0.5, "text", true, false, name, name(a, b)
//
// The functions stand in functions.go; tables, limits and intervals parameters of the definition are called like them.

// kind is the kind of a value; kinds are known before anything is computed.
type kind int

const (
	numberKind kind = iota + 1
	truthKind
	textKind
	listKind
)

func (k kind) String() string {
	switch k {
	case numberKind:
		return "number"
	case truthKind:
		return "truth"
	case textKind:
		return "text"
	case listKind:
		return "list of numbers"
	}
	return "unknown kind"
}

// value is what a formula gives; the field of its kind counts.
type value struct {
	kind   kind
	number measure.Decimal
	truth  bool
	text   string
	list   []measure.Decimal
}

func numberOf(d measure.Decimal) value { return value{kind: numberKind, number: d} }
func truthOf(b bool) value             { return value{kind: truthKind, truth: b} }
func textOf(s string) value            { return value{kind: textKind, text: s} }
func listOf(l []measure.Decimal) value { return value{kind: listKind, list: l} }

// scope gives names their values. Base is the scope of the parameters, in which limits are worked out.
type scope struct {
	values  map[string]value
	reasons map[string]error // why a name that could have a value has none
	outer   *scope
	base    *scope
	unit    string
}

func newScope(unit string) *scope {
	s := &scope{values: map[string]value{}, reasons: map[string]error{}, unit: unit}
	s.base = s
	return s
}

func (s *scope) inner() *scope {
	return &scope{values: map[string]value{}, reasons: map[string]error{}, outer: s, base: s.base, unit: s.unit}
}

func (s *scope) find(name string) (value, error) {
	for at := s; at != nil; at = at.outer {
		if v, ok := at.values[name]; ok {
			return v, nil
		}
		if err, ok := at.reasons[name]; ok {
			return value{}, err
		}
	}
	return value{}, absentError(name)
}

// absentError is the name that a formula needs and nobody gave.
type absentError string

// Error implements error.
func (n absentError) Error() string { return string(n) + " is not given" }

// undefinedError says why a formula has no value here, though all its names have one.
type undefinedError struct{ zh, en string }

// Error implements error.
func (u undefinedError) Error() string { return u.en }

func undefined(zh, en string) error { return undefinedError{zh, en} }

// formula is a parsed expression of a definition.
type formula struct {
	text string
	root *node
}

// node is one operation; what it does to its arguments was settled when it was checked.
type node struct {
	op   string // an operator, or one of: literal, name, call
	at   int    // column in the text, from 1
	args []*node
	val  value  // of a literal
	name string // of a name or a call
	kind kind
	call func(s *scope, args []value) (value, error)
}

func (f *formula) number(s *scope) (measure.Decimal, error) {
	v, err := f.root.eval(s)
	return v.number, err
}

func (f *formula) holds(s *scope) (bool, error) {
	v, err := f.root.eval(s)
	return v.truth, err
}

func (n *node) eval(s *scope) (value, error) {
	switch n.op {
	case "literal":
		return n.val, nil
	case "name":
		v, err := s.find(n.name)
		if err == nil && v.kind != n.kind { // a fault of the engine: no zero in its place
			err = undefined(n.name+"的类型不符", n.name+" is of another kind here")
		}
		return v, err
	case "and", "or":
		return n.logic(s)
	case "call":
		return n.function(s)
	}
	args := make([]value, len(n.args))
	for i, a := range n.args {
		v, err := a.eval(s)
		if err != nil {
			return value{}, err
		}
		args[i] = v
	}
	if n.op == "not" {
		return truthOf(!args[0].truth), nil
	}
	if len(args) == 1 {
		return numberOf(args[0].number.Neg()), nil
	}
	return binary(n.op, args[0], args[1])
}

// logic stops as soon as the answer is known.
func (n *node) logic(s *scope) (value, error) {
	left, err := n.args[0].eval(s)
	if err != nil || left.truth == (n.op == "or") {
		return left, err
	}
	return n.args[1].eval(s)
}

// function evaluates a call; if and given look at their arguments themselves.
func (n *node) function(s *scope) (value, error) {
	switch n.name {
	case "given":
		_, err := s.find(n.args[0].name)
		return truthOf(err == nil), nil
	case "if":
		condition, err := n.args[0].eval(s)
		switch {
		case err != nil:
			return value{}, err
		case condition.truth:
			return n.args[1].eval(s)
		}
		return n.args[2].eval(s)
	}
	args := make([]value, len(n.args))
	for i, a := range n.args {
		v, err := a.eval(s)
		if err != nil {
			return value{}, err
		}
		args[i] = v
	}
	v, err := n.call(s, args)
	if err != nil {
		return value{}, err
	}
	return bounded(v)
}

func binary(op string, x, y value) (value, error) {
	switch op {
	case "==":
		return truthOf(equal(x, y)), nil
	case "!=":
		return truthOf(!equal(x, y)), nil
	case "<":
		return truthOf(x.number.Cmp(y.number) < 0), nil
	case "<=":
		return truthOf(x.number.Cmp(y.number) <= 0), nil
	case ">":
		return truthOf(x.number.Cmp(y.number) > 0), nil
	case ">=":
		return truthOf(x.number.Cmp(y.number) >= 0), nil
	case "+":
		return bounded(numberOf(x.number.Add(y.number)))
	case "-":
		return bounded(numberOf(x.number.Sub(y.number)))
	case "*":
		return bounded(numberOf(x.number.Mul(y.number)))
	case "/":
		return quotient(x.number, y.number)
	}
	panic("procedure: operator " + op) // cannot happen: the parser knows all
}

func quotient(x, y measure.Decimal) (value, error) {
	if y.IsZero() {
		return value{}, undefined("除数为零", "division by zero")
	}
	q, err := x.Quo(y)
	if err != nil {
		return value{}, fmt.Errorf("divide: %w", err)
	}
	return bounded(numberOf(q))
}

func equal(x, y value) bool {
	switch x.kind {
	case numberKind:
		return x.number.Cmp(y.number) == 0
	case truthKind:
		return x.truth == y.truth
	case textKind:
		return x.text == y.text
	}
	return false
}

// maxResult bounds the length of a number on the way: far beyond any measurement, far below what costs time.
const maxResult = 400

func bounded(v value) (value, error) {
	if v.kind == numberKind && len(v.number.String()) > maxResult {
		return value{}, undefined("计算结果的位数过多", "the result has too many digits")
	}
	return v, nil
}
