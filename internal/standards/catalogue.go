package standards

import (
	"slices"

	"hengjian/internal/calendar"
)

// Catalogue finds the one limit that holds for an item, a product and a day. It is immutable.
type Catalogue struct {
	names  *Names
	rows   []*entry
	byItem map[string][]*entry
}

// entry is a row with its limit read and its scope taken apart.
type entry struct {
	row    Row
	limit  Limit
	scope  scope
	grades []string
}

// Query asks for a limit. Grade is the grade or form (92, 0号, 液态), Conditions what the caller knows to hold, in the
// words of the rows (包装：预包装). What is not stated is not assumed.
type Query struct {
	Item       string
	Product    string
	Grade      string
	Date       calendar.Date // of production; of sampling for vehicle fuel
	Conditions []string
}

// NewCatalogue checks every row: an unreadable row is an error here, never at a judgement.
func NewCatalogue(rows []Row, names *Names) (*Catalogue, error) {
	c := &Catalogue{names: names, byItem: map[string][]*entry{}}
	for _, r := range rows {
		limit, err := r.parse()
		if err != nil {
			return nil, err
		}
		if _, _, err := r.inSeason(r.ValidFrom); err != nil {
			return nil, err
		}
		e := &entry{r, limit, readScope(r.Scope), r.grades()}
		c.rows = append(c.rows, e)
		item := names.item(r.Item)
		c.byItem[item] = append(c.byItem[item], e)
	}
	return c, nil
}

// Rows returns all rows, in the order in which they were given.
func (c *Catalogue) Rows() []Row {
	rows := make([]Row, len(c.rows))
	for i, e := range c.rows {
		rows[i] = e.row
	}
	return rows
}

// candidate is a row whose item and product fit: steps is how far above the product its scope names it, above what the
// product is a kind of, hindrance why the row cannot be used.
type candidate struct {
	entry     *entry
	steps     int
	above     map[string]int
	hindrance *Reason
}

// Find returns the one limit for the query, with its row. When there is none, or more than one, or the nearest cannot
// be used (disabled, a condition that nobody stated), the error is of kind Blocked and says why; a farther row is then
// not used in its place.
func (c *Catalogue) Find(q Query) (Limit, error) {
	if q.Date.IsZero() {
		return Limit{}, blocked("no_date", "未说明日期，不能确定适用的版本", "without a date the edition is unknown", nil)
	}
	var near []candidate
	var missed []Reason
	stated, key := basesOf(q.Item), nameKey(q.Product)
	for _, e := range c.byItem[c.names.item(q.Item)] {
		if !containsAll(e.row.Basis, stated) {
			continue // the query names a basis that the row is not on
		}
		ask, product := q.forGrades(e.grades, key)
		above := c.names.above(product, e.row.Standard)
		steps := e.scope.steps(above)
		if miss := e.miss(ask, above, steps); miss != nil {
			missed = append(missed, *miss)
			continue
		}
		if steps < 0 || len(near) > 0 && steps > near[0].steps {
			continue
		}
		if len(near) > 0 && steps < near[0].steps {
			near = nil // the more special scope goes before the general one
		}
		near = append(near, candidate{e, steps, above, c.hindrance(e, ask, product)})
	}
	if len(near) == 0 {
		return Limit{}, notFound(q, missed)
	}
	return settle(near)
}

// forGrades takes a grade out of the product's name (0号车用柴油, 运动营养食品 液态) when it is one of the row's grades; key is
// the product's key, and returned as it is then.
func (q Query) forGrades(grades []string, key string) (ask Query, product string) {
	if q.Grade != "" || grades == nil {
		return q, key
	}
	if name, grade := splitGrade(q.Product); slices.Contains(grades, gradeKey(grade)) {
		q.Grade, key = grade, nameKey(name)
	}
	return q, key
}

