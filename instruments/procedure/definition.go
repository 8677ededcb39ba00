package procedure

import (
	"hengjian/internal/calendar"
	"hengjian/internal/measure"
)

// This file is the schema of a definition: what the YAML files in definitions/ may say. Every number stands in one of
// these places, and each place is covered by a fact. Fields that hold a formula say so; formulas are described in
// expression.go. A unit left empty is the unit of the instrument (Definition.Unit, or the parameter "unit"); "1" marks
// a number without unit. A field in lower case is what Parse made of the field of that name.

// Definition is one edition of a procedure.
type Definition struct {
	ID          string               `yaml:"id" json:"id"`           // JJG-539-2016
	Edition     string               `yaml:"edition" json:"edition"` // the year of the edition
	Title       Words                `yaml:"title" json:"title"`
	Lifecycle   Lifecycle            `yaml:"lifecycle" json:"lifecycle"`
	Unit        string               `yaml:"unit" json:"unit,omitempty"` // unless the record names another
	Parameters  []Parameter          `yaml:"parameters" json:"parameters"`
	Derived     []Step               `yaml:"derived" json:"derived,omitempty"` // from parameters, in order
	Constraints []Constraint         `yaml:"constraints" json:"constraints,omitempty"`
	Tables      []Table              `yaml:"tables" json:"tables,omitempty"`
	Limits      []Limit              `yaml:"limits" json:"limits,omitempty"` // `calc mpe` tells the one named mpe
	Environment []Condition          `yaml:"environment" json:"environment,omitempty"`
	Standard    Requirement          `yaml:"standard" json:"standard"`
	Items       []Item               `yaml:"items" json:"items"`
	Cycle       []Period             `yaml:"cycle" json:"cycle"` // the first whose condition holds
	Conclusions map[Conclusion]Words `yaml:"conclusions" json:"conclusions"`
	Facts       []Fact               `yaml:"facts" json:"facts"`
	Vectors     []Vector             `yaml:"vectors" json:"vectors,omitempty"`

	limits    map[string]*Limit
	effective calendar.Date
	until     *calendar.Date
	ratio     [2]measure.Decimal // Standard.MaxRatio as numerator and denominator: 1/3 has no exact decimal
}

// Lifecycle says from when until when an edition is in force.
type Lifecycle struct {
	Issued     string `yaml:"issued" json:"issued"`
	Effective  string `yaml:"effective" json:"effective"`
	Until      string `yaml:"until" json:"until,omitempty"` // last day
	ReplacedBy string `yaml:"replaced_by" json:"replaced_by,omitempty"`
	Trial      bool   `yaml:"trial" json:"trial,omitempty"`
	Moves      []Move `yaml:"moves" json:"moves,omitempty"`
}

// Move says that some instruments (formula When, over the parameters) go by another procedure from a day on.
type Move struct {
	When string `yaml:"when" json:"when"`
	From string `yaml:"from" json:"from"`
	To   string `yaml:"to" json:"to"`

	when *formula
	from calendar.Date
}

// The kinds of parameters.
const (
	kindQuantity  = "quantity"  // decimal in the instrument's unit
	kindNumber    = "number"    // decimal in the unit that the definition names
	kindInteger   = "integer"   // whole number
	kindChoice    = "choice"    // one of Choices, or of Aliases
	kindBoolean   = "boolean"   // true or false
	kindList      = "list"      // decimals in the instrument's unit
	kindIntervals = "intervals" // [{max, e}]: partial ranges with their own scale interval
)

