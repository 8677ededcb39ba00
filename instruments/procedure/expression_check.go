package procedure

// names are what a formula may use at its place in the definition.
type names struct {
	kinds     map[string]kind
	functions map[string]function
	outer     *names
}

// function is what a formula can call.
type function struct {
	parameters []kind // of the arguments; the last repeats when many is set
	many       bool
	table      *lookup // of edges: the first argument was the name of this table
	gives      kind
	call       func(s *scope, args []value) (value, error)
}

func (n *names) inner() *names {
	return &names{kinds: map[string]kind{}, functions: map[string]function{}, outer: n}
}

func (n *names) kindOf(name string) (kind, bool) {
	for at := n; at != nil; at = at.outer {
		if k, ok := at.kinds[name]; ok {
			return k, true
		}
	}
	return 0, false
}

func (n *names) function(name string) (function, bool) {
	for at := n; at != nil; at = at.outer {
		if f, ok := at.functions[name]; ok {
			return f, true
		}
	}
	f, ok := builtins[name]
	return f, ok
}

// compile parses a formula, gives each name and call its meaning and makes sure that it gives what is wanted: the kind
// want, or anything when want is 0.
func compile(text string, at *names, want kind) (*formula, error) {
	root, err := parseFormula(text)
	if err != nil {
		return nil, err
	}
	if err := root.check(at); err != nil {
		return nil, err
	}
	if want != 0 && root.kind != want {
		return nil, wrongAt(root.at, "this is a %s, and a %s is wanted", root.kind, want)
	}
	return &formula{text: text, root: root}, nil
}

func (n *node) check(at *names) error {
	switch n.op {
	case "literal":
		n.kind = n.val.kind
		return nil
	case "name":
		k, ok := at.kindOf(n.name)
		if !ok {
			return wrongAt(n.at, "unknown name %s", n.name)
		}
		n.kind = k
		return nil
	case "call":
		return n.checkCall(at)
	}
	for _, a := range n.args {
		if err := a.check(at); err != nil {
			return err
		}
	}
	return n.checkOperator()
}

func (n *node) checkOperator() error {
	operand := numberKind
	switch n.op {
	case "and", "or", "not":
		operand, n.kind = truthKind, truthKind
	case "==", "!=":
		operand, n.kind = n.args[0].kind, truthKind
		if operand == listKind {
			return wrongAt(n.at, "%s does not compare lists", n.op)
		}
	case "<", "<=", ">", ">=":
		n.kind = truthKind
	default:
		n.kind = numberKind
	}
	for _, a := range n.args {
		if a.kind != operand {
			return wrongAt(a.at, "%s wants a %s here, not a %s", n.op, operand, a.kind)
		}
	}
	return nil
}

func (n *node) checkCall(at *names) error {
	switch n.name {
	case "given":
		return n.checkGiven(at)
	case "if":
		return n.checkIf(at)
	case "edges":
		return n.checkEdges(at)
	}
	f, ok := at.function(n.name)
	if !ok {
		return wrongAt(n.at, "unknown function %s", n.name)
	}
	for _, a := range n.args {
		if err := a.check(at); err != nil {
			return err
		}
	}
	return n.fits(f)
}

// fits holds the arguments against the function's and takes it over.
func (n *node) fits(f function) error {
	n.kind, n.call = f.gives, f.call
	if len(n.args) != len(f.parameters) && (!f.many || len(n.args) < len(f.parameters)) {
		return wrongAt(n.at, "%s takes %d argument(s), not %d", n.name, len(f.parameters), len(n.args))
	}
	if f.many && f.gives == numberKind && len(n.args) == 1 && n.args[0].kind == listKind {
		return nil // min, max: of the members of one list
	}
	for i, a := range n.args {
		want := f.parameters[min(i, len(f.parameters)-1)]
		if a.kind != want {
			return wrongAt(a.at, "%s wants a %s here, not a %s", n.name, want, a.kind)
		}
	}
	return nil
}

func (n *node) checkGiven(at *names) error {
	if len(n.args) != 1 || n.args[0].op != "name" {
		return wrongAt(n.at, "given takes one name")
	}
	n.kind = truthKind
	return n.args[0].check(at)
}

func (n *node) checkIf(at *names) error {
	if len(n.args) != 3 {
		return wrongAt(n.at, "if takes a condition and two values")
	}
	for _, a := range n.args {
		if err := a.check(at); err != nil {
			return err
		}
	}
	if n.args[0].kind != truthKind {
		return wrongAt(n.args[0].at, "if wants a truth here, not a %s", n.args[0].kind)
	}
	if n.args[1].kind != n.args[2].kind {
		return wrongAt(n.args[2].at, "both values of if are of one kind: %s", n.args[1].kind)
	}
	n.kind = n.args[1].kind
	return nil
}

// checkEdges: edges(table, key, …) lists the upper edges of the table's bands for the keys.
func (n *node) checkEdges(at *names) error {
	if n.args[0].op != "name" {
		return wrongAt(n.at, "edges wants the name of a table first")
	}
	f, ok := at.function(n.args[0].name)
	if !ok || f.table == nil || f.table.match == "" {
		return wrongAt(n.args[0].at, "there is no table %s with edges", n.args[0].name)
	}
	n.args = n.args[1:]
	for _, a := range n.args {
		if err := a.check(at); err != nil {
			return err
		}
	}
	keys := f.parameters[:len(f.parameters)-1]
	return n.fits(function{parameters: keys, gives: listKind, call: f.table.edges})
}