// miss says why a row whose scope speaks of the product does not apply to it, nil when it applies or says nothing of
// it.
func (e *entry) miss(q Query, above map[string]int, steps int) *Reason {
	excepted := slices.ContainsFunc(e.scope.except, func(name string) bool { _, ok := above[name]; return ok })
	if steps < 0 && !excepted {
		return nil
	}
	name := e.row.name()
	from, to := e.row.ValidFrom.String(), e.row.ValidTo.String()
	in, _, err := e.row.inSeason(q.Date)
	_, excluded := e.row.condition(q.Conditions)
	switch {
	case excepted:
		return &Reason{"excepted", "产品属于" + name + "的除外范围", "the product is excepted from " + name}
	case err != nil || !in:
		return &Reason{"season", name + "适用于其他季节", name + " is for another season"}
	case q.Date.Before(e.row.ValidFrom):
		return &Reason{"not_yet_valid", name + "自 " + from + " 起施行", name + " is in force only from " + from}
	case !e.row.ValidTo.IsZero() && q.Date.After(e.row.ValidTo):
		return &Reason{"no_longer_valid", name + "已于 " + to + " 失效", name + " was in force until " + to}
	case excluded:
		return &Reason{"other_condition", name + "的条件（" + e.row.Condition + "）不成立",
			"the condition of " + name + " (" + e.row.Condition + ") does not hold"}
	case e.grades != nil && q.Grade != "" && !slices.Contains(e.grades, gradeKey(q.Grade)):
		return &Reason{"other_grade", name + "适用于其他牌号或类别：" + e.row.Grade, name + " is for the grades " + e.row.Grade}
	}
	return nil
}

// hindrance says why a row that applies cannot be used, nil when it can.
func (c *Catalogue) hindrance(e *entry, q Query, product string) *Reason {
	r, name := e.row, e.row.name()
	_, changing, _ := r.inSeason(q.Date) // NewCatalogue has read the season
	met, _ := r.condition(q.Conditions)
	switch {
	case !r.Enabled:
		return &Reason{"disabled", name + "尚未经技术负责人确认，未启用",
			name + " is not enabled: the technical manager has not confirmed it"}
	case e.grades != nil && q.Grade == "":
		return &Reason{"grade_needed", name + "按牌号或类别（" + r.Grade + "）规定，未说明是哪一个",
			name + " depends on the grade (" + r.Grade + "), which is not stated"}
	case !met:
		return &Reason{"condition", name + "的条件（" + r.Condition + "）是否成立未说明",
			"whether the condition of " + name + " (" + r.Condition + ") holds is not stated"}
	case changing:
		return &Reason{"changeover", "该日期处于" + name + "的换季置换期", "the day is in the changeover to the season of " + name}
	case c.tooWide(e, product):
		return &Reason{"product_too_wide", "产品名称过宽，可能属于" + name + "的除外范围",
			"the product is named too widely: it may be one that is excepted from " + name}
	}
	return nil
}

// tooWide says whether the product, which the scope covers only from above, itself covers one of the exceptions: then
// nobody knows whether the sample is one. A product that is called by the scope's own word is taken at that word.
func (c *Catalogue) tooWide(e *entry, product string) bool {
	if slices.Contains(e.scope.terms, product) {
		return false
	}
	for _, name := range e.scope.except {
		if _, ok := c.names.above(name, e.row.Standard)[product]; ok {
			return true
		}
	}
	return false
}

// settle returns the only candidate's limit; a hindrance of any of them, or several, leave it open.
func settle(near []candidate) (Limit, error) {
	var open []Reason
	for _, n := range near {
		if n.hindrance != nil {
			open = append(open, *n.hindrance)
		}
	}
	if len(open) > 0 {
		return Limit{}, blocked("limit_open", "", "", open)
	}
	if len(near) > 1 {
		for _, n := range near {
			open = append(open, Reason{"several", n.entry.row.name(), n.entry.row.name()})
		}
		return Limit{}, blocked("several_limits", "有多条限量同时适用：", "several limits apply: ", open)
	}
	l := near[0].entry.limit
	if !near[0].basisApplies() {
		l.Basis = nil
	}
	return l, nil
}

// basisApplies says whether the row's basis is for this product: 稻谷以糙米计 says nothing about flour.
func (c candidate) basisApplies() bool {
	if c.entry.row.BasisFor == "" {
		return true
	}
	return slices.ContainsFunc(splitNames(c.entry.row.BasisFor), func(name string) bool {
		_, ok := c.above[nameKey(name)]
		return ok
	})
}

func notFound(q Query, missed []Reason) error {
	if len(missed) > 0 {
		return blocked("no_limit", "没有适用的限量：", "no limit applies: ", missed)
	}
	zh := "限量库中没有“" + clip(q.Product) + "”中“" + clip(q.Item) + "”的限量"
	en := "the catalogue has no limit of " + clip(q.Item) + " for " + clip(q.Product)
	return blocked("no_limit", zh, en, nil)
}
