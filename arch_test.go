package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rooms is the map of the code: each folder, and which of ours it may import. A new folder fails this test until it is
// put here: a new folder is a decision.
var rooms = map[string][]string{
	"internal/errs":                   nil,
	"internal/measure":                {"internal/errs"},
	"internal/calendar":               {"internal/errs"},
	"migrations":                      nil,
	"internal/database":               {"internal/errs", "migrations"},
	"internal/database/paging":        {"internal/errs"},
	"internal/database/dbtest":        {"internal/database", "internal/errs", "migrations"},
	"internal/database/dbtest/withpg": {"internal/database", "internal/database/dbtest", "internal/errs"},
	"internal/ledger":                 {"internal/database", "internal/errs", "internal/ledger/checkpoint"},
	"internal/ledger/checkpoint":      {"internal/errs"},
	"internal/witness":                {"internal/errs", "internal/ledger", "internal/ledger/checkpoint"},
	"internal/ledger/ledgertest":      {"internal/database", "internal/ledger"},
	"internal/files":                  {"internal/database", "internal/errs"},
	"internal/jobs":                   {"internal/database", "internal/errs", "internal/ledger"},
	"internal/users": {
		"internal/ledger", "internal/database", "internal/database/paging", "internal/errs", "internal/calendar",
	},
	"internal/standards": {
		"internal/measure", "internal/calendar", "internal/database", "internal/database/paging", "internal/errs",
		"internal/ledger", "internal/users",
	},
	"instruments/procedure":        {"internal/measure", "internal/calendar", "internal/errs"},
	"instruments":                  append([]string{"instruments/procedure"}, foundations...),
	"lims/instrumentfile":          {"internal/measure", "internal/errs"},
	"lims":                         append([]string{"instruments", "lims/instrumentfile"}, foundations...),
	"certificates/fonts":           {"certificates/microfont", "internal/errs"},
	"certificates/microfont":       {"internal/errs"},
	"certificates/sheet":           {"certificates/fonts", "certificates/microfont", "internal/errs"},
	"certificates/pades/cms":       {"internal/errs"},
	"certificates/pades/keys":      {"certificates/pades/cms", "internal/errs"},
	"certificates/pades/padestest": {"certificates/pades/cms"},
	"certificates/pades":           {"certificates/pades/cms", "certificates/pades/keys", "internal/errs"},
	"certificates/paper": {
		"certificates/fonts", "certificates/microfont", "certificates/sheet", "internal/errs", "internal/calendar",
		"internal/measure", "internal/ledger",
	},
	"certificates": append([]string{
		"lims", "instruments", "instruments/procedure", "certificates/paper", "certificates/pades", "certificates/pades/cms",
	}, foundations...),
	"api": append([]string{
		"certificates", "certificates/paper", "lims", "lims/instrumentfile", "instruments", "instruments/procedure",
	}, foundations...),
	"web": nil,
	"internal/demo": append([]string{
		"certificates", "lims", "instruments", "instruments/procedure",
	}, foundations...),
	"internal/audit": append([]string{
		"certificates", "lims", "instruments", "internal/ledger/checkpoint",
	}, foundations...),
	"internal/command": append([]string{
		"internal/audit", "api", "certificates", "certificates/fonts", "certificates/paper", "certificates/pades", "certificates/pades/cms", "certificates/pades/keys",
		"lims", "instruments", "instruments/procedure", "web", "internal/demo", "migrations",
		"internal/witness",
	}, foundations...),
	"bench": {
		"internal/ledger", "internal/ledger/checkpoint", "migrations",
		"certificates", "lims", "internal/calendar", "internal/database", "internal/demo", "internal/users",
	},
	".": {"internal/command"},
}

// foundations are the rooms that every domain may use.
var foundations = []string{
	"internal/errs", "internal/measure", "internal/calendar", "internal/database", "internal/database/paging",
	"internal/ledger", "internal/files", "internal/jobs", "internal/users", "internal/standards",
}

// keptTo says in which room a library stays.
var keptTo = map[string][]string{
	"github.com/cockroachdb/apd":                   {"internal/measure"},
	"github.com/jmoiron/sqlx":                      {"internal/database"},
	"github.com/lib/pq":                            {"internal/database"},
	"github.com/pressly/goose":                     {"internal/database"},
	"github.com/jung-kurt/gofpdf":                  {"certificates"},
	"github.com/skip2/go-qrcode":                   {"certificates"},
	"github.com/boombuler/barcode":                 {"certificates"},
	"github.com/pdfcpu/pdfcpu":                     {"certificates"},
	"github.com/digitorus":                         {"certificates/pades/cms", "certificates/pades/padestest"},
	"github.com/emmansun/gmsm":                     {"certificates/pades"},
	"github.com/ThalesGroup/crypto11":              {"certificates/pades/keys"},
	"software.sslmate.com/src/go-pkcs12":           {"certificates/pades/keys"},
	"github.com/gin-gonic/gin":                     {"api", "bench"},
	"github.com/danielgtaylor/huma":                {"api"},
	"github.com/alexedwards/argon2id":              {"internal/users"},
	"github.com/alecthomas/kong":                   {"internal/command"},
	"github.com/gowebpki/jcs":                      {"internal/ledger"},
	"golang.org/x/mod/sumdb":                       {"internal/ledger", "internal/witness", "internal/audit", "bench"},
	"github.com/xuri/excelize":                     {"lims/instrumentfile"},
	"database/sql/driver":                          {"internal/database", "internal/measure", "internal/calendar", "lims"},
	"github.com/minio/minio-go":                    {"internal/files"},
	"github.com/schollz/progressbar":               {"internal/command"},
	"golang.org/x/text/encoding/unicode":           {"lims/instrumentfile"},
	"golang.org/x/text/encoding/simplifiedchinese": {"lims/instrumentfile"},
}

