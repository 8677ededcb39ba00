package witness

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

const maxRecord = 2 * maxBody // a note with the cosignature is smaller

// journal is a file of notes, each followed by an empty line. It only grows; what a crash cut off is overwritten.
type journal struct {
	f   *os.File
	end int64 // of the last whole note
}

// openJournal visits the notes in a journal and returns what stands after the last whole one.
func openJournal(path string, visit func(signed []byte) error) (_ *journal, torn []byte, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, unusable(path, err)
	}
	j := &journal{f: f}
	if torn, err = j.read(visit); err != nil {
		return nil, nil, errors.Join(damaged(path, err), f.Close())
	}
	return j, torn, nil
}

// read counts the empty lines: one stands inside of each note, one behind it.
func (j *journal) read(visit func(signed []byte) error) (torn []byte, err error) {
	in := bufio.NewReader(j.f)
	var record []byte
	for empty := 0; ; {
		line, err := in.ReadSlice('\n')
		record = append(record, line...)
		switch {
		case len(record) > maxRecord:
			return nil, fmt.Errorf("the note at byte %d is too long", j.end)
		case errors.Is(err, io.EOF):
			return record, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
		if len(line) == 1 && record[max(len(record)-2, 0)] == '\n' {
			empty++
		}
		if empty < 2 {
			continue
		}
		if err := visit(record[:len(record)-1]); err != nil {
			return nil, fmt.Errorf("note at byte %d: %w", j.end, err)
		}
		j.end += int64(len(record))
		record, empty = nil, 0
	}
}

// add puts a note at the end, and on disk.
func (j *journal) add(signed []byte) error {
	record := append(slices.Clip(signed), '\n')
	if err := j.f.Truncate(j.end); err != nil {
		return err
	}
	if _, err := j.f.WriteAt(record, j.end); err != nil {
		return err
	}
	if err := j.f.Sync(); err != nil {
		return err
	}
	j.end += int64(len(record))
	return nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.f.Close()
}

// replaceFile puts content in the place of a file: after a crash either the old or the new is there, whole.
func replaceFile(path string, content []byte) (err error) {
	aside, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = aside.Write(content)
	if err == nil {
		err = aside.Sync()
	}
	if err = errors.Join(err, aside.Close()); err != nil {
		return err
	}
	if err := os.Rename(aside.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
