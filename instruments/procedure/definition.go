// Package procedure holds verification procedures (检定规程) as data and the pure engine that reads them: from an
// edition, an instrument's parameters, the stage and the readings to every computed value, the verdict of every point and
// item, and the conclusion pass, fail or undetermined with all that is missing. Nothing passes by default: a mandatory
// item, point or reading that is missing or unreadable leaves the verification undetermined.
//
// A new procedure is a file in definitions/, not code. Read definition.go for the schema, evaluate.go for the engine.
package procedure

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

//go:embed definitions/*.yaml
var definitions embed.FS

// Stage is what a verification is made for.
type Stage string

// The stages.
const (
	Initial    Stage = "initial"    // 首次检定
	Subsequent Stage = "subsequent" // 后续检定
	Inspection Stage = "inspection" // 使用中检查
)

// Words is a text in both languages.
type Words struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// Definition is one edition of a procedure.
type Definition struct {
	ID          string      `yaml:"id" json:"id"`
	Edition     string      `yaml:"edition" json:"edition"`
	Title       Words       `yaml:"title" json:"title"`
	Lifecycle   Lifecycle   `yaml:"lifecycle" json:"lifecycle"`
	Unit        string      `yaml:"unit" json:"unit"` // of parameters and readings, where nothing else is said
	Parameters  []Parameter `yaml:"parameters" json:"parameters"`
	Derived     []Step      `yaml:"derived" json:"derived,omitempty"`
	MPE         MPE         `yaml:"mpe" json:"mpe"`
	Environment []Condition `yaml:"environment" json:"environment,omitempty"`
	Standard    Requirement `yaml:"standard" json:"standard"`
	Items       []Item      `yaml:"items" json:"items"`
	Cycle       Cycle       `yaml:"cycle" json:"cycle"`
	Facts       []Fact      `yaml:"facts" json:"facts"`
	parsed      map[string]expression
	ratio       measure.Decimal
	effective   calendar.Date
	until       *calendar.Date
}

// Lifecycle says from when until when an edition is in force.
type Lifecycle struct {
	Issued     string `yaml:"issued" json:"issued"`
	Effective  string `yaml:"effective" json:"effective"`
	Until      string `yaml:"until" json:"until,omitempty"`
	ReplacedBy string `yaml:"replaced_by" json:"replaced_by,omitempty"`
	Trial      bool   `yaml:"trial" json:"trial,omitempty"`
}

// Parameter is what must be known of an instrument. Kind is quantity (in the unit of the instrument), number, choice,
// boolean, list (of quantities) or intervals (a list of max and e, for multi-interval scales).
type Parameter struct {
	Name     string            `yaml:"name" json:"name"`
	Title    Words             `yaml:"title" json:"title"`
	Kind     string            `yaml:"kind" json:"kind"`
	Required bool              `yaml:"required" json:"required,omitempty"`
	Default  string            `yaml:"default" json:"default,omitempty"`
	Choices  []string          `yaml:"choices" json:"choices,omitempty"`
	Aliases  map[string]string `yaml:"aliases" json:"-"`
	Positive bool              `yaml:"positive" json:"positive,omitempty"`
}

// Step computes a value by name. For limits it to some classes (of MPE.Class), When to what holds.
type Step struct {
	Name  string   `yaml:"name" json:"name"`
	Value string   `yaml:"value" json:"value"`
	When  string   `yaml:"when" json:"when,omitempty"`
	For   []string `yaml:"for" json:"for,omitempty"`
	Title string   `yaml:"title" json:"title,omitempty"` // of a total, as certificates print it
}

// MPE is the maximum permissible error by class and band. The first band whose condition holds counts; a load that no
// band covers has no MPE, and nothing there can pass. Upper edges belong to the band.
type MPE struct {
	Class   string            `yaml:"class" json:"class"` // parameter that chooses the bands
	Bands   map[string][]Band `yaml:"bands" json:"bands"`
	Factors map[Stage]string  `yaml:"factors" json:"factors"`
}

// Band is one band: Value holds when When does. The load is called load.
type Band struct {
	When  string `yaml:"when" json:"when,omitempty"`
	Value string `yaml:"value" json:"value"`
}

// Condition bounds a quantity of the environment.
type Condition struct {
	Quantity string `yaml:"quantity" json:"quantity"`
	Title    Words  `yaml:"title" json:"title"`
	Unit     string `yaml:"unit" json:"unit"`
	Min      string `yaml:"min" json:"min,omitempty"`
	Max      string `yaml:"max" json:"max,omitempty"`
}

// Requirement says how good the standards must be: the ratio of their MPE to the instrument's.
type Requirement struct {
	Title    Words  `yaml:"title" json:"title"`
	MaxRatio string `yaml:"max_ratio" json:"max_ratio"`
}

