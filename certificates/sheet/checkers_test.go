package sheet

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hengjian/certificates/pades/padestest"
)

func saved(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFileIsWellFormed(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("qpdf"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("qpdf is not installed: the structure of files cannot be checked")
		}
		t.Skip("qpdf is not installed: apt-get install qpdf")
	}
	for name, d := range map[string]Document{"with files": withFiles(t), "without": document(t)} {
		out, err := exec.CommandContext(t.Context(), "qpdf", "--check", saved(t, mustPDF(t, d))).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "No syntax or stream encoding errors found") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestPreflight has a document checked against PDF/A-1b, the one part that PDFBox knows: what sets part 3 apart is its
// number, the version of PDF and the files inside. Without Java there is nothing to check with.
func TestPreflight(t *testing.T) {
	t.Parallel()
	pdf, err := document(t).PDFA1(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	padestest.Preflight(t, saved(t, pdf))
}
