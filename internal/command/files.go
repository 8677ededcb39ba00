package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"hengjian/internal/errs"
	"hengjian/internal/files"
)

// contents opens the file store. Credentials come from the environment only: addresses and flags are seen and logged.
func (s store) contents(ctx context.Context, environ func(string) string) (*files.Store, error) {
	switch {
	case s.Files == "":
		return files.Open(filepath.Join(s.Data, "files"))
	case files.IsS3(s.Files):
		at, err := files.ParseSettings(s.Files)
		if err != nil {
			return nil, err
		}
		at.AccessKey, at.SecretKey = environ("HENGJIAN_S3_ACCESS_KEY"), environ("HENGJIAN_S3_SECRET_KEY")
		return files.OpenS3(ctx, at)
	case strings.Contains(s.Files, ":"):
		return nil, errs.New(errs.Invalid, "files_address", "文件存储须为文件夹，或 s3://存储桶/前缀?endpoint=主机:端口",
			"the file store is a folder or s3://bucket/prefix?endpoint=host:port")
	}
	return files.Open(s.Files)
}

type filesCommand struct {
	Scrub filesScrub `cmd:"" help:"Read every stored file and compare it with its hash. 逐一核对存储的文件。"`
	Sweep filesSweep `cmd:"" help:"Remove files that no record names, when they are older than a day. 清理无记录的文件。"`
}

// onFiles opens the data for one piece of work on its files.
func (s store) onFiles(e environment, work func(*bureau) error) (err error) {
	b, err := s.open(e.ctx, e.Now, e.Random, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	return work(b)
}

type filesScrub struct{ store }

// Run implements the command.
func (c filesScrub) Run(e environment) error {
	return c.onFiles(e, func(b *bureau) error {
		var unwritten error
		sum, err := b.services.Files.Scrub(e.ctx, b.db, files.Scrubbing{
			Progress: e.bar("核对 scrub"),
			Found: func(f files.Failure) {
				_, err := fmt.Fprintln(e.Out, failureText(f))
				unwritten = errors.Join(unwritten, err)
			},
		})
		if err = errors.Join(err, unwritten); err != nil {
			return err
		}
		e.say("已核对%d个文件（%s），%d个有问题 / %d files read (%s), %d failures",
			sum.Files, megabytes(sum.Bytes), sum.Failures, sum.Files, megabytes(sum.Bytes), sum.Failures)
		if sum.Failures > 0 {
			return errFound
		}
		return nil
	})
}

var faultWords = map[files.Fault][2]string{
	files.Missing:    {"缺失", "missing"},
	files.Damaged:    {"内容与哈希不符", "damaged: the bytes have another hash"},
	files.Unreadable: {"无法读取", "unreadable"},
}

var useWords = map[string]string{
	"document": "文书 document", "sample": "样品 sample", "seal": "封条 seal", "equipment": "设备证书 equipment certificate",
	"import": "仪器文件导入 import",
}

// failureText is one line in both languages.
func failureText(f files.Failure) string {
	words := faultWords[f.Fault]
	uses := []string{"无引用 nothing refers to it"}
	if len(f.UsedBy) > 0 {
		uses = nil
	}
	for _, u := range f.UsedBy {
		uses = append(uses, useWords[u.Kind]+" "+u.Number)
	}
	text := fmt.Sprintf("%s %s / %s: %q %s; %s", f.Hash, words[0], words[1], f.Name, f.Division, strings.Join(uses, ", "))
	if f.Cause != nil {
		text += fmt.Sprintf(" (%v)", f.Cause)
	}
	return text
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

type filesSweep struct {
	store
	DryRun bool `help:"Only tell what would be removed. 只报告，不删除。"`
	Force  bool `help:"Also when most stored files have no record. 无记录的文件占多数时仍然清理。"`
}

// Run implements the command.
func (c filesSweep) Run(e environment) error {
	return c.onFiles(e, func(b *bureau) error {
		swept, err := b.services.Files.Sweep(e.ctx, b.db, files.Sweeping{
			Now: e.Now(), DryRun: c.DryRun, Force: c.Force, Progress: e.bar("清理 sweep"),
		})
		if err != nil {
			return err
		}
		zh, en := "已清理", "removed"
		if c.DryRun {
			zh, en = "将清理", "to remove"
		}
		_, err = fmt.Fprintf(e.Out, "%s / %s: %d 无记录 without a record, %d 未写完 half written (%s); "+
			"保留 kept: %d 有记录 recorded, %d 不足一天，有无记录未查 younger than a day and not looked into, %d 非本系统 not ours\n",
			zh, en, swept.Orphans, swept.HalfWritten, megabytes(swept.Bytes), swept.Named, swept.Young, swept.Foreign)
		return err
	})
}
