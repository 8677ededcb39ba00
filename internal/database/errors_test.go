package database_test

import (
	"errors"
	"strings"
	"testing"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

func TestConstraintMapping(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `
		CREATE TABLE business (code text CONSTRAINT business_pkey PRIMARY KEY);
		CREATE TABLE seal (
			number  text CONSTRAINT seal_number_once UNIQUE,
			owner   text CONSTRAINT seal_owner REFERENCES business,
			mass    int  CONSTRAINT seal_mass_positive CHECK (mass > 0),
			colour  text NOT NULL,
			during  int4range,
			CONSTRAINT seal_no_overlap EXCLUDE USING gist (during WITH &&)
		);
		INSERT INTO seal (number, colour, during) VALUES ('1', 'red', '[1,5)');
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'seal_append_only';
		END $$;
		CREATE TRIGGER refuse BEFORE DELETE ON seal FOR EACH ROW EXECUTE FUNCTION refuse()`)
	tests := []struct {
		query string
		kind  database.ConstraintKind
		name  string
		code  string
	}{
		{`INSERT INTO seal (number, colour) VALUES ('1', 'red')`, database.Unique, "seal_number_once", "duplicate"},
		{`INSERT INTO seal (owner, colour) VALUES ('x', 'red')`, database.ForeignKey, "seal_owner", "reference"},
		{`INSERT INTO seal (mass, colour) VALUES (0, 'red')`, database.Check, "seal_mass_positive", "constraint"},
		{`INSERT INTO seal (number) VALUES ('2')`, database.NotNull, "", "constraint"},
		{`INSERT INTO seal (colour, during) VALUES ('red', '[4,9)')`, database.Exclusion, "seal_no_overlap", "duplicate"},
		{`DELETE FROM seal`, database.Restrict, "seal_append_only", "constraint"},
	}
	for _, test := range tests {
		_, err := db.Exec(t.Context(), test.query)
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Kind != errs.Conflict || e.Code != test.code || e.ZH == "" {
			t.Errorf("%s: %v, want a Conflict with code %s in both languages", test.query, err, test.code)
			continue
		}
		c, ok := errors.AsType[*database.ConstraintError](err)
		if !ok || c.Kind != test.kind || c.Name != test.name || c.Table != "seal" && test.kind != database.Restrict {
			t.Errorf("%s: %+v, want %s %q on seal", test.query, c, test.kind, test.name)
		}
		if got := database.Violates(err, test.name); !got {
			t.Errorf("%s: Violates(%q) = false", test.query, test.name)
		}
		if database.Violates(err, "another") {
			t.Errorf("%s: Violates(another) = true", test.query)
		}
		if strings.Contains(e.EN+e.ZH, "seal") {
			t.Errorf("%s: the sentence for people shows the schema: %q", test.query, e.EN)
		}
	}
}

func TestUnknownErrorsStayInternal(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{})
	_, err := db.Exec(t.Context(), `SELECT no_such_column`)
	if got := errs.KindOf(err); got != errs.Internal || database.SQLState(err) != "42703" {
		t.Errorf("got %v: kind %d, SQLSTATE %q; want Internal and 42703", err, got, database.SQLState(err))
	}
	if database.Violates(err, "") || database.SQLState(errors.New("x")) != "" {
		t.Error("an error of another sort counts as a violated constraint or has an SQLSTATE")
	}
}