// Item is one item of the procedure. Kind check: every row says ok; kind measure: rows of readings.
type Item struct {
	ID        string        `yaml:"id" json:"id"`
	Title     Words         `yaml:"title" json:"title"`
	Kind      string        `yaml:"kind" json:"kind"`
	Stages    []Stage       `yaml:"stages" json:"stages"`
	When      string        `yaml:"when" json:"when,omitempty"` // of the parameters: otherwise the item does not apply
	From      string        `yaml:"from" json:"from,omitempty"` // reads the rows of another item
	Readings  []Reading     `yaml:"readings" json:"readings,omitempty"`
	Steps     []Step        `yaml:"steps" json:"steps,omitempty"`   // for each row, in order
	Accept    string        `yaml:"accept" json:"accept,omitempty"` // for each row
	Totals    []Step        `yaml:"totals" json:"totals,omitempty"` // over all rows
	AcceptAll string        `yaml:"accept_all" json:"accept_all,omitempty"`
	Share     string        `yaml:"share" json:"share,omitempty"` // a total that later items may use
	Limit     string        `yaml:"limit" json:"limit,omitempty"` // what is printed beside the error
	Error     string        `yaml:"error" json:"error,omitempty"` // the value that is held against the limit
	Points    []Point       `yaml:"points" json:"points,omitempty"`
	MinRows   map[Stage]int `yaml:"min_rows" json:"min_rows,omitempty"`
	Rows      string        `yaml:"rows" json:"rows,omitempty"`     // expression of the number of rows that are needed
	Usable    string        `yaml:"usable" json:"usable,omitempty"` // a row counts towards the needed number when this holds
}

// Reading is one column of an item's rows.
type Reading struct {
	Name     string   `yaml:"name" json:"name"`
	Aliases  []string `yaml:"aliases" json:"aliases,omitempty"`
	Title    Words    `yaml:"title" json:"title"`
	Optional bool     `yaml:"optional" json:"optional,omitempty"`
}

// Point is a load (or pressure) that must be among the rows. Each names a list parameter whose members are all points.
type Point struct {
	Value string   `yaml:"value" json:"value,omitempty"`
	Each  string   `yaml:"each" json:"each,omitempty"`
	When  string   `yaml:"when" json:"when,omitempty"`
	For   []string `yaml:"for" json:"for,omitempty"`
	Of    string   `yaml:"of" json:"of"` // reading that must equal the point
	Times int      `yaml:"times" json:"times,omitempty"`
}

// Cycle is how long a verification holds.
type Cycle struct {
	Months int   `yaml:"months" json:"months"`
	Rule   Words `yaml:"rule" json:"rule"`
}

// Fact says where a number of the definition is known from: verified in a named source, or from memory. A technical
// manager who approves an edition answers for those from memory.
type Fact struct {
	Path       string `yaml:"path" json:"path"`
	Status     string `yaml:"status" json:"status"`
	Source     string `yaml:"source" json:"source,omitempty"`
	Confidence string `yaml:"confidence" json:"confidence,omitempty"`
}

// Unconfirmed lists the facts that are known from memory only.
func (d *Definition) Unconfirmed() []Fact {
	return slices.DeleteFunc(slices.Clone(d.Facts), func(f Fact) bool { return f.Status == "verified" })
}

// TitleZH is the Chinese title.
func (d *Definition) TitleZH() string { return d.Title.ZH }

// Effective is the first day of the edition.
func (d *Definition) Effective() calendar.Date { return d.effective }

// Until is the last day of the edition; nil while it is in force.
func (d *Definition) Until() *calendar.Date { return d.until }

// ValidUntil is the last day of validity of a verification made on the day: day + cycle − 1 day. ok is false when the
// procedure has no cycle.
func (d *Definition) ValidUntil(day calendar.Date) (until calendar.Date, ok bool) {
	if d.Cycle.Months <= 0 {
		return calendar.Date{}, false
	}
	return day.AddMonths(d.Cycle.Months).AddDays(-1), true
}

