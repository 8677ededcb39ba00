package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/ledger/checkpoint"
)

// history is a bundle that was exported, taken apart so that what happened in it can be made to happen many times.
type history struct {
	bodies []string
	once   []bool          // of what happens only once: people, equipment, the log itself
	keep   map[string]bool // ids that stay the same in each copy
	series map[string]int  // the last of the numbers of each beginning
	files  []*zip.File     // contents and files of documents
}

var (
	onceKinds = regexp.MustCompile(`"kind":"(log|person|business|division|authorisation|equipment|measurement_standard|procedure|method|limit|waived_fee)\.`)
	anID      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	aFile     = regexp.MustCompile(`"(?:content|file)":"([0-9a-f]{64})"`)
	anIndex   = regexp.MustCompile(`"index":([0-9]+)`)
	aNumber   = regexp.MustCompile(`[A-Z]{2,3}[0-9]{2}-[0-9]{6}-[0-9]{5,}`)
)

func readHistory(archive *zip.Reader) (*history, error) {
	h := &history{keep: map[string]bool{}, series: map[string]int{}}
	for _, f := range archive.File {
		if strings.HasPrefix(f.Name, "contents/") || strings.HasPrefix(f.Name, "files/") {
			h.files = append(h.files, f)
		}
	}
	events, err := archive.Open("events.log")
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		_, body, _ := strings.Cut(lines.Text(), " ")
		if err := h.add(body); err != nil {
			return nil, err
		}
	}
	return h, lines.Err()
}

func (h *history) add(body string) error {
	var e struct {
		Actor struct{ ID string }
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return err
	}
	h.keep[e.Actor.ID] = true
	once := onceKinds.MatchString(body)
	if once {
		for _, id := range anID.FindAllString(body, -1) {
			h.keep[id] = true
		}
	}
	for _, number := range aNumber.FindAllString(body, -1) {
		series, n := splitNumber(number)
		h.series[series] = max(h.series[series], n)
	}
	h.bodies, h.once = append(h.bodies, body), append(h.once, once)
	return nil
}

// copy is the body as it is in the copy of a number: other ids, and the numbers of documents counted on.
func (h *history) copy(body string, copied int) string {
	if copied == 0 {
		return body
	}
	body = anID.ReplaceAllStringFunc(body, func(id string) string {
		if h.keep[id] {
			return id
		}
		tail, _ := strconv.ParseUint(id[28:], 16, 64)
		return fmt.Sprintf("%s%08x", id[:28], uint32(tail)^uint32(copied))
	})
	return aNumber.ReplaceAllStringFunc(body, func(number string) string {
		series, n := splitNumber(number)
		return fmt.Sprintf("%s-%05d", series, n+copied*h.series[series])
	})
}

func splitNumber(number string) (series string, n int) {
	at := strings.LastIndexByte(number, '-')
	n, _ = strconv.Atoi(number[at+1:]) // the pattern has digits there
	return number[:at], n
}

// multiply writes a bundle of so many events.
func (h *history) multiply(path string, events int) (err error) {
	f, err := os.Create(path) //nolint:gosec // a name of ours
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	w := &multiplied{zip: zip.NewWriter(out), spoken: map[string]bool{}}
	for _, step := range []func() error{
		func() error { return w.events(h, events) }, w.log, func() error { return w.documents(h) }, w.zip.Close, out.Flush, f.Close,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type multiplied struct {
	zip     *zip.Writer
	entries [][32]byte
	key     string
	public  string
	spoken  map[string]bool // hashes of contents and files of documents
}

const origin = "bench.example/log/370113"

func (w *multiplied) events(h *history, events int) error {
	var err error
	if w.key, w.public, err = note.GenerateKey(rand.Reader, origin); err != nil {
		return err
	}
	part, err := w.zip.Create("events.log")
	if err != nil {
		return err
	}
	placed := make([]int, len(h.bodies)) // where the events of this copy stand
	for copied := 0; len(w.entries) < events; copied++ {
		for i, body := range h.bodies {
			if copied > 0 && h.once[i] {
				continue
			}
			placed[i] = len(w.entries)
			body = h.copy(body, copied)
			if strings.Contains(body, `"kind":"document.finished"`) { // it names the index of the issue
				body = anIndex.ReplaceAllStringFunc(body, func(field string) string {
					n, _ := strconv.Atoi(field[len(`"index":`):])
					return fmt.Sprintf(`"index":%d`, placed[n])
				})
			}
			if len(w.entries) == 0 {
				body = regexp.MustCompile(`"key":"[^"]+","origin":"[^"]+"`).ReplaceAllLiteralString(body, `"key":"`+w.public+`","origin":"`+origin+`"`)
			}
			if strings.Contains(body, `"kind":"document.`) {
				for _, m := range aFile.FindAllStringSubmatch(body, -1) {
					w.spoken[m[1]] = true
				}
			}
			if _, err := fmt.Fprintf(part, "%d %s\n", len(w.entries), body); err != nil {
				return err
			}
			if w.entries = append(w.entries, sha256.Sum256([]byte(body))); len(w.entries) == events {
				return nil
			}
		}
	}
	return nil
}

// log writes entries, tiles, checkpoint, keys and manifest.
func (w *multiplied) log() error {
	var all stored
	for i, e := range w.entries {
		hashes, err := tlog.StoredHashes(int64(i), e[:], all)
		if err != nil {
			return err
		}
		all = append(all, hashes...)
	}
	size := int64(len(w.entries))
	for _, tile := range tlog.NewTiles(8, 0, size) {
		if tile.W < checkpoint.TileWidth && (tile.N+1)*checkpoint.TileWidth <= size>>(8*tile.L) {
			continue
		}
		data, err := tlog.ReadTileData(tile, all)
		if err != nil {
			return err
		}
		p := checkpoint.Path{Level: tile.L, Number: tile.N, Width: tile.W}
		if err := w.part(p.String(), data); err != nil {
			return err
		}
		if p.Entries = tile.L == 0; p.Entries {
			if err := w.part(p.String(), w.bundle(p)); err != nil {
				return err
			}
		}
	}
	root, err := tlog.TreeHash(size, all)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(w.key)
	if err != nil {
		return err
	}
	signed, err := checkpoint.Sign(checkpoint.Checkpoint{Origin: origin, Size: size, Root: root}, signer)
	manifest := fmt.Sprintf(`{"format":"hengjian-audit@v1","division":"370113","origin":%q,"size":%d,"since":""}`, origin, size)
	return firstError(err, w.part("checkpoint", signed), w.part("keys", []byte(w.public+"\n")), w.part("bundle.json", []byte(manifest)))
}

func (w *multiplied) bundle(p checkpoint.Path) []byte {
	var data []byte
	for i := range p.Width {
		data = checkpoint.AppendEntry(data, w.entries[int(p.Number)*checkpoint.TileWidth+i][:])
	}
	return data
}

func (w *multiplied) documents(h *history) error {
	for _, f := range h.files {
		_, hash, _ := strings.Cut(f.Name, "/")
		if hash, _, _ = strings.Cut(hash, "."); !w.spoken[hash] {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err := firstError(err, w.part(f.Name, data)); err != nil {
			return err
		}
	}
	return nil
}

func (w *multiplied) part(name string, data []byte) error {
	out, err := w.zip.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, bytes.NewReader(data))
	return err
}

// stored are the hashes of a tree in tlog's order.
type stored []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = s[x]
	}
	return out, nil
}

func firstError(all ...error) error {
	if i := slices.IndexFunc(all, func(err error) bool { return err != nil }); i >= 0 {
		return all[i]
	}
	return nil
}
