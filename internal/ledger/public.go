package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

var (
	errNoLog  = errs.New(errs.NotFound, "log_missing", "日志不存在或尚无检查点", "there is no such log, or no checkpoint of it yet")
	errNoTile = errs.New(errs.NotFound, "tile_missing", "日志尚无此分块", "the log has no such tile")
)

// Checkpoint returns the newest signed checkpoint of a division's log as it is published, cosignatures included. An
// empty division means the first log of this system.
func (l *Log) Checkpoint(ctx context.Context, division string) ([]byte, Published, error) {
	division, err := l.division(ctx, division)
	if err != nil {
		return nil, Published{}, err
	}
	last, err := lastCheckpoint(ctx, l.db, division)
	if err != nil {
		return nil, last, err
	}
	if last.Size == 0 {
		return nil, last, errNoLog
	}
	signed, err := cosigned(ctx, l.db, last)
	return signed, last, err
}

func (l *Log) division(ctx context.Context, division string) (string, error) {
	if division != "" {
		return division, nil
	}
	logs, err := selectLogs(ctx, l.db)
	if err != nil {
		return "", err
	}
	if len(logs) == 0 {
		return "", errNoLog
	}
	return logs[0].Division, nil
}

// cosigned is a checkpoint with what its witnesses answered.
func cosigned(ctx context.Context, q database.Queryer, c Published) ([]byte, error) {
	lines, err := cosignatures(ctx, q, c.Division, c.Size)
	if err != nil {
		return nil, err
	}
	return []byte(c.Note + strings.Join(lines, "")), nil
}

// Tile returns a published tile of hashes, or a bundle of entries, which are commitments to events (C2SP tlog-tiles).
// The path is below the log's prefix, such as tile/0/000.p/12. What no checkpoint covers yet does not exist.
func (l *Log) Tile(ctx context.Context, division, path string) ([]byte, error) {
	p, err := checkpoint.ParsePath(path)
	if err != nil {
		return nil, errNoTile.With(err)
	}
	division, err = l.division(ctx, division)
	if err != nil {
		return nil, err
	}
	last, err := lastCheckpoint(ctx, l.db, division)
	if err != nil {
		return nil, err
	}
	if p.Level > 7 || p.Number > last.Size || p.Number*tileWidth+int64(p.Width) > last.Size>>(8*p.Level) {
		return nil, errNoTile
	}
	if p.Entries {
		return l.bundle(ctx, division, p)
	}
	hashes, err := tileHashes(ctx, l.db, division, tileAt{p.Level, p.Number}, p.Width)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out, nil
}

// damaged says that what was signed is not stored any more.
func damaged(division string) error {
	return errs.New(errs.Conflict, "log_damaged",
		fmt.Sprintf("日志%s缺少已签署的条目：数据库被改动或不完整", division),
		fmt.Sprintf("the log of %s lacks entries that were signed: the database was changed, or is not whole", division))
}

func (l *Log) bundle(ctx context.Context, division string, p checkpoint.Path) ([]byte, error) {
	entries, err := commitments(ctx, l.db, division, p.Number*tileWidth, p.Width)
	if err != nil {
		return nil, err
	}
	if len(entries) != p.Width {
		return nil, damaged(division)
	}
	var out []byte
	for _, e := range entries {
		out = checkpoint.AppendEntry(out, e)
	}
	return out, nil
}

// VerifierKeys returns the keys of a division's log, the newest last.
func (l *Log) VerifierKeys(ctx context.Context, division string) ([]string, error) {
	division, err := l.division(ctx, division)
	if err != nil {
		return nil, err
	}
	changes, err := keyChanges(ctx, l.db, division)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, errNoLog
	}
	keys := make([]string, len(changes))
	for i, c := range changes {
		keys[i] = c.Key
	}
	return keys, nil
}

// Newest returns the newest checkpoint of every log, without cosignatures, for whoever asks witnesses about them.
func (l *Log) Newest(ctx context.Context) ([]Published, error) {
	logs, err := selectLogs(ctx, l.db)
	if err != nil {
		return nil, err
	}
	var all []Published
	for _, one := range logs {
		last, err := lastCheckpoint(ctx, l.db, one.Division)
		if err != nil {
			return nil, err
		}
		if last.Size > 0 {
			all = append(all, last)
		}
	}
	return all, nil
}

// Consistency proves that a log grew from one size to a checkpoint by appending only.
func (l *Log) Consistency(ctx context.Context, c Published, from int64) ([]tlog.Hash, error) {
	if from == 0 || from == c.Size {
		return nil, nil
	}
	proof, err := tlog.ProveTree(c.Size, from, newTree(ctx, l.db, c.Division, c.Size))
	if err != nil {
		return nil, fmt.Errorf("consistency of log %s from %d to %d: %w", c.Origin, from, c.Size, err)
	}
	return proof, nil
}

// LastCosigned is the size of the newest checkpoint that a witness has cosigned; 0 when there is none.
func (l *Log) LastCosigned(ctx context.Context, division, witness string) (int64, error) {
	return lastCosigned(ctx, l.db, division, witness)
}

// KeepCosignature stores what a witness answered about a checkpoint; the caller has verified it.
func (l *Log) KeepCosignature(ctx context.Context, c Published, witness, line string, at time.Time) error {
	return insertCosignature(ctx, l.db, c, witness, line, at)
}
