// Package procedure holds verification procedures (检定规程, JJG) as data, and the pure engine that reads them: from an
// edition, an instrument's parameters, the stage and the readings to the points to measure, the maximum permissible
// errors, every computed value, the verdict of every point and item, and the conclusion. Nothing passes by default:
// what is missing, unreadable or contradictory leaves a verification undetermined and is listed.
//
// A new procedure is a file in definitions/, not code. Read definition.go first (the schema), then evaluate.go (the
// engine) and expression.go (the language of the formulas). The package owns no table.
package procedure

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"hengjian/internal/errs"
)

// Stage is what a verification is made for.
type Stage string

// The stages.
const (
	Initial    Stage = "initial"    // 首次检定
	Subsequent Stage = "subsequent" // 后续检定
	Inspection Stage = "inspection" // 使用中检查
)

var stages = []Stage{Initial, Subsequent, Inspection}

func checkStage(s Stage) error {
	if slices.Contains(stages, s) {
		return nil
	}
	return errs.New(errs.Invalid, "unknown_stage",
		fmt.Sprintf("检定类别须为 initial（首次检定）、subsequent（后续检定）或 inspection（使用中检查），不能是“%s”",
			short(string(s))),
		fmt.Sprintf("the stage must be initial, subsequent or inspection, not %q", short(string(s))))
}

// Conclusion is what a point, an item or a verification comes to.
type Conclusion string

// The conclusions. Undetermined (待判定) blocks the certificate. NotJudged (不判定) is what was recorded though it is no
// part of the stage; no verification comes to it.
const (
	Pass         Conclusion = "pass"
	Fail         Conclusion = "fail"
	Undetermined Conclusion = "undetermined"
	NotJudged    Conclusion = "not_judged"
)

// Words is a text in both languages.
type Words struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

//go:embed definitions/*.yaml
var definitions embed.FS

// Embedded returns the texts of the definitions that come with the program.
func Embedded() [][]byte {
	var texts [][]byte
	err := fs.WalkDir(definitions, "definitions", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := definitions.ReadFile(name)
		texts = append(texts, text)
		return err
	})
	if err != nil {
		panic("procedure: " + err.Error()) // cannot happen: the files are part of the program
	}
	return texts
}

// builtin are the embedded definitions, read once.
var builtin = sync.OnceValues(func() ([]*Definition, error) {
	var all []*Definition
	for _, text := range Embedded() {
		d, err := Parse(text)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
})

// ByID returns an embedded definition: "JJG-539-2016", also written "JJG 539-2016". An empty edition takes the latest.
func ByID(id, edition string) (*Definition, error) {
	all, err := builtin()
	if err != nil {
		return nil, err
	}
	id = strings.ReplaceAll(strings.TrimSpace(id), " ", "-")
	var found *Definition
	for _, d := range all {
		fits := d.ID == id && (edition == "" || edition == d.Edition)
		if fits && (found == nil || found.effective.Before(d.effective)) {
			found = d
		}
	}
	if found == nil {
		return nil, errs.New(errs.NotFound, "unknown_procedure",
			fmt.Sprintf("没有检定规程“%s”或其版本“%s”的数据", short(id), short(edition)),
			fmt.Sprintf("there is no definition of procedure %q, edition %q", short(id), short(edition)))
	}
	return found, nil
}

// short cuts what somebody sent to a length that a message can carry.
func short(s string) string {
	const most = 40
	runes := []rune(s[:min(len(s), 4*most)])
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most]) + "…"
}
