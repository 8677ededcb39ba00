package audit

import _ "embed"

// readme is what a bundle says to whoever unpacks it.
//
//go:embed bundle.md
var readme string
