// Package web holds the browser app as built by npm (see package.json beside this file) and embeds it into the program.
// It owns no table. `go build` needs no node: an unbuilt app is an empty folder, and Built says so.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built app: index.html, assets/… with a .gz beside each file worth compressing.
// index.html carries the placeholder NoncePlaceholder, to be replaced for each answer.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: embedded folder dist is missing: " + err.Error()) // only a wrong embed directive leads here
	}
	return files
}

// NoncePlaceholder stands in index.html where the server writes the nonce of its Content-Security-Policy.
const NoncePlaceholder = "__CSP_NONCE__"

// Built says whether the embedded app is there.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}
