package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

// Log gives events their indexes, extends the Merkle tree of each division's log and signs its checkpoints. Any number
// of processes may run one on the same database.
type Log struct {
	db   *database.DB
	now  func() time.Time
	keys Keys
	base string
	log  *slog.Logger
}

// NewLog makes the log. A new division's log gets base and the division's code as its origin, such as
// lims.example.cn/log/370113 for the base lims.example.cn/log.
func NewLog(db *database.DB, now func() time.Time, keys Keys, base string, log *slog.Logger) *Log {
	return &Log{db: db, now: now, keys: keys, base: base, log: log}
}

const (
	batchSize    = 4096
	busyPause    = 100 * time.Millisecond // between batches while events come
	idlePause    = 200 * time.Millisecond // and while none come
	faultPause   = 3 * time.Second        // after something went wrong
	publishEvery = time.Second            // at most so often is a checkpoint signed, when there is something new
)

// Run sequences and publishes until ctx ends. What goes wrong is logged and tried again.
func (l *Log) Run(ctx context.Context) {
	var published time.Time
	for ctx.Err() == nil {
		n, err := l.Sequence(ctx)
		if at := l.now(); err == nil && at.Sub(published).Abs() >= publishEvery {
			published = at
			err = l.Publish(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "evidence ledger", "error", err)
		}
		if n == batchSize && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pauseAfter(n, err)):
		}
	}
}

func pauseAfter(n int, err error) time.Duration {
	switch {
	case err != nil:
		return faultPause
	case n > 0:
		return busyPause
	}
	return idlePause
}

// Settle sequences all that is committed and publishes it at once: for commands that end, and for whoever cannot wait.
// It returns when nothing is left that it, or another process, has not taken into the log.
func (l *Log) Settle(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := l.Sequence(ctx)
		if err != nil {
			return err
		}
		left, err := anyPending(ctx, l.db)
		if err != nil {
			return err
		}
		if !left {
			return l.publish(ctx, 0)
		}
		if n == 0 { // another process is at it
			time.Sleep(busyPause)
		}
	}
	return ctx.Err()
}

// Published is a checkpoint as anybody may read it.
type Published struct {
	Division string    `db:"division"`
	Origin   string    `db:"origin"`
	Size     int64     `db:"size"`
	Root     []byte    `db:"root"`
	Note     string    `db:"note"`
	SignedAt time.Time `db:"signed_at"`
}

// Publish signs a checkpoint of every log that has grown since its last one, at most one each publishEvery.
func (l *Log) Publish(ctx context.Context) error { return l.publish(ctx, publishEvery) }

func (l *Log) publish(ctx context.Context, every time.Duration) error {
	logs, err := selectLogs(ctx, l.db)
	if err != nil {
		return err
	}
	for _, one := range logs {
		err := l.db.InTx(ctx, func(tx *database.Tx) error {
			mine, err := electSequencer(ctx, tx)
			if err != nil || !mine {
				return err
			}
			return l.checkpoint(ctx, tx, one, every)
		})
		if err != nil {
			return fmt.Errorf("log %s: %w", one.Origin, err)
		}
	}
	return nil
}

// checkpoint signs what the log has come to, after a look whether it still is what was signed before.
func (l *Log) checkpoint(ctx context.Context, tx *database.Tx, one opened, every time.Duration) error {
	size, err := logSize(ctx, tx, one.Division)
	if err != nil {
		return err
	}
	last, err := lastCheckpoint(ctx, tx, one.Division)
	if err != nil || size == last.Size {
		return err
	}
	at := l.now().UTC().Truncate(time.Microsecond)
	if at.Sub(last.SignedAt).Abs() < every {
		return nil
	}
	tree := newTree(ctx, tx, one.Division, size)
	if err := tree.contains(last); err != nil {
		return err
	}
	root, err := tree.root(size)
	if err != nil {
		return err
	}
	signers, err := l.signers(ctx, tx, one)
	if err != nil {
		return err
	}
	signed, err := checkpoint.Sign(checkpoint.Checkpoint{Origin: one.Origin, Size: size, Root: root}, signers...)
	if err != nil {
		return fmt.Errorf("sign checkpoint of %d: %w", size, err)
	}
	return insertCheckpoint(ctx, tx, Published{
		Division: one.Division, Size: size, Root: root[:], Note: string(signed), SignedAt: at,
	})
}

// signers are the key that the log itself names, and the older ones of it that are still kept, so that whoever knows
// only those can go on reading until they are taken away.
func (l *Log) signers(ctx context.Context, tx *database.Tx, one opened) ([]note.Signer, error) {
	changes, err := keyChanges(ctx, tx, one.Division)
	if err != nil {
		return nil, err
	}
	kept, err := l.keys.of(one.Division, one.Origin)
	if err != nil {
		return nil, err
	}
	var signers []note.Signer
	for i, change := range slices.Backward(changes) {
		k, ok := kept[change.Key]
		if !ok && i == len(changes)-1 {
			return nil, errs.New(errs.Unavailable, "log_key_missing",
				fmt.Sprintf("缺少日志 %s 的签名私钥（%s），无法签署检查点：请从备份恢复密钥文件", one.Origin, change.Key),
				fmt.Sprintf("the private key of log %s (%s) is not here, so no checkpoint can be signed: bring the key file back",
					one.Origin, change.Key))
		}
		if ok {
			signers = append(signers, k)
		}
	}
	return signers, nil
}
