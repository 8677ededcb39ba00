package procedure

import (
	"fmt"
	"strings"

	"hengjian/internal/measure"
)

// The expressions of a definition are arithmetic over exact decimals: + - * /, comparisons, and, or, not, brackets, the
// functions abs, min, max, has and mpe, and names of parameters, readings and computed values. They are parsed once;
// nothing else can be said in them.

const (
	maxExpression = 400
	maxDepth      = 40
)

// value is a decimal, a truth, or the list of a reading over all rows.
type value struct {
	number measure.Decimal
	truth  bool
	list   []measure.Decimal
	kind   valueKind
}

type valueKind int

const (
	numberValue valueKind = iota
	truthValue
	listValue
)

func number(d measure.Decimal) value { return value{number: d} }
func truth(b bool) value             { return value{truth: b, kind: truthValue} }

// scope gives names their values while an expression is evaluated.
type scope struct {
	values map[string]value
	outer  *scope
	mpe    func(load measure.Decimal) (measure.Decimal, error)
}

func (s *scope) find(name string) (value, bool) {
	for at := s; at != nil; at = at.outer {
		if v, ok := at.values[name]; ok {
			return v, true
		}
	}
	return value{}, false
}

func (s *scope) limit(load measure.Decimal) (measure.Decimal, error) {
	for at := s; at != nil; at = at.outer {
		if at.mpe != nil {
			return at.mpe(load)
		}
	}
	return measure.Decimal{}, fmt.Errorf("mpe is not known here")
}

func (s *scope) inner() *scope { return &scope{values: map[string]value{}, outer: s} }

// unknownName is what an expression needs and does not have.
type unknownName string

// Error implements error.
func (n unknownName) Error() string { return "unknown name " + string(n) }

// expression is a parsed expression.
type expression struct {
	text string
	root node
}

type node interface {
	eval(s *scope) (value, error)
}

func (e expression) number(s *scope) (measure.Decimal, error) {
	v, err := e.root.eval(s)
	if err != nil {
		return measure.Decimal{}, err
	}
	if v.kind != numberValue {
		return measure.Decimal{}, fmt.Errorf("%s: not a number", e.text)
	}
	return v.number, nil
}

func (e expression) holds(s *scope) (bool, error) {
	v, err := e.root.eval(s)
	if err != nil {
		return false, err
	}
	if v.kind != truthValue {
		return false, fmt.Errorf("%s: neither true nor false", e.text)
	}
	return v.truth, nil
}

type (
	constant  struct{ v value }
	reference string
	unary     struct {
		op string
		x  node
	}
	binary struct {
		op   string
		x, y node
	}
	call struct {
		name string
		args []node
	}
)

func (c constant) eval(*scope) (value, error) { return c.v, nil }

func (r reference) eval(s *scope) (value, error) {
	if v, ok := s.find(string(r)); ok {
		return v, nil
	}
	return value{}, unknownName(r)
}

func (u unary) eval(s *scope) (value, error) {
	v, err := u.x.eval(s)
	if err != nil {
		return v, err
	}
	switch {
	case u.op == "not" && v.kind == truthValue:
		return truth(!v.truth), nil
	case u.op == "-" && v.kind == numberValue:
		return number(v.number.Neg()), nil
	}
	return value{}, fmt.Errorf("%s does not fit its operand", u.op)
}

func (b binary) eval(s *scope) (value, error) {
	x, err := b.x.eval(s)
	if err != nil {
		return x, err
	}
	if x.kind == truthValue {
		return b.logic(s, x)
	}
	y, err := b.y.eval(s)
	if err != nil {
		return y, err
	}
	if x.kind != numberValue || y.kind != numberValue {
		return value{}, fmt.Errorf("%s does not fit its operands", b.op)
	}
	return arithmetic(b.op, x.number, y.number)
}

func (b binary) logic(s *scope, x value) (value, error) {
	if b.op != "and" && b.op != "or" {
		return value{}, fmt.Errorf("%s does not fit a truth", b.op)
	}
	if x.truth == (b.op == "or") {
		return x, nil
	}
	y, err := b.y.eval(s)
	if err == nil && y.kind != truthValue {
		err = fmt.Errorf("%s does not fit its operands", b.op)
	}
	return y, err
}

func arithmetic(op string, x, y measure.Decimal) (value, error) {
	c := x.Cmp(y)
	switch op {
	case "+":
		return number(x.Add(y)), nil
	case "-":
		return number(x.Sub(y)), nil
	case "*":
		return number(x.Mul(y)), nil
	case "/":
		q, err := x.Quo(y)
		return number(q), err
	case "<=":
		return truth(c <= 0), nil
	case "<":
		return truth(c < 0), nil
	case ">=":
		return truth(c >= 0), nil
	case ">":
		return truth(c > 0), nil
	case "==":
		return truth(c == 0), nil
	case "!=":
		return truth(c != 0), nil
	}
	return value{}, fmt.Errorf("unknown operator %s", op)
}

