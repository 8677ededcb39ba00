package standards

// Names holds what items and products are called: synonyms of items, other names of products, and which products are
// kinds of which, each with the standard whose classification says so.
type Names struct {
	items map[string]string // key of a synonym to the key of the item
	foods map[string][]foodLink
}

// Food says that a product is another name for (Same) or a kind of its parent, in one standard or (Standard empty) in
// all.
type Food struct {
	Name       string
	Parent     string
	Same       bool
	Standard   string
	Confidence string
}

type foodLink struct {
	parent   string
	standard string
	steps    int
}

// NewNames builds the index; synonyms map another name of an item to the name that the catalogue uses.
func NewNames(synonyms map[string]string, foods []Food) *Names {
	n := &Names{items: map[string]string{}, foods: map[string][]foodLink{}}
	for other, item := range synonyms {
		n.items[itemKey(other)] = itemKey(item)
	}
	for _, f := range foods {
		steps := 1
		if f.Same {
			steps = 0
		}
		key := nameKey(f.Name)
		n.foods[key] = append(n.foods[key], foodLink{nameKey(f.Parent), f.Standard, steps})
	}
	return n
}

// item is the key of the item that a name means.
func (n *Names) item(name string) string {
	key := itemKey(name)
	if item, ok := n.items[key]; ok {
		return item
	}
	return key
}

// above gives the product and all that it is a kind of under a standard, each with the number of steps up.
func (n *Names) above(product, standard string) map[string]int {
	steps := map[string]int{product: 0}
	queue := []string{product}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		for _, link := range n.foods[name] {
			if link.standard != "" && link.standard != standard {
				continue
			}
			far := steps[name] + link.steps
			if known, ok := steps[link.parent]; ok && known <= far {
				continue
			}
			steps[link.parent] = far
			queue = append(queue, link.parent)
		}
	}
	return steps
}