// Parameter is what must be known of an instrument. Default is a formula (for a choice or a boolean: a value); what is
// taken from a default is named in the evaluation. An intervals parameter is called like a function: at a load it gives
// the e of the range in which the load lies (upper end inclusive), and formula Otherwise when it is not given.
type Parameter struct {
	Name      string            `yaml:"name" json:"name"`
	Title     Words             `yaml:"title" json:"title"`
	Kind      string            `yaml:"kind" json:"kind"`
	Unit      string            `yaml:"unit" json:"unit,omitempty"`
	Required  bool              `yaml:"required" json:"required,omitempty"`
	Unless    string            `yaml:"unless" json:"unless,omitempty"` // not required when this parameter is given
	Positive  bool              `yaml:"positive" json:"positive,omitempty"`
	Default   string            `yaml:"default" json:"default,omitempty"`
	Otherwise string            `yaml:"otherwise" json:"otherwise,omitempty"`
	Choices   []string          `yaml:"choices" json:"choices,omitempty"`
	Aliases   map[string]string `yaml:"aliases" json:"aliases,omitempty"`

	formula *formula // of Default or Otherwise
}

// Step computes a named value by formula Value. Show is the rounding interval for print (GB/T 8170); comparison always
// takes the full value. A hidden step is not printed on certificates.
type Step struct {
	Name   string `yaml:"name" json:"name"`
	Title  Words  `yaml:"title" json:"title"`
	Value  string `yaml:"value" json:"value"`
	Unit   string `yaml:"unit" json:"unit,omitempty"`
	Show   string `yaml:"show" json:"show,omitempty"`
	Hidden bool   `yaml:"hidden" json:"hidden,omitempty"`

	formula *formula
	show    *measure.Decimal
}

// Constraint is a formula that the parameters must fulfil; otherwise they contradict the procedure.
type Constraint struct {
	Holds string `yaml:"holds" json:"holds"`
	Words `yaml:",inline"`

	formula *formula
}

// The ways in which a table finds the row of a number.
const (
	matchTo    = "to"      // the first edge that is not below the number: upper edges are inclusive
	matchBelow = "below"   // the first edge above the number: upper edges are exclusive
	matchExact = "exactly" // the row of just this number
)

// Table gives a number by keys (texts) and, with Match, by the band of a number. Each row holds the keys, the upper
// edge where Match is set (empty: no upper end) and the value. It is called as name(key, …, number).
type Table struct {
	Name  string     `yaml:"name" json:"name"`
	Title Words      `yaml:"title" json:"title"`
	Keys  []string   `yaml:"keys" json:"keys,omitempty"`
	Match string     `yaml:"match" json:"match,omitempty"`
	Rows  [][]string `yaml:"rows" json:"rows"`
}

// Limit is a permissible error as a function of one argument (a load, a pressure): formulas High and Low, where an
// empty Low is −High. Outside formula Valid there is no limit, and nothing can pass. It is called as name(x) for the
// high limit and name_low(x) for the low one.
type Limit struct {
	Name     string `yaml:"name" json:"name"`
	Title    Words  `yaml:"title" json:"title"`
	Argument string `yaml:"argument" json:"argument"`
	Unit     string `yaml:"unit" json:"unit,omitempty"`
	Valid    string `yaml:"valid" json:"valid,omitempty"`
	High     string `yaml:"high" json:"high"`
	Low      string `yaml:"low" json:"low,omitempty"`

	valid, high, low *formula
}

// Condition bounds a quantity of the environment by formulas Min and Max over the parameters. An optional one is judged
// when it was recorded.
type Condition struct {
	Quantity string `yaml:"quantity" json:"quantity"`
	Title    Words  `yaml:"title" json:"title"`
	Unit     string `yaml:"unit" json:"unit"`
	Min      string `yaml:"min" json:"min,omitempty"`
	Max      string `yaml:"max" json:"max,omitempty"`
	Optional bool   `yaml:"optional" json:"optional,omitempty"`

	min, max *formula
}

// Requirement says how good the standards must be: the largest ratio of their MPE to the instrument's, as 1/3 or 0.25.
type Requirement struct {
	Title    Words  `yaml:"title" json:"title"`
	MaxRatio string `yaml:"max_ratio" json:"max_ratio,omitempty"`
}

// The kinds of items.
const (
	kindChecklist = "checklist" // Questions, each answered true or false
	kindCheck     = "check"     // one question: the item itself
	kindMeasure   = "measure"   // rows of readings
)