func (c call) eval(s *scope) (value, error) {
	if c.name == "has" {
		name, ok := c.args[0].(reference)
		if !ok {
			return value{}, fmt.Errorf("has needs a name")
		}
		_, found := s.find(string(name))
		return truth(found), nil
	}
	var all []measure.Decimal
	for _, a := range c.args {
		v, err := a.eval(s)
		switch {
		case err != nil:
			return v, err
		case v.kind == listValue:
			all = append(all, v.list...)
		case v.kind == numberValue:
			all = append(all, v.number)
		default:
			return value{}, fmt.Errorf("%s does not fit a truth", c.name)
		}
	}
	if len(all) == 0 {
		return value{}, fmt.Errorf("%s of nothing", c.name)
	}
	switch c.name {
	case "abs":
		return number(all[0].Abs()), nil
	case "mpe":
		limit, err := s.limit(all[0])
		return number(limit), err
	}
	best := all[0]
	for _, d := range all[1:] {
		if c.name == "max" {
			best = best.Max(d)
		} else {
			best = best.Min(d)
		}
	}
	return number(best), nil
}

// parser reads one expression by descent; each level of binding is one function.
type parser struct {
	tokens []string
	at     int
	depth  int
}

// parseExpression reads an expression; its error says where it stops making sense.
func parseExpression(text string) (expression, error) {
	if len(text) > maxExpression {
		return expression{}, fmt.Errorf("an expression has at most %d characters", maxExpression)
	}
	tokens, err := scan(text)
	if err != nil {
		return expression{}, err
	}
	p := &parser{tokens: tokens}
	root, err := p.either()
	if err == nil && p.at != len(p.tokens) {
		err = fmt.Errorf("%q: unexpected %q", text, p.tokens[p.at])
	}
	if err != nil {
		return expression{}, err
	}
	return expression{text: text, root: root}, nil
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

func scan(text string) ([]string, error) {
	var tokens []string
	for i := 0; i < len(text); {
		rest := text[i:]
		n := 1
		switch c := text[i]; {
		case c == ' ':
			i++
			continue
		case strings.IndexByte(letters, c) >= 0:
			n = span(rest, letters+"0123456789")
		case c >= '0' && c <= '9':
			n = span(rest, "0123456789.")
		case strings.HasPrefix(rest, "<=") || strings.HasPrefix(rest, ">=") || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "!="):
			n = 2
		case strings.IndexByte("+-*/(),<>", c) >= 0:
		default:
			return nil, fmt.Errorf("%q: unexpected %q", text, c)
		}
		tokens = append(tokens, rest[:n])
		i += n
	}
	return tokens, nil
}

func span(s, of string) int {
	n := 0
	for n < len(s) && strings.IndexByte(of, s[n]) >= 0 {
		n++
	}
	return n
}

func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *parser) take(tokens ...string) string {
	for _, t := range tokens {
		if p.peek() == t {
			p.at++
			return t
		}
	}
	return ""
}

// left reads operands of one binding level, joined by its operators from the left.
func (p *parser) left(operand func() (node, error), operators ...string) (node, error) {
	if p.depth++; p.depth > maxDepth*8 {
		return nil, fmt.Errorf("the expression is too deep")
	}
	defer func() { p.depth-- }()
	x, err := operand()
	for err == nil {
		op := p.take(operators...)
		if op == "" {
			return x, nil
		}
		var y node
		if y, err = operand(); err == nil {
			x = binary{op, x, y}
		}
	}
	return nil, err
}

func (p *parser) either() (node, error)   { return p.left(p.both, "or") }
func (p *parser) both() (node, error)     { return p.left(p.compared, "and") }
func (p *parser) compared() (node, error) { return p.left(p.sum, "<=", ">=", "==", "!=", "<", ">") }
func (p *parser) sum() (node, error)      { return p.left(p.product, "+", "-") }
func (p *parser) product() (node, error)  { return p.left(p.signed, "*", "/") }

func (p *parser) signed() (node, error) {
	if op := p.take("-", "not"); op != "" {
		if p.depth++; p.depth > maxDepth*8 {
			return nil, fmt.Errorf("the expression is too deep")
		}
		x, err := p.signed()
		return unary{op, x}, err
	}
	return p.atom()
}

func (p *parser) atom() (node, error) {
	token := p.peek()
	p.at++
	switch {
	case token == "":
		return nil, fmt.Errorf("the expression ends too early")
	case token == "(":
		x, err := p.either()
		if err == nil && p.take(")") == "" {
			err = fmt.Errorf("a bracket is not closed")
		}
		return x, err
	case token[0] >= '0' && token[0] <= '9':
		d, err := measure.ParseDecimal(token)
		return constant{number(d)}, err
	case strings.IndexByte(letters, token[0]) >= 0:
		if p.take("(") != "" {
			return p.call(token)
		}
		return reference(token), nil
	}
	return nil, fmt.Errorf("unexpected %q", token)
}

// functions have these numbers of arguments; -1 is any but none.
var functions = map[string]int{"abs": 1, "has": 1, "mpe": 1, "min": -1, "max": -1}

func (p *parser) call(name string) (node, error) {
	want, known := functions[name]
	if !known {
		return nil, fmt.Errorf("unknown function %s", name)
	}
	c := call{name: name}
	for {
		x, err := p.either()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, x)
		if p.take(",") != "" {
			continue
		}
		if p.take(")") == "" {
			return nil, fmt.Errorf("the arguments of %s do not end", name)
		}
		if want > 0 && len(c.args) != want {
			return nil, fmt.Errorf("%s takes %d argument(s)", name, want)
		}
		return c, nil
	}
}
