package web

import (
	"io/fs"
	"strings"
	"testing"
)

// An app that is built must carry the placeholder, or antd's styles are refused by the policy of the page.
func TestBuiltAppCarriesNoncePlaceholder(t *testing.T) {
	t.Parallel()
	_, err := fs.Stat(Files(), "index.html")
	if got, want := Built(), err == nil; got != want {
		t.Fatalf("Built() = %v, want %v (index.html: %v)", got, want, err)
	}
	if !Built() {
		if _, err := fs.Stat(Files(), ".gitkeep"); err != nil {
			t.Fatalf("the unbuilt app must embed its empty folder: %v", err)
		}
		return
	}
	page, err := fs.ReadFile(Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(page), NoncePlaceholder); got != 1 {
		t.Errorf("index.html holds the placeholder %d times, want once", got)
	}
}
