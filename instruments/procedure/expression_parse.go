package procedure

import (
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/measure"
)

// Bounds of a formula.
const (
	maxFormula = 500 // bytes
	maxDepth   = 160 // levels of descent; a bracket takes six
)

// syntaxError says in which column a formula stops making sense.
type syntaxError struct {
	column int
	text   string
}

// Error implements error.
func (e syntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.column, e.text) }

func wrongAt(column int, format string, args ...any) error {
	return syntaxError{column, fmt.Sprintf(format, args...)}
}

// parseFormula reads a formula; its names and kinds are not checked yet.
func parseFormula(text string) (*node, error) {
	if len(text) > maxFormula {
		return nil, wrongAt(maxFormula, "a formula has at most %d bytes", maxFormula)
	}
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	root, err := p.either(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.sort != endToken {
		return nil, wrongAt(t.at, "unexpected %q", t.text)
	}
	return root, nil
}

type tokenSort int

const (
	endToken tokenSort = iota
	numberToken
	nameToken
	textToken
	signToken
)

type token struct {
	sort tokenSort
	text string
	at   int
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	digits  = "0123456789"
)

// scan cuts a formula into tokens; the last one is the end.
func scan(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\n' {
			i++
			continue
		}
		t, err := next(text[i:], i+1)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		i += len(t.text)
	}
	return append(tokens, token{sort: endToken, text: "end", at: len(text) + 1}), nil
}

func next(rest string, at int) (token, error) {
	c := rest[0]
	switch {
	case strings.IndexByte(letters, c) >= 0:
		return token{nameToken, rest[:span(rest, letters+digits+".")], at}, nil
	case strings.IndexByte(digits, c) >= 0:
		return token{numberToken, rest[:span(rest, digits+".")], at}, nil
	case c == '"':
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			return token{}, wrongAt(at, "a text is not closed")
		}
		return token{textToken, rest[:end+2], at}, nil
	}
	for _, sign := range []string{"<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ","} {
		if strings.HasPrefix(rest, sign) {
			return token{signToken, sign, at}, nil
		}
	}
	return token{}, wrongAt(at, "unexpected %q", []rune(rest)[0])
}

func span(s, of string) int {
	n := 0
	for n < len(s) && strings.IndexByte(of, s[n]) >= 0 {
		n++
	}
	return n
}

// parser reads by descent: each strength of binding is one function.
type parser struct {
	tokens []token
	at     int
}

func (p *parser) peek() token { return p.tokens[p.at] }

// take moves on when the next token is one of the given.
func (p *parser) take(texts ...string) (token, bool) {
	t := p.peek()
	if t.sort != signToken && t.sort != nameToken {
		return t, false
	}
	found := slices.Contains(texts, t.text)
	if found {
		p.at++
	}
	return t, found
}

// chain reads operands joined by operators, from the left.
func (p *parser) chain(depth int, operand func(int) (*node, error), operators ...string) (*node, error) {
	left, err := operand(depth + 1)
	for err == nil {
		t, found := p.take(operators...)
		if !found {
			return left, nil
		}
		var right *node
		if right, err = operand(depth + 1); err == nil {
			left = &node{op: t.text, at: t.at, args: []*node{left, right}}
		}
	}
	return nil, err
}

func (p *parser) either(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, wrongAt(p.peek().at, "nested too deeply")
	}
	return p.chain(depth, p.both, "or")
}

func (p *parser) both(depth int) (*node, error)    { return p.chain(depth, p.denied, "and") }
func (p *parser) sum(depth int) (*node, error)     { return p.chain(depth, p.product, "+", "-") }
func (p *parser) product(depth int) (*node, error) { return p.chain(depth, p.signed, "*", "/") }

func (p *parser) denied(depth int) (*node, error) {
	t, found := p.take("not")
	if !found {
		return p.compared(depth)
	}
	x, err := p.denied(depth + 1)
	return &node{op: "not", at: t.at, args: []*node{x}}, err
}

// compared reads one comparison: a chain of them would be misread.
func (p *parser) compared(depth int) (*node, error) {
	left, err := p.sum(depth)
	if err != nil {
		return nil, err
	}
	t, found := p.take("<=", ">=", "==", "!=", "<", ">")
	if !found {
		return left, nil
	}
	right, err := p.sum(depth)
	return &node{op: t.text, at: t.at, args: []*node{left, right}}, err
}

func (p *parser) signed(depth int) (*node, error) {
	t, found := p.take("-")
	if !found {
		return p.atom(depth)
	}
	if depth > maxDepth {
		return nil, wrongAt(t.at, "nested too deeply")
	}
	x, err := p.signed(depth + 1)
	return &node{op: "minus", at: t.at, args: []*node{x}}, err
}

func (p *parser) atom(depth int) (*node, error) {
	t := p.peek()
	if t.sort != endToken {
		p.at++
	}
	switch {
	case t.sort == numberToken:
		d, err := measure.ParseDecimal(t.text)
		if err != nil {
			return nil, wrongAt(t.at, "%q is not a decimal number", short(t.text))
		}
		return &node{op: "literal", at: t.at, val: numberOf(d)}, nil
	case t.sort == textToken:
		return &node{op: "literal", at: t.at, val: textOf(strings.Trim(t.text, `"`))}, nil
	case t.sort == nameToken && (t.text == "true" || t.text == "false"):
		return &node{op: "literal", at: t.at, val: truthOf(t.text == "true")}, nil
	case t.sort == nameToken && !reserved[t.text]:
		if _, found := p.take("("); found {
			return p.arguments(t, depth)
		}
		return &node{op: "name", at: t.at, name: t.text}, nil
	case t.text == "(":
		x, err := p.either(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, found := p.take(")"); !found {
			return nil, wrongAt(p.peek().at, "the bracket of column %d is not closed", t.at)
		}
		return x, nil
	}
	return nil, wrongAt(t.at, "unexpected %s", t.text)
}

// reserved words are no names.
var reserved = map[string]bool{"and": true, "or": true, "not": true, "true": true, "false": true}

func (p *parser) arguments(name token, depth int) (*node, error) {
	n := &node{op: "call", at: name.at, name: name.text}
	for {
		x, err := p.either(depth + 1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, x)
		if _, found := p.take(","); found {
			continue
		}
		if t, found := p.take(")"); !found {
			return nil, wrongAt(t.at, "the arguments of %s do not end", name.text)
		}
		return n, nil
	}
}
