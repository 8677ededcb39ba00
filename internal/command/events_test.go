package command

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
	"hengjian/internal/measure"
)

// defined finds the names of all kinds that the sources define, with the files in which they stand.
func defined(t *testing.T) map[string]string {
	t.Helper()
	names, set := map[string]string{}, token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"web", "tools", "testdata", "docs", "bench", ".git"}, d.Name()) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isDefine(call.Fun) || len(call.Args) == 0 {
				return true
			}
			text, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: the name of a kind is no literal", path)
				return true
			}
			name, err := strconv.Unquote(text.Value)
			if first, twice := names[name]; err != nil || twice {
				t.Errorf("%s: kind %s, defined in %s already (%v)", path, text.Value, first, err)
			}
			names[name] = path
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// isDefine tells a call of ledger.Define, or of Define within the ledger, with or without the type of the data.
func isDefine(fun ast.Expr) bool {
	if indexed, ok := fun.(*ast.IndexExpr); ok {
		fun = indexed.X
	}
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		of, ok := f.X.(*ast.Ident)
		return ok && of.Name == "ledger" && f.Sel.Name == "Define"
	case *ast.Ident:
		return f.Name == "Define"
	}
	return false
}

// Each kind that is defined stands in its room's list, once, with a name of noun and verb and words in both languages.
func TestKindsAreListed(t *testing.T) {
	t.Parallel()
	inCode, form := defined(t), regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)
	if len(inCode) < 40 {
		t.Fatalf("only %d kinds found in the sources: the walk is wrong", len(inCode))
	}
	listed := map[string]bool{}
	for _, d := range definitions() {
		if listed[d.Name] {
			t.Errorf("kind %s is listed twice", d.Name)
		}
		listed[d.Name] = true
		if inCode[d.Name] == "" {
			t.Errorf("kind %s is listed but defined nowhere", d.Name)
		}
		if !form.MatchString(d.Name) || d.ZH == "" || d.EN == "" || d.Version < 1 {
			t.Errorf("kind %+v: want noun.verb, a version and words in both languages", d)
		}
	}
	for name, path := range inCode {
		if !listed[name] {
			t.Errorf("%s: kind %s is missing in the list of its room", path, name)
		}
	}
}

// What an event tells is typed to the last field, and each field says what it is.
func TestDataOfKinds(t *testing.T) {
	t.Parallel()
	for _, d := range definitions() {
		checkData(t, d.Name, d.Data)
	}
}

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func checkData(t *testing.T, at string, data reflect.Type) {
	t.Helper()
	switch data.Kind() { //nolint:exhaustive // the others hold nothing
	case reflect.Interface:
		t.Errorf("%s is of an interface type", at)
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		checkData(t, at, data.Elem())
	case reflect.Struct:
		if kind, _, _ := jsonType(data); kind != "object" {
			return
		}
		for f := range data.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous && name == "":
			case !f.IsExported() || !fieldName.MatchString(name) || f.Tag.Get("doc") == "":
				t.Errorf("%s: field %s needs a name in snake_case and a doc", at, f.Name)
			}
			checkData(t, at+"."+f.Name, f.Type)
		}
	}
}

// The page lists fields as they are written: those of embedded structs among their neighbours, and what is inside of
// lists and maps by its path.
func TestFieldsOf(t *testing.T) {
	t.Parallel()
	type shared struct {
		ID string `json:"id" doc:"an id"`
	}
	type inner struct {
		On     *calendar.Date `json:"on,omitempty" doc:"a day"`
		Secret ledger.Sealed  `json:"secret" doc:"a name"`
	}
	type data struct {
		shared
		Role   ledger.Role       `json:"role" doc:"a role"`
		List   []inner           `json:"list" doc:"a list"`
		Deep   map[string][]*int `json:"deep" doc:"counts"`
		Value  measure.Decimal   `json:"value" doc:"a value"`
		Until  *time.Time        `json:"until" doc:"an instant"`
		Raw    []byte            `json:"raw" doc:"bytes"`
		Inside inner             `json:"inside" doc:"one"`
	}
	want := "id:string role:string list:list of object list[].on:string, optional list[].secret:*sealed* " +
		"deep:map of list of integer value:string until:string or null raw:string inside:object " +
		"inside.on:string, optional inside.secret:*sealed*"
	var got []string
	for _, f := range fieldsOf(reflect.TypeFor[data](), "") {
		got = append(got, f.path+":"+f.kind)
	}
	if text := strings.Join(got, " "); text != want {
		t.Errorf("fields\n%s\nwant\n%s", text, want)
	}
}
