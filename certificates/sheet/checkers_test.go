package sheet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// jars are what Preflight, the checker of PDFBox, needs; Debian's libpdfbox2-java brings them. HENGJIAN_JARS is the
// folder where they are.
var jars = []string{"pdfbox2", "preflight", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api"}

// checkerPath is the path of classes for Preflight.
func checkerPath() (string, error) {
	folder := os.Getenv("HENGJIAN_JARS")
	if folder == "" {
		folder = "/usr/share/java"
	}
	var path []string
	for _, j := range jars {
		path = append(path, filepath.Join(folder, j+".jar"))
		if _, err := os.Stat(path[len(path)-1]); err != nil {
			return "", err
		}
	}
	if _, err := exec.LookPath("javac"); err != nil {
		return "", fmt.Errorf("no Java development kit: %w", err)
	}
	return strings.Join(path, ":"), nil
}

// preflight runs the checker, or skips the test where there is no Java to run it with.
func preflight(t *testing.T, files ...string) (string, error) {
	t.Helper()
	path, err := checkerPath()
	if err != nil {
		t.Skipf("not checked by Preflight: %v", err)
	}
	args := append([]string{"-cp", path, filepath.Join("testdata", "Preflight.java")}, files...)
	out, err := exec.CommandContext(t.Context(), "java", args...).CombinedOutput()
	return string(out), err
}

// TestPreflight has a document checked against PDF/A-1b, the one part that PDFBox knows: what sets part 3 apart is its
// number, the version of PDF and the files inside. Without Java there is nothing to check with.
func TestPreflight(t *testing.T) {
	t.Parallel()
	pdf, err := document(t).draw(faces(t), part{1, "1.4"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := preflight(t, saved(t, pdf))
	if err != nil || !strings.Contains(out, "valid=true") {
		t.Errorf("%v\n%s", err, out)
	}
}
