package command

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"hengjian/internal/demo"
	"hengjian/internal/errs"
	"hengjian/internal/users"
)

type demoCommand struct {
	store
	Scale float64 `help:"Share of the bureau's year (4,894 batches, 5,740 instruments): 1 is all of it; 0 is a small sample of 200 and 240. 规模。" default:"0"`
	Seed  uint64  `help:"The same seed and day tell the same story. 随机种子。" default:"1"`
}

// Run implements the command.
func (c demoCommand) Run(e environment) error {
	if c.Scale < 0 || c.Scale > 1 {
		return errs.New(errs.Invalid, "scale", "规模须在0至1之间", "the scale must be from 0 to 1")
	}
	b, err := c.open(e.ctx, e.Now, e.Random, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	scale := demo.Small
	if c.Scale > 0 {
		scale = demo.Year
		scale.Batches = max(int(float64(scale.Batches)*c.Scale), 10)
		scale.Instruments = max(int(float64(scale.Instruments)*c.Scale), 10)
	}
	scale.Seed = c.Seed
	filled, err := c.fillIfEmpty(e, b, scale)
	if err == nil && !filled {
		err = errs.New(errs.Conflict, "not_empty", "数据库中已有人员，演示数据只写入空库", "there are people already: a demonstration goes into an empty database only")
	}
	if closeErr := b.close(); err == nil {
		err = closeErr
	}
	if err == nil {
		e.say("%s", demoGreeting())
	}
	return err
}

// demoHash makes signing quick: the demonstration's password is printed anyway, and the first real sign-in hashes it anew.
var demoHash = users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, Log: slog.New(slog.DiscardHandler)}

// fillIfEmpty tells the demonstration into a database without people; filled says whether it did.
func (s store) fillIfEmpty(e environment, b *bureau, scale demo.Scale) (filled bool, err error) {
	somebody, err := b.services.Users.Anybody(e.ctx)
	if err != nil || somebody {
		return false, err
	}
	wire := func(now func() time.Time) (demo.Rooms, error) {
		rooms := s.wire(b, now, e.Random, demoHash)
		return demo.Rooms{
			Users: rooms.Users, Standards: rooms.Standards, Instruments: rooms.Instruments, LIMS: rooms.LIMS,
			Certificates: rooms.Certificates,
		}, nil
	}
	e.say("写入演示数据 / telling the demonstration: %d 批次 batches, %d 台件 instruments", scale.Batches, scale.Instruments)
	started := e.Now()
	if err := demo.Tell(e.ctx, wire, e.Now(), scale, e.bar("演示 demo")); err != nil {
		return false, err
	}
	if err := b.finish(e); err != nil {
		return false, err
	}
	e.say("演示数据已写入 / the demonstration is told (%s)", e.Now().Sub(started).Round(time.Second))
	return true, nil
}

// finish takes all that was told into the ledger, makes the files of the documents, and takes those in too.
func (b *bureau) finish(e environment) error {
	if err := b.log.Settle(e.ctx); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	started := e.Now()
	n, err := b.services.Certificates.Finish(e.ctx, e.bar("文书 documents"))
	if err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	e.say("文书文件已完成 / files of documents finished: %d (%s)", n, e.Now().Sub(started).Round(time.Millisecond))
	return b.log.Settle(e.ctx)
}

// bar shows progress: a bar on a terminal, a line for each tenth elsewhere.
func (e environment) bar(what string) func(done, total int) {
	if e.terminal() {
		var bar *progressbar.ProgressBar
		return func(done, total int) {
			if bar == nil {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(e.Err), progressbar.OptionSetDescription(what),
					progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
					progressbar.OptionOnCompletion(func() { e.say("") }))
			}
			_ = bar.Set(done) // a terminal that went away must not end the work
		}
	}
	tenth := -1
	return func(done, total int) {
		if t := done * 10 / max(total, 1); t > tenth {
			tenth = t
			e.say("  %s %d/%d", what, done, total)
		}
	}
}

// demoGreeting tells how to sign in.
func demoGreeting() string {
	var b strings.Builder
	fmt.Fprintf(&b, "演示账号（密码均为 %s）/ demonstration accounts, all with password %s:\n", demo.Password, demo.Password)
	for _, a := range demo.Accounts() {
		fmt.Fprintf(&b, "  %-12s %s %s\n", a.Login, a.Name, a.Role)
	}
	fmt.Fprintf(&b, "  %-12s 企业门户 business portal", "business1")
	return b.String()
}
