package certificates

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"hengjian/certificates/pades"
	"hengjian/certificates/paper"
	"hengjian/internal/ledger"
)

// The content inside a document's file is the one whose hash is in the ledger.
func TestFileHoldsTheContentOfTheLedger(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdfdetach"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pdfdetach is not installed: what is inside files cannot be read back")
		}
		t.Skip("pdfdetach is not installed: apt-get install poppler-utils")
	}
	b := newBureau(t)
	pdf, d, err := b.PDF(t.Context(), b.actors["shop"], b.issued("S-1", "15.000").Number)
	b.must(err)
	folder := t.TempDir()
	b.must(os.WriteFile(filepath.Join(folder, "document.pdf"), pdf, 0o600))
	b.must(exec.CommandContext(t.Context(), "pdfdetach", "-saveall", "-o", folder, filepath.Join(folder, "document.pdf")).Run())
	content, err := os.ReadFile(filepath.Join(folder, paper.ContentName))
	b.must(err)
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != d.ContentHash {
		t.Errorf("the content inside has the hash %x, want %s", sum, d.ContentHash)
	}
	of, err := selectFrozen(t.Context(), b.db, d.ID)
	b.must(err)
	of.Content = " " + of.Content // the same, but not to the letter
	if _, err := b.draw(t.Context(), of, ledger.Proof{}); err == nil {
		t.Error("a file was drawn whose content has another hash than the ledger holds")
	}
}

// Of two servers that finish a document at once, the second leaves no row of a file that belongs to nothing, and who comes
// later draws and signs nothing.
func TestFinishedByAnother(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.finishedDocument("S-1")
	of, err := selectFrozen(t.Context(), b.db, d.ID)
	b.must(err)
	b.must(b.keepFile(t.Context(), d.ID, of, []byte("drawn at the same time"), *d.LogIndex))
	var rows int
	b.must(b.db.Get(t.Context(), &rows, `
		SELECT count(*)
		FROM file
		WHERE name = $1`, d.Number+".pdf"))
	if rows != 1 {
		t.Errorf("%d files are named as that of %s, want 1", rows, d.Number)
	}
	later := *b.Service
	later.signing = func() (*pades.Signers, error) { return nil, errors.New("somebody signs") }
	b.must(later.finish(t.Context(), d.ID))
	now, err := b.Document(t.Context(), b.actors["feng"], d.Number)
	if err != nil || now.Document.FileHash != d.FileHash {
		t.Errorf("the file is %s, %v; want %s", now.Document.FileHash, err, d.FileHash)
	}
}
