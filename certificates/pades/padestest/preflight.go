package padestest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jars are what Preflight, PDFBox's checker of PDF/A-1b, needs. HENGJIAN_JARS is the folder where they are.
var jars = []string{"preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api"}

// Preflight fails the test unless Preflight finds all of the files valid; it skips the test where there is no Java, or no
// PDFBox, to run it with.
func Preflight(tb testing.TB, files ...string) {
	tb.Helper()
	path, err := classPath()
	if err != nil {
		tb.Skipf("not checked by Preflight: %v (apt-get install default-jre-headless libpdfbox2-java libjaxb-api-java)", err)
	}
	list := Write(tb, "files", []byte(strings.Join(files, "\n")+"\n"))
	out, err := exec.CommandContext(tb.Context(), "java", "-cp", path, "org.apache.pdfbox.preflight.Validator_A1b", "group", list).CombinedOutput()
	if valid := strings.Count(string(out), "is a valid PDF/A-1b file"); err != nil || valid != len(files) {
		tb.Errorf("Preflight finds %d of %d files valid: %v\n%s", valid, len(files), err, out)
	}
}

// classPath is where Java finds Preflight.
func classPath() (string, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return "", fmt.Errorf("no Java: %w", err)
	}
	folder := os.Getenv("HENGJIAN_JARS")
	if folder == "" {
		folder = "/usr/share/java"
	}
	var path []string
	for _, jar := range jars {
		path = append(path, filepath.Join(folder, jar+".jar"))
		if _, err := os.Stat(path[len(path)-1]); err != nil {
			return "", err
		}
	}
	return strings.Join(path, string(os.PathListSeparator)), nil
}
