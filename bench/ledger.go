package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
	"hengjian/migrations"
)

const (
	appendRounds = 5
	appendsEach  = 500 // of each client in a round
	pacedSeconds = 5
	pacedRate    = 2000 // events a second
)

// appended is an event of the usual size.
type appended struct {
	Handover string        `json:"handover"`
	DueOn    string        `json:"due_on"`
	Basis    string        `json:"due_basis"`
	Note     string        `json:"content_hash"`
	Sealed   ledger.Sealed `json:"reason"`
}

var received = ledger.Define[appended]("sample.received", 1, "", "")

// bureauLog is a database with a log on it, on the same disk as a bureau's.
type bureauLog struct {
	db  *database.DB
	log *ledger.Log
}

// appendRows measures appends with the ledger at work beside the same inserts without it, and how soon an event is in
// the log.
func appendRows(ctx context.Context, dir string) (rows []row, err error) {
	p, err := database.StartPrivate(ctx, dir, database.PrivateOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Stop(context.WithoutCancel(ctx))) }()
	if _, err := database.Migrate(ctx, p.URL(database.OwnerRole), migrations.FS); err != nil {
		return nil, err
	}
	owner, err := database.Open(ctx, p.URL(database.OwnerRole), database.Options{})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(createBare(ctx, owner), owner.Close()); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, p.URL(database.AppRole), database.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	b := bureauLog{db, ledger.NewLog(db, time.Now, ledger.NewKeys(filepath.Join(dir, "keys"), "", rand.Reader), "bench.example/log",
		slog.New(slog.NewTextHandler(os.Stderr, nil)))}
	with, without, err := b.rounds(ctx)
	if err != nil {
		return nil, err
	}
	inclusion, err := b.paced(ctx)
	if err != nil {
		return nil, err
	}
	event, log, err := storedSizes(ctx, db)
	if err != nil {
		return nil, err
	}
	return []row{
		beside("append an event, 8 writers, ledger at work", "1/s", with.perSecond(), "the same inserts without ledger", without.perSecond(), "ratio 0.95"),
		beside(fmt.Sprintf("from commit into the log at %d events/s, p50", pacedRate), "ms", inclusion.quantile(0.5), "1 s", 1000, "< 1000 ms"),
		beside(fmt.Sprintf("from commit into the log at %d events/s, p99", pacedRate), "ms", inclusion.quantile(0.99), "1 s", 1000, "< 1000 ms"),
		beside("stored by the ledger for an event", "bytes", log, "the event itself", event, ""),
	}, nil
}

// rounds has the writers append with and without the ledger, in turns.
func (b bureauLog) rounds(ctx context.Context) (with, without timing, err error) {
	for round := range appendRounds + 1 {
		run, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b.log.Run(run)
		}()
		one, err := load(ctx, appendsEach, func(ctx context.Context, _, i int) error { return b.append(ctx, i) })
		stop()
		<-ended
		if err == nil {
			err = b.log.Settle(ctx)
		}
		if err != nil {
			return with, without, err
		}
		other, err := load(ctx, appendsEach, func(ctx context.Context, _, i int) error { return insertBare(ctx, b.db, i) })
		if err != nil {
			return with, without, err
		}
		if round > 0 { // the first warms up
			with, without = with.plus(one), without.plus(other)
		}
	}
	return with, without, nil
}

func (b bureauLog) append(ctx context.Context, i int) error {
	return b.db.InTx(ctx, func(tx *database.Tx) error { return ledger.Append(ctx, tx, benchActor, time.Now(), benchEvent(i)) })
}

var benchActor = ledger.Actor{PersonID: "01a21780-3817-72b4-974d-3b382ef30803", Division: "370113"}

var benchSubject = ledger.Subject{Kind: "sample", ID: "01a21780-3817-72b4-974d-3b382ef30804", Number: "YP26-00001"}

func benchEvent(i int) ledger.Event {
	return received.Event(ledger.Custodian, benchSubject, benchData(i))
}

func benchData(i int) appended {
	return appended{Handover: "01a21780-3817-72b4-974d-3b382ef30805", DueOn: "2026-12-01", Basis: "食品安全抽样检验管理办法 第二十二条",
		Note: fmt.Sprintf("%064x", i)}
}