func (d *Definition) item(id string) (Item, bool) {
	i := slices.IndexFunc(d.Items, func(i Item) bool { return i.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return d.Items[i], true
}

// Parse reads a definition strictly: unknown keys, unreadable expressions and dangling names are errors.
func Parse(text []byte) (*Definition, error) {
	d := &Definition{parsed: map[string]expression{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(d); err != nil {
		return nil, badDefinition(err)
	}
	if err := d.check(); err != nil {
		return nil, badDefinition(fmt.Errorf("%s: %w", d.ID, err))
	}
	return d, nil
}

func badDefinition(err error) error {
	return errs.New(errs.Invalid, "bad_procedure", "检定规程数据无法识别："+err.Error(), "the procedure cannot be read: "+err.Error()).With(err)
}

func (d *Definition) check() (err error) {
	if d.ID == "" || d.Edition == "" || d.Title.ZH == "" || len(d.Items) == 0 {
		return fmt.Errorf("id, edition, title and items are required")
	}
	if d.effective, err = calendar.ParseDate(d.Lifecycle.Effective); err != nil {
		return fmt.Errorf("effective: %w", err)
	}
	if d.Lifecycle.Until != "" {
		until, err := calendar.ParseDate(d.Lifecycle.Until)
		if err != nil {
			return fmt.Errorf("until: %w", err)
		}
		d.until = &until
	}
	if d.Standard.MaxRatio != "" {
		if d.ratio, err = ratioOf(d.Standard.MaxRatio); err != nil {
			return fmt.Errorf("standard: %w", err)
		}
	}
	for _, text := range d.expressions() {
		if text == "" {
			continue
		}
		if d.parsed[text], err = parseExpression(text); err != nil {
			return err
		}
	}
	return d.checkNames()
}

func (d *Definition) checkNames() error {
	seen := map[string]bool{}
	for _, p := range d.Parameters {
		if seen[p.Name] || !slices.Contains([]string{"quantity", "number", "choice", "boolean", "list", "intervals"}, p.Kind) {
			return fmt.Errorf("parameter %s: stands twice or has an unknown kind", p.Name)
		}
		seen[p.Name] = true
	}
	if d.MPE.Class != "" && !seen[d.MPE.Class] {
		return fmt.Errorf("mpe: there is no parameter %s", d.MPE.Class)
	}
	items := map[string]bool{}
	for _, i := range d.Items {
		if items[i.ID] || (i.Kind != "check" && i.Kind != "measure") || len(i.Stages) == 0 {
			return fmt.Errorf("item %s: stands twice, has an unknown kind or no stage", i.ID)
		}
		if i.From != "" && !items[i.From] {
			return fmt.Errorf("item %s: there is no item %s before it", i.ID, i.From)
		}
		if i.Kind == "measure" && i.Accept == "" && i.AcceptAll == "" {
			return fmt.Errorf("item %s: nothing is accepted", i.ID)
		}
		items[i.ID] = true
	}
	return nil
}

// expressions lists every expression of the definition.
func (d *Definition) expressions() []string {
	var all []string
	steps := func(list []Step) {
		for _, s := range list {
			all = append(all, s.Value, s.When)
		}
	}
	steps(d.Derived)
	for _, bands := range d.MPE.Bands {
		for _, b := range bands {
			all = append(all, b.When, b.Value)
		}
	}
	for _, i := range d.Items {
		all = append(all, i.When, i.Accept, i.AcceptAll, i.Limit, i.Rows, i.Usable)
		steps(i.Steps)
		steps(i.Totals)
		for _, p := range i.Points {
			all = append(all, p.Value, p.When)
		}
	}
	return all
}

// ratioOf reads 1/3 or 0.25.
func ratioOf(text string) (measure.Decimal, error) {
	over, under, fraction := strings.Cut(strings.TrimSpace(text), "/")
	x, err := measure.ParseDecimal(strings.TrimSpace(over))
	if err != nil || !fraction {
		return x, err
	}
	y, err := measure.ParseDecimal(strings.TrimSpace(under))
	if err != nil {
		return x, err
	}
	return x.Quo(y)
}

// Embedded returns the texts of the definitions that come with the program, by name.
func Embedded() [][]byte {
	names, err := fs.Glob(definitions, "definitions/*.yaml")
	if err != nil {
		return nil // cannot happen: the pattern is constant
	}
	var texts [][]byte
	for _, name := range names {
		text, err := definitions.ReadFile(name)
		if err != nil {
			continue // cannot happen: the file is embedded
		}
		texts = append(texts, text)
	}
	return texts
}

// builtin are the embedded definitions by id, parsed once.
var builtin = sync.OnceValues(func() (map[string]*Definition, error) {
	all := map[string]*Definition{}
	for _, text := range Embedded() {
		d, err := Parse(text)
		if err != nil {
			return nil, err
		}
		all[d.ID] = d
	}
	return all, nil
})

// ByID returns the embedded definition of a procedure: JJG-539-2016, also written JJG 539-2016.
func ByID(id, edition string) (*Definition, error) {
	all, err := builtin()
	if err != nil {
		return nil, err
	}
	d, ok := all[strings.ReplaceAll(strings.TrimSpace(id), " ", "-")]
	if !ok || (edition != "" && edition != d.Edition) {
		return nil, errs.New(errs.NotFound, "procedure_missing", "没有此检定规程或版本："+short(id), "there is no such procedure or edition: "+short(id))
	}
	return d, nil
}

func short(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
