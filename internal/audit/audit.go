// Package audit lets an auditor check the evidence ledger of a bureau without trusting it: it writes bundles of events,
// documents and the log's own files, and verifies them, or a published log, without a database. It owns no tables. Read
// this file first: what a bundle is; verify.go says what is checked, export.go writes.
package audit

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

// The parts of a bundle, which is a ZIP archive. The files of the log stand as C2SP tlog-tiles names them, so that the
// unpacked folder can be served to any client of such logs.
const (
	manifestPart   = "bundle.json"
	readmePart     = "README.md"
	checkpointPart = "checkpoint"     // signed note, with cosignatures
	keysPart       = "keys"           // verifier keys of the log, the newest last, one on a line
	eventsPart     = "events.log"     // lines of index, space, exact body of the event; indexes rise
	revealedPart   = "revealed.jsonl" // salts and texts behind the commitments of events
	contentsFolder = "contents/"      // frozen contents of documents by their SHA-256: HEX.json
	filesFolder    = "files/"         // files of documents by their SHA-256: HEX.pdf
)

// formatName is what the manifest says of the form of a bundle.
const formatName = "hengjian-audit@v1"

// Manifest is what a bundle says of itself. Nothing rests on it but how to read the rest.
type Manifest struct {
	Format     string    `json:"format"`
	Division   string    `json:"division"`
	Origin     string    `json:"origin"`
	Size       int64     `json:"size"`  // of the log
	Since      string    `json:"since"` // the day from which events were asked for; empty: all
	From       int64     `json:"from"`  // index from which every event is revealed; of those before, what a replay needs
	ExportedAt time.Time `json:"exported_at"`
}

// Revealed is what a commitment in an event was made of.
type Revealed struct {
	Event      string `json:"event"`
	Commitment string `json:"commitment"`
	Salt       []byte `json:"salt"`
	Text       string `json:"text"`
}

var (
	contentName = regexp.MustCompile(`^contents/([0-9a-f]{64})\.json$`)
	fileName    = regexp.MustCompile(`^files/([0-9a-f]{64})\.pdf$`)
)

// knownPart tells whether a bundle may hold a part of the name, and how large it may be.
func knownPart(name string) (limit int64, ok bool) {
	switch name {
	case manifestPart, readmePart, checkpointPart, keysPart:
		return maxSmall, true
	case eventsPart, revealedPart:
		return maxStream, true
	}
	if contentName.MatchString(name) {
		return maxContent, true
	}
	if fileName.MatchString(name) {
		return maxFile, true
	}
	if strings.HasPrefix(name, "tile/") {
		_, err := checkpoint.ParsePath(name)
		return maxTile, err == nil
	}
	return 0, false
}

// Limits of the parts of a bundle. What is larger is not read.
const (
	maxSmall   = 1 << 20
	maxTile    = 32 << 10
	maxContent = 64 << 20
	maxFile    = 256 << 20
	maxLine    = 4 << 20 // of events.log and of revealed.jsonl
	maxStream  = 1 << 42
	maxParts   = 4 << 20
	// maxGrowth is how many times larger than itself an archive may become: events pack to a tenth, hashes not at all.
	maxGrowth = 100
)

func unreadable(part, zh, en string) *errs.Error {
	return errs.New(errs.Invalid, "bundle_unreadable",
		fmt.Sprintf("审计包无法读取（%.120s）：%s", part, zh), fmt.Sprintf("the bundle cannot be read (%.120s): %s", part, en))
}