// paced appends at a steady rate and tells how long each event took from its commit to its index.
func (b bureauLog) paced(ctx context.Context) (timing, error) {
	run, stop := context.WithCancel(ctx)
	defer stop()
	go b.log.Run(run)
	first, err := logEnd(ctx, b.db)
	if err != nil {
		return timing{}, err
	}
	var committed [clients][]time.Time
	seen := make(chan []growth, 1)
	watch, seenAll := context.WithCancel(ctx)
	defer seenAll()
	go func() { seen <- watchGrowth(watch, b.db) }()
	began := time.Now()
	each := pacedRate * pacedSeconds / clients
	if _, err := load(ctx, each, func(ctx context.Context, client, i int) error {
		time.Sleep(time.Until(began.Add(time.Duration(i) * pacedSeconds * time.Second / time.Duration(each))))
		err := b.append(ctx, i)
		committed[client] = append(committed[client], time.Now())
		return err
	}); err != nil {
		return timing{}, err
	}
	if err := waitForLog(ctx, b.db, first+int64(each*clients)); err != nil {
		return timing{}, err
	}
	seenAll()
	return delays(committed, <-seen, first), nil
}

// growth is what the log had come to at a time.
type growth struct {
	at   time.Time
	size int64
}

// delays takes the commits in their order for the entries in theirs, which are the same but for moments.
func delays(committed [clients][]time.Time, seen []growth, first int64) timing {
	var all []time.Time
	for _, c := range committed {
		all = append(all, c...)
	}
	sortTimes(all)
	var t timing
	at := 0
	for i, commit := range all {
		for at < len(seen)-1 && seen[at].size <= first+int64(i) {
			at++
		}
		t.each = append(t.each, max(seen[at].at.Sub(commit), 0))
	}
	return t
}

// verifyRows measures `hengjian audit verify` over growing bundles, beside unpacking and hashing them alone.
func verifyRows(ctx context.Context, data, dir string) ([]row, error) {
	bundle := filepath.Join(dir, "real.zip")
	if _, err := tellTenth(ctx, data, dir); err != nil {
		return nil, err
	}
	if out, err := command(ctx, "audit", "export", "--data", data, "--out", bundle).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("hengjian audit export: %w: %s", err, out)
	}
	archive, err := zip.OpenReader(bundle)
	if err != nil {
		return nil, err
	}
	defer func() { _ = archive.Close() }()
	h, err := readHistory(&archive.Reader)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, events := range []int{10_000, 100_000, 1_000_000} {
		path := filepath.Join(dir, "many.zip")
		if err := h.multiply(path, events); err != nil {
			return nil, err
		}
		one, err := verifyOne(ctx, path, events)
		if err != nil {
			return nil, err
		}
		rows = append(rows, one...)
	}
	return rows, nil
}

func verifyOne(ctx context.Context, path string, events int) ([]row, error) {
	began := time.Now()
	if err := unpackAndHash(path); err != nil {
		return nil, err
	}
	floor := time.Since(began)
	cmd := command(ctx, "audit", "verify", path)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, io.Discard
	began = time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil || !strings.Contains(said.String(), "clean") {
		return nil, fmt.Errorf("hengjian audit verify of %d events: %w: %.3000s", events, err, said.String())
	}
	memory := 0.0
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = float64(usage.Maxrss) / 1024
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	goal, memoryGoal := "", ""
	if events == 1_000_000 {
		goal, memoryGoal = "< 10 s", "< 300 MB"
	}
	return []row{
		beside(fmt.Sprintf("verify a bundle of %d events", events), "s", took.Seconds(), "unpack and hash it alone", floor.Seconds(), goal),
		beside(fmt.Sprintf("memory for that, %d events", events), "MB", memory, "the bundle", float64(info.Size())/(1<<20), memoryGoal),
	}, nil
}

// unpackAndHash is the least that a verification can do.
func unpackAndHash(path string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(sha256.New(), r); err != nil { //nolint:gosec // a file of ours
			return err
		}
	}
	return nil
}