// Item is one item of the procedure at its stages, where formula When holds. A measured item either has readings or is
// judged on the rows of another (From), whose names it sees. Steps and Accept are worked out for each row, then Groups
// for rows that belong together. Points says what must be measured. An optional item is judged when it was recorded.
type Item struct {
	ID        string      `yaml:"id" json:"id"`
	Title     Words       `yaml:"title" json:"title"`
	Kind      string      `yaml:"kind" json:"kind"`
	Stages    []Stage     `yaml:"stages" json:"stages"`
	When      string      `yaml:"when" json:"when,omitempty"`
	Optional  bool        `yaml:"optional" json:"optional,omitempty"`
	Questions []Question  `yaml:"questions" json:"questions,omitempty"`
	From      string      `yaml:"from" json:"from,omitempty"`
	Uses      []Use       `yaml:"uses" json:"uses,omitempty"`
	Readings  []Reading   `yaml:"readings" json:"readings,omitempty"`
	Points    *Points     `yaml:"points" json:"points,omitempty"`
	Steps     []Step      `yaml:"steps" json:"steps,omitempty"`
	Accept    []Criterion `yaml:"accept" json:"accept,omitempty"`
	Groups    *Groups     `yaml:"groups" json:"groups,omitempty"`

	when   *formula
	source *Item // of From
}

// Question is one line of a checklist.
type Question struct {
	ID    string `yaml:"id" json:"id"`
	Words `yaml:",inline"`
}

// Use takes a value of an earlier item's whole group (Groups without By). Otherwise is its value where the earlier item
// is not part of the stage and was not recorded; the evaluation names it as assumed.
type Use struct {
	Name      string `yaml:"name" json:"name"`
	Item      string `yaml:"item" json:"item"`
	Value     string `yaml:"value" json:"value"`
	Otherwise string `yaml:"otherwise" json:"otherwise,omitempty"`

	otherwise *measure.Decimal
}

// The kinds of readings.
const (
	readNumber    = "number" // also when Kind is empty
	readTruth     = "truth"
	readText      = "text"
	readDirection = "direction" // up or down; told from the order of the rows when none of them says it
)

// Reading is one column of an item's rows. It may be left out where formula Optional (over the parameters) holds, or
// Default (a number) stands for it.
type Reading struct {
	Name     string   `yaml:"name" json:"name"`
	Aliases  []string `yaml:"aliases" json:"aliases,omitempty"`
	Title    Words    `yaml:"title" json:"title"`
	Kind     string   `yaml:"kind" json:"kind,omitempty"`
	Unit     string   `yaml:"unit" json:"unit,omitempty"`
	Optional string   `yaml:"optional" json:"optional,omitempty"`
	Default  string   `yaml:"default" json:"default,omitempty"`

	optional *formula
	standIn  *measure.Decimal // Default
}

// Points generates what must be measured. Of names the reading that holds a point; Rows (formula) is how many rows each
// point needs, or the item as a whole when there is no Of; Loads (formula) is how many different points there must be
// altogether, beyond At chosen freely and suggested as multiples of formula Fill. With Directions each point is
// measured rising and falling, the highest once. Rows of one point differ in the reading that Distinct names. Where the
// item's groups are formed by Of, the rows of a point are of one and the same load.
type Points struct {
	Of         string  `yaml:"of" json:"of,omitempty"`
	At         []Point `yaml:"at" json:"at,omitempty"`
	Rows       string  `yaml:"rows" json:"rows,omitempty"`
	Loads      string  `yaml:"loads" json:"loads,omitempty"`
	Fill       string  `yaml:"fill" json:"fill,omitempty"`
	Directions bool    `yaml:"directions" json:"directions,omitempty"`
	Distinct   string  `yaml:"distinct" json:"distinct,omitempty"`

	rows, loads, fill *formula
}

// Point is formula Value, once for each member of the lists in Each, where formula When holds. A row belongs to it when
// its reading is within formula Near (nothing: equal), and its text readings are as With says.
type Point struct {
	Title Words             `yaml:"title" json:"title"`
	Each  []Each            `yaml:"each" json:"each,omitempty"`
	Value string            `yaml:"value" json:"value"`
	When  string            `yaml:"when" json:"when,omitempty"`
	Near  string            `yaml:"near" json:"near,omitempty"`
	With  map[string]string `yaml:"with" json:"with,omitempty"`

	value, when, near *formula
}

