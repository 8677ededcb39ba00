package command

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"hengjian/internal/audit"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

type auditCommand struct {
	Export auditExport `cmd:"" help:"Write a bundle of the evidence ledger that anybody can check offline. 导出审计包。"`
	Verify auditVerify `cmd:"" help:"Check a bundle, or a published ledger, without a database. 核对审计包或公开日志。"`
}

type auditExport struct {
	store
	Since    string `help:"Events from this day on, with the history of what they speak of; all unless set. 起始日期。" placeholder:"YYYY-MM-DD"`
	Out      string `help:"File to write. 输出文件。" required:"" type:"path"`
	Division string `help:"Division whose ledger it is; the first one unless set. 行政区划代码。"`
	Personal bool   `help:"Also reveal the personal data that events say sealed: for auditors who may see them. 含密封的个人信息。"`
}

// Run implements the command.
func (c auditExport) Run(e environment) (err error) {
	x := audit.Export{Division: c.Division, Personal: c.Personal, Now: e.Now(), Progress: e.bar("导出 export")}
	if c.Since != "" {
		day, err := calendar.ParseDate(c.Since)
		if err != nil {
			return err
		}
		x.Since = &day
	}
	b, err := c.open(e.ctx, e.Now, e.Random, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.log.Settle(e.ctx); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(c.Out), ".bundle-*")
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	defer func() { _ = os.Remove(aside.Name()) }() // it is in its place by then, or of no use
	exporter := audit.Exporter{DB: b.db, Log: b.log, Files: b.services.Files}
	err = exporter.Write(e.ctx, aside, x)
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	if err := os.Rename(aside.Name(), c.Out); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	e.say("审计包已写入 / the bundle is written: %s", c.Out)
	return nil
}

type auditVerify struct {
	Source     string   `arg:"" help:"Bundle, or address of a Hengjian or of its log. 审计包文件或网址。"`
	Checkpoint string   `help:"A signed checkpoint from earlier, with which the ledger must be consistent. 早先保存的检查点文件。" type:"existingfile"`
	Key        []string `help:"Verifier key of the ledger, known from elsewhere; repeatable. 另行取得的日志公钥。" placeholder:"VKEY"`
	Witness    []string `help:"Verifier key of a witness that must have cosigned; repeatable. 见证人公钥。" placeholder:"VKEY"`
}

// Run implements the command.
func (c auditVerify) Run(e environment) error {
	o := audit.Options{Keys: c.Key, Witnesses: c.Witness, Progress: e.bar("核对 verify")}
	if c.Checkpoint != "" {
		older, err := os.ReadFile(c.Checkpoint)
		if err != nil {
			return errs.New(errs.Invalid, "checkpoint_file", "无法读取检查点文件", "the checkpoint's file cannot be read").With(err)
		}
		o.Older = older
	}
	debug.SetMemoryLimit(verifyMemory)
	report, err := c.verify(e, o)
	if err != nil {
		if errs.KindOf(err) == errs.Unavailable {
			e.say("%v", err)
			return errUnreadable
		}
		return err
	}
	if _, err := fmt.Fprint(e.Out, report.Text()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if !report.Clean() {
		return errFound
	}
	return nil
}

// verifyMemory is what the collector tries to stay within; a larger log takes more.
const verifyMemory = 192 << 20

func (c auditVerify) verify(e environment, o audit.Options) (*audit.Report, error) {
	if strings.HasPrefix(c.Source, "http://") || strings.HasPrefix(c.Source, "https://") {
		remote, err := audit.NewRemote(e.ctx, c.Source)
		if err != nil {
			return nil, err
		}
		return audit.VerifyLog(e.ctx, remote, o)
	}
	f, err := os.Open(c.Source)
	if err != nil {
		return nil, errs.New(errs.Invalid, "bundle_file", "无法打开审计包："+c.Source, "the bundle cannot be opened: "+c.Source).With(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	bundle, err := audit.Open(f, info.Size())
	if err != nil {
		return nil, err
	}
	return audit.Verify(e.ctx, bundle, o)
}
