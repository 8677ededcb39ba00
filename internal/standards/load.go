package standards

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"hengjian/internal/calendar"
)

//go:embed data/*.csv
var data embed.FS

// Builtin is the catalogue that comes with the program. Rows of unconfirmed confidence are in it, disabled.
var Builtin = sync.OnceValues(func() (*Catalogue, error) {
	names, err := builtinNames()
	if err != nil {
		return nil, err
	}
	f, err := data.Open("data/limits.csv")
	if err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	rows, err := ReadRows(f)
	if err != nil {
		return nil, err
	}
	return NewCatalogue(rows, names)
})

// builtinNames reads the synonyms of items and the classification of products.
var builtinNames = sync.OnceValues(func() (*Names, error) {
	synonyms := map[string]string{}
	err := eachRecord("data/items.csv", []string{"name", "item"}, func(f []string) error {
		synonyms[f[0]] = f[1]
		return nil
	})
	if err != nil {
		return nil, err
	}
	var foods []Food
	err = eachRecord("data/foods.csv", foodColumns, func(f []string) error {
		if f[1] != "same" && f[1] != "kind" {
			return fmt.Errorf("relation %q is neither same nor kind", f[1])
		}
		foods = append(foods, Food{Name: f[0], Parent: f[2], Same: f[1] == "same", Standard: f[3], Confidence: f[4]})
		return nil
	})
	return NewNames(synonyms, foods), err
})

// sameItem compares two names of items by the synonyms that come with the program.
func sameItem(a, b string) bool {
	names, err := builtinNames()
	return err == nil && names.item(a) == names.item(b)
}

var foodColumns = []string{"name", "relation", "parent", "standard", "confidence"}

var rowColumns = []string{
	"id", "standard", "valid_from", "valid_to", "scope", "grade", "item", "expressed_as", "limit", "unit", "method",
	"condition", "season", "basis", "basis_for", "screen", "note", "article", "confidence", "dates_from", "source",
}

// ReadRows reads limit rows in our own CSV layout (data/limits.csv). A row is enabled when its confidence is confirmed.
func ReadRows(r io.Reader) ([]Row, error) {
	var rows []Row
	seen := map[string]bool{}
	err := records(r, rowColumns, func(f []string) error {
		row := Row{
			ID: f[0], Standard: f[1], Scope: f[4], Grade: f[5], Item: f[6], ExpressedAs: f[7], Limit: f[8], Unit: f[9],
			Method: f[10], Condition: f[11], Season: f[12], BasisFor: f[14], Screen: f[15], Note: f[16], Article: f[17],
			Confidence: Confidence(f[18]), DatesFrom: f[19], Source: f[20],
		}
		if seen[row.ID] || row.ID == "" {
			return fmt.Errorf("the id is empty or stands twice")
		}
		seen[row.ID] = true
		row.Enabled = row.Confidence.Confirmed()
		if f[13] != "" {
			for b := range strings.SplitSeq(f[13], "+") {
				row.Basis = append(row.Basis, Basis(b))
			}
		}
		if err := row.readDates(f[2], f[3]); err != nil {
			return err
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

func (r *Row) readDates(from, to string) (err error) {
	if r.ValidFrom, err = calendar.ParseDate(from); err != nil || to == "" {
		return err
	}
	r.ValidTo, err = calendar.ParseDate(to)
	return err
}

func eachRecord(path string, columns []string, take func([]string) error) error {
	f, err := data.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return records(f, columns, take)
}

// records reads CSV with # comments and a header that must be the columns.
func records(from io.Reader, columns []string, take func([]string) error) error {
	r := csv.NewReader(from)
	r.Comment, r.FieldsPerRecord = '#', len(columns)
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	if !slices.Equal(header, columns) {
		return fmt.Errorf("columns %v, want %v", header, columns)
	}
	for {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if err := take(f); err != nil {
			return fmt.Errorf("%s: %w", f[0], err)
		}
	}
}
