package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

const (
	scrubPage    = 500
	scrubWorkers = 4
	scrubTries   = 3 // for each file, while the place does not answer
)

// Fault is what is wrong with a stored content.
type Fault string

// The faults.
const (
	Missing    Fault = "missing"
	Damaged    Fault = "damaged"    // other bytes than its hash says
	Unreadable Fault = "unreadable" // the disk does not give it
)

// Failure is a row whose content is not what it should be.
type Failure struct {
	File
	Fault  Fault
	UsedBy []Use
	Cause  error // of what is unreadable
}

// Use is what refers to a content: Kind is document, sample, seal, equipment or import, Number the one that people read.
type Use struct{ Kind, Number string }

// Scrubbing says where to tell what a scrub finds; either may be nil.
type Scrubbing struct {
	Found    func(Failure) // one at a time, in the order of hashes
	Progress func(done, total int)
}

// Scrubbed counts what a scrub read.
type Scrubbed struct {
	Files, Failures int
	Bytes           int64
}

// Scrub reads every content that a row names, and tells which are not what their hash says. What is told as missing was
// asked of a place that answers: one that does not ends the scrub with errs.Unavailable.
func (s *Store) Scrub(ctx context.Context, q database.Queryer, how Scrubbing) (Scrubbed, error) {
	var sum Scrubbed
	total, err := countFiles(ctx, q)
	if err != nil {
		return sum, err
	}
	var after []byte
	for {
		page, err := selectFiles(ctx, q, after, scrubPage)
		if err != nil || len(page) == 0 {
			return sum, err
		}
		after = page[len(page)-1].Hash[:]
		failures, err := s.scrubPage(ctx, page, &sum, func() {
			if how.Progress != nil {
				how.Progress(sum.Files, max(total, sum.Files))
			}
		})
		if err != nil {
			return sum, err
		}
		sum.Failures += len(failures)
		if err := findUses(ctx, q, failures); err != nil {
			return sum, err
		}
		for _, f := range failures {
			if how.Found != nil {
				how.Found(f)
			}
		}
	}
}

// scrubPage reads the contents of a page, several at a time.
func (s *Store) scrubPage(ctx context.Context, page []File, sum *Scrubbed, told func()) ([]Failure, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]Failure, len(page))
	next := make(chan int)
	var one sync.Mutex
	var work sync.WaitGroup
	for range scrubWorkers {
		work.Go(func() {
			for i := range next {
				n, fault, err := s.check(ctx, page[i].Hash)
				if err != nil && fault == "" {
					cancel(fmt.Errorf("scrub file %s: %w", page[i].Hash, err))
					continue
				}
				results[i] = Failure{File: page[i], Fault: fault, Cause: err}
				one.Lock()
				sum.Files++
				sum.Bytes += n
				told()
				one.Unlock()
			}
		})
	}
	for i := range page {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	work.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var failures []Failure
	for _, r := range results {
		if r.Fault != "" {
			failures = append(failures, r)
		}
	}
	return failures, nil
}

// check reads a content; an error without a fault says that nothing is known of it.
func (s *Store) check(ctx context.Context, hash Hash) (read int64, fault Fault, err error) {
	for range scrubTries {
		sum := sha256.New()
		read, err = s.copy(ctx, hash, sum)
		switch {
		case ctx.Err() != nil:
			return 0, "", ctx.Err()
		case errs.KindOf(err) == errs.Unavailable:
			continue
		case errs.KindOf(err) == errs.NotFound:
			return 0, Missing, nil
		case err != nil:
			return read, Unreadable, err
		case Hash(sum.Sum(nil)) != hash:
			return read, Damaged, nil
		}
		return read, "", nil
	}
	return 0, "", err
}
