package files

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

const someJob = "01990000-0000-7000-8000-0000000000aa"

func addJob(t *testing.T, db *database.DB) {
	t.Helper()
	_, err := db.Exec(t.Context(), `
		INSERT INTO job (id, division, kind, arguments, state, run_after, created_by, actor_role, created_at)
		VALUES ($1, '370113', 'test', '', 'waiting', now(), $1, '', now())`, someJob)
	must(t, err)
}

func makeFile(t *testing.T, db *database.DB, p place, m Made) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx *database.Tx) error { return p.RecordMade(t.Context(), tx, someJob, m) })
}

// What was made is kept from sweeps until it expires, and taken then; the row stays.
func TestMadeFilesExpire(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		addJob(t, db)
		p.age(keyOf(named(t, db, p, "a document")), old)
		m := Made{Number: 1, Hash: put(t, p, "zip"), Size: 3, MediaType: "application/zip", Name: "documents.zip", At: old,
			Expires: noon.Add(time.Hour)}
		p.age(keyOf(m.Hash), old)
		must(t, makeFile(t, db, p, m))
		other := m
		other.Hash, other.Name = put(t, p, "of a second runner"), "other.zip"
		if err := makeFile(t, db, p, other); err != nil {
			t.Errorf("made by a second runner: %v, want no fault", err)
		}
		lose(t, p, other.Hash)
		if got, err := MadeBy(t.Context(), db, someJob); err != nil || !cmp.Equal(got, []Made{m}) {
			t.Errorf("files of the job: %+v, %v; want the first", got, err)
		}
		for _, tt := range []struct {
			at   time.Time
			gone bool
		}{{noon, false}, {m.Expires.Add(-time.Second), false}, {m.Expires, true}} {
			got, err := p.Sweep(t.Context(), db, Sweeping{Now: tt.at})
			if err != nil || slices.Contains(p.keys(), keyOf(m.Hash)) == tt.gone {
				t.Errorf("swept at %s: %+v, %v, %v; want it gone: %v", tt.at, got, err, p.keys(), tt.gone)
			}
			if err := m.Due(tt.at); errs.KindOf(err) == errs.NotFound != tt.gone {
				t.Errorf("at %s: %v; want it gone: %v", tt.at, err, tt.gone)
			}
		}
		if got, err := MadeBy(t.Context(), db, someJob); err != nil || len(got) != 1 {
			t.Errorf("after the sweep: %+v, %v; want the row", got, err)
		}
	})
}

func TestMadeFilesAreStored(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), inFolder(t)
	addJob(t, db)
	if err := makeFile(t, db, p, Made{Number: 1, Hash: Hash{1}, At: old, Expires: noon}); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a content that is not stored was recorded: %v", err)
	}
	m := Made{Number: 1, Hash: put(t, p, "zip"), At: noon, Expires: noon}
	if err := makeFile(t, db, p, m); !database.Violates(err, "made_file_lasts") {
		t.Errorf("a file that lasts for no time: %v", err)
	}
	m.Expires = noon.Add(time.Hour)
	must(t, makeFile(t, db, p, m))
	owner := dbtest.Owner(t, db)
	for _, query := range []string{`UPDATE made_file SET size = 2`, `DELETE FROM made_file`, `TRUNCATE made_file CASCADE`} {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != "23001" {
			t.Errorf("%s: %v, want a refusal 23001", query, err)
		}
	}
}