// sqlStart finds the beginnings of statements in string literals.
var sqlStart = regexp.MustCompile(`(?i)^\s*(SELECT|INSERT INTO|UPDATE \w+\s+SET|DELETE FROM|WITH \w+ AS)\s`)

type sourceFile struct {
	dir, path string
	test      bool
	ast       *ast.File
}

func sources(t *testing.T) []sourceFile {
	t.Helper()
	var found []sourceFile
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != "." || slices.Contains(
			[]string{"node_modules", "tools", "testdata", "var", "bin", "dist"}, d.Name())) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		found = append(found, sourceFile{path.Dir(filepath.ToSlash(p)), filepath.ToSlash(p), strings.HasSuffix(p, "_test.go"), f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 100 {
		t.Fatalf("only %d Go files found: the walk is wrong", len(found))
	}
	return found
}

func TestRoomsImportOnlyWhatTheMapAllows(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range sources(t) {
		allowed, ok := rooms[f.dir]
		seen[f.dir] = true
		if !ok {
			t.Errorf("%s: folder %s is not on the map", f.path, f.dir)
			continue
		}
		for _, imported := range f.ast.Imports {
			target, ours := strings.CutPrefix(strings.Trim(imported.Path.Value, `"`), "hengjian/")
			if !ours || f.test || slices.Contains(allowed, target) {
				continue
			}
			t.Errorf("%s imports %s, which %s may not", f.path, target, f.dir)
		}
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("room %s is on the map but not in the tree", room)
		}
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, imported := range f.ast.Imports {
			name := strings.Trim(imported.Path.Value, `"`)
			for library, homes := range keptTo {
				if name != library && !strings.HasPrefix(name, library+"/") {
					continue
				}
				home := slices.ContainsFunc(homes, func(h string) bool { return f.dir == h || strings.HasPrefix(f.dir, h+"/") })
				if !home {
					t.Errorf("%s imports %s, which is kept to %v", f.path, name, homes)
				}
			}
		}
	}
}

func TestSQLStandsInStoreFiles(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		inDatabase := f.dir == "internal/database" || strings.HasPrefix(f.dir, "internal/database/")
		if f.test || inDatabase || strings.HasPrefix(path.Base(f.path), "store") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && sqlStart.MatchString(strings.Trim(lit.Value, "`\"")) {
				t.Errorf("%s holds SQL outside a store file: %.60s", f.path, lit.Value)
			}
			return true
		})
	}
}

func TestNoStatementSelectsEverything(t *testing.T) {
	t.Parallel()
	everything := regexp.MustCompile(`(?i)select\s+(\w+\.)?\*`)
	for _, f := range sources(t) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && !f.test && lit.Kind == token.STRING && everything.MatchString(lit.Value) {
				t.Errorf("%s: name the columns: %.60s", f.path, lit.Value)
			}
			return true
		})
	}
}

func TestEachPackageHasOneComment(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, f := range sources(t) {
		if !f.test {
			comments[f.dir] += 0
			if f.ast.Doc != nil {
				comments[f.dir]++
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(comments)) {
		if comments[dir] != 1 {
			t.Errorf("package in %s has %d package comments, want 1", dir, comments[dir])
		}
	}
}

func TestMainIsShort(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 150 {
		t.Errorf("main.go has %d lines, want at most 150", lines)
	}
}

func TestOnlyTheOwnerWritesATable(t *testing.T) {
	t.Parallel()
	written := regexp.MustCompile(`(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\s`)
	writers := map[string]map[string]bool{}
	for _, f := range sources(t) {
		if f.test || !strings.HasPrefix(path.Base(f.path), "store") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, m := range written.FindAllStringSubmatch(lit.Value, -1) {
				if writers[m[1]] == nil {
					writers[m[1]] = map[string]bool{}
				}
				writers[m[1]][f.dir] = true
			}
			return true
		})
	}
	if len(writers) < 20 {
		t.Fatalf("only %d written tables found: the scan is wrong", len(writers))
	}
	for table, dirs := range writers {
		if len(dirs) > 1 {
			t.Errorf("table %s is written by %v", table, slices.Sorted(maps.Keys(dirs)))
		}
	}
}