// Each runs a name over the list that formula In gives.
type Each struct {
	Name string `yaml:"name" json:"name"`
	In   string `yaml:"in" json:"in"`

	in *formula
}

// Criterion holds a value (a name) against formulas: Within is ±, Low and High are inclusive. Holds is a truth instead.
// A criterion whose When does not hold is left out.
type Criterion struct {
	Value  string `yaml:"value" json:"value,omitempty"`
	Within string `yaml:"within" json:"within,omitempty"`
	Low    string `yaml:"low" json:"low,omitempty"`
	High   string `yaml:"high" json:"high,omitempty"`
	Holds  string `yaml:"holds" json:"holds,omitempty"`
	When   string `yaml:"when" json:"when,omitempty"`
	Title  Words  `yaml:"title" json:"title"`
	Unit   string `yaml:"unit" json:"unit,omitempty"`

	value, within, low, high, holds, when *formula
}

// Groups works on rows with equal values of the readings in By (none: all rows). There, By are single values and every
// other number of the rows is a list.
type Groups struct {
	By     []string    `yaml:"by" json:"by,omitempty"`
	Steps  []Step      `yaml:"steps" json:"steps,omitempty"`
	Accept []Criterion `yaml:"accept" json:"accept,omitempty"`
}

// Period says how long a verification holds: Months (formula) until the next, where formula When holds. What is
// periodic is verified again; first_only is verified once and used until it is out of order, or for Months at most.
type Period struct {
	When   string `yaml:"when" json:"when,omitempty"`
	Kind   string `yaml:"kind" json:"kind"`
	Months string `yaml:"months" json:"months,omitempty"`
	Words  `yaml:",inline"`

	when, months *formula
}

// The kinds of periods.
const (
	periodic  = "periodic"
	firstOnly = "first_only"
)

// Fact says where the numbers under a path of the definition come from. Status verified was read in the named source;
// memory was not, and the technical manager who approves an edition answers for it. The most specific path counts.
type Fact struct {
	Path       string `yaml:"path" json:"path"`
	Status     string `yaml:"status" json:"status"`
	Confidence string `yaml:"confidence" json:"confidence,omitempty"` // of memory: high, medium, low
	Source     string `yaml:"source" json:"source,omitempty"`
	Note       string `yaml:"note" json:"note,omitempty"`
}

// The statuses of a fact.
const (
	verified = "verified"
	memory   = "memory"
)

// Vector is a worked example with its source: parse refuses a definition that does not give what its vectors expect.
// It is a limit at a value (Limit, At, High, Low) or readings with values to expect.
type Vector struct {
	Source     string            `yaml:"source" json:"source"`
	Stage      Stage             `yaml:"stage" json:"stage"`
	Parameters map[string]string `yaml:"parameters" json:"parameters"`
	Limit      string            `yaml:"limit" json:"limit,omitempty"`
	At         string            `yaml:"at" json:"at,omitempty"`
	High       string            `yaml:"high" json:"high,omitempty"`
	Low        string            `yaml:"low" json:"low,omitempty"`
	Readings   map[string][]Row  `yaml:"readings" json:"readings,omitempty"`
	Expect     []Expected        `yaml:"expect" json:"expect,omitempty"`
}

// Row is a row of readings as a vector writes it.
type Row map[string]string

// Expected is a value, or the verdict, of an item's row (counted from 0) or of its first group (Row −1).
type Expected struct {
	Item    string     `yaml:"item" json:"item"`
	Row     int        `yaml:"row" json:"row"`
	Value   string     `yaml:"value" json:"value,omitempty"`
	Equals  string     `yaml:"equals" json:"equals,omitempty"`
	Verdict Conclusion `yaml:"verdict" json:"verdict,omitempty"`
}
