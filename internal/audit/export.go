package audit

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/ledger/checkpoint"
)

// Export says what a bundle is to hold.
type Export struct {
	Division string
	Since    *calendar.Date // events from this day on, with the whole history of what they speak of; nil: all
	Personal bool           // reveal what events say sealed, as far as it was not erased
	Now      time.Time
	Progress func(done, total int)
}

// Exporter writes bundles from the database of a bureau.
type Exporter struct {
	DB    *database.DB
	Log   *ledger.Log
	Files *files.Store
}

// Write writes a bundle. It reads what a checkpoint covers; the caller publishes first when it wants all.
func (x Exporter) Write(ctx context.Context, out io.Writer, e Export) error {
	signed, head, err := x.Log.Checkpoint(ctx, e.Division)
	if err != nil {
		return err
	}
	keys, err := x.Log.VerifierKeys(ctx, e.Division)
	if err != nil {
		return err
	}
	w := &writer{Exporter: x, ctx: ctx, zip: zip.NewWriter(out), export: e, head: head}
	if err := w.choose(); err != nil {
		return err
	}
	manifest := Manifest{Format: formatName, Division: head.Division, Origin: head.Origin, Size: head.Size, From: w.from, ExportedAt: e.Now.UTC()}
	if e.Since != nil {
		manifest.Since = e.Since.String()
	}
	about, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	for _, part := range []struct {
		name string
		data []byte
	}{
		{manifestPart, about}, {readmePart, []byte(readme)}, {checkpointPart, signed},
		{keysPart, []byte(strings.Join(keys, "\n") + "\n")},
	} {
		if err := w.part(part.name, part.data); err != nil {
			return err
		}
	}
	for _, step := range []func() error{w.logFiles, w.events, w.revealed, w.documents, w.zip.Close} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// writer is a bundle under way.
type writer struct {
	Exporter
	ctx    context.Context //nolint:containedctx // it ends with the call that begins it
	zip    *zip.Writer
	export Export
	head   ledger.Published
	from   int64   // index from which all events are revealed
	chosen []int64 // indexes of the events to reveal; nil: all
}

// choose finds which events to reveal.
func (w *writer) choose() (err error) {
	if w.export.Since == nil {
		return nil
	}
	if w.from, err = firstSince(w.ctx, w.DB, w.head, *w.export.Since); err != nil {
		return err
	}
	w.chosen, err = chosenEvents(w.ctx, w.DB, w.head, w.from)
	return err
}

func (w *writer) part(name string, data []byte) error {
	out, err := w.create(name)
	if err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// create begins a part. Its time is that of the export, so that the same export gives the same bytes. What does not pack,
// hashes and files that are packed in themselves, is stored as it is.
func (w *writer) create(name string) (io.Writer, error) {
	method := zip.Deflate
	if strings.HasPrefix(name, "tile/") || strings.HasPrefix(name, filesFolder) {
		method = zip.Store
	}
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.export.Now.UTC()})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return out, nil
}

// logFiles writes the bundles of entries and the tiles as they are published.
func (w *writer) logFiles() error {
	for level := 0; w.head.Size>>(8*level) > 0; level++ {
		hashes := w.head.Size >> (8 * level)
		for first := int64(0); first < hashes; first += checkpoint.TileWidth {
			p := checkpoint.Path{Level: level, Number: first / checkpoint.TileWidth, Width: int(min(hashes-first, checkpoint.TileWidth))}
			if err := w.logFile(p); err != nil {
				return err
			}
			if p.Entries = level == 0; p.Entries {
				if err := w.logFile(p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *writer) logFile(p checkpoint.Path) error {
	data, err := w.Log.Tile(w.ctx, w.head.Division, p.String())
	if err != nil {
		return fmt.Errorf("%s: %w", p, err)
	}
	return w.part(p.String(), data)
}

// events writes the bodies of the chosen events.
func (w *writer) events() error {
	out, err := w.create(eventsPart)
	if err != nil {
		return err
	}
	lines := bufio.NewWriter(out)
	err = eachEvent(w.ctx, w.DB, w.head, w.chosen, func(e logged) error {
		if w.export.Progress != nil {
			w.export.Progress(int(e.Index)+1, int(w.head.Size))
		}
		_, err := fmt.Fprintf(lines, "%d %s\n", e.Index, e.Body)
		return err
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", eventsPart, err)
	}
	return lines.Flush()
}

// revealed writes what the chosen events say sealed, when it is to be told.
func (w *writer) revealed() error {
	if !w.export.Personal {
		return nil
	}
	texts, err := sealedTexts(w.ctx, w.DB, w.head, w.chosen)
	if err != nil {
		return err
	}
	out, err := w.create(revealedPart)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(out)
	for _, t := range texts {
		if err := lines.Encode(t); err != nil {
			return fmt.Errorf("write %s: %w", revealedPart, err)
		}
	}
	return nil
}

// documents writes the frozen contents and the files of the documents that chosen events speak of.
func (w *writer) documents() error {
	documents, err := documentsOf(w.ctx, w.DB, w.head, w.chosen)
	if err != nil {
		return err
	}
	written := map[string]bool{}
	for _, d := range documents {
		if name := contentsFolder + d.ContentHash + ".json"; !written[name] {
			written[name] = true
			if err := w.part(name, []byte(d.Content)); err != nil {
				return err
			}
		}
		if err := w.file(d, written); err != nil {
			return err
		}
	}
	return nil
}

// file writes the bytes of a document as they are stored now: whether they are the right ones, the auditor finds out.
func (w *writer) file(d documentRow, written map[string]bool) error {
	name := filesFolder + d.FileHash + ".pdf"
	if d.FileHash == "" || written[name] {
		return nil
	}
	written[name] = true
	hash, err := files.ParseHash(d.FileHash)
	if err != nil {
		return err
	}
	data, err := w.Files.Stored(w.ctx, hash)
	if errors.Is(err, fs.ErrNotExist) || errs.KindOf(err) == errs.NotFound {
		return nil // the auditor is told that it is missing
	}
	if err != nil {
		return err
	}
	return w.part(name, data)
}
