package command

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hengjian/certificates"
	"hengjian/internal/errs"
)

type documentsCommand struct {
	Export documentsExport `cmd:"" help:"Write documents into a folder: the files as issued in a ZIP, or merged for print. 导出文书。"`
}

type documentsExport struct {
	store
	Day       string   `help:"Day of issue. 签发日期。" placeholder:"YYYY-MM-DD"`
	Order     []string `help:"Number of a verification order, or of the sample of a report; repeatable. 申请或样品编号。"`
	Holder    string   `help:"Holder: id or unified social credit code. 持有单位：编号或统一社会信用代码。"`
	Number    []string `help:"Number of a document; repeatable. 文书编号。"`
	Kind      string   `help:"Only inspection_report, verification_certificate or verification_notice. 文书种类。"`
	Status    string   `help:"Only valid, expired, superseded or revoked. 状态。"`
	Withdrawn bool     `help:"Print revoked and superseded documents, too. 打印时包含已撤销、被替代的。"`
	Duplex    bool     `help:"Print on both sides: a blank page after a document of odd pages. 双面打印，每份另起一张。"`
	As        string   `help:"zip: the files as issued, with an index; pdf: merged for print. 打包或合并打印。" required:"" enum:"zip,pdf"`
	To        string   `help:"Folder to write into. 输出目录。" required:"" type:"path"`
	Division  string   `help:"Division whose documents they are; the first one unless set. 行政区划代码。"`
}

// Run implements the command.
func (c documentsExport) Run(e environment) error {
	return c.onFiles(e, func(b *bureau) error {
		if err := b.log.Settle(e.ctx); err != nil {
			return err
		}
		_, head, err := b.log.Checkpoint(e.ctx, c.Division)
		if err != nil {
			return err
		}
		bar := e.bar("导出 export")
		export, err := b.services.Certificates.NewExport(e.ctx, certificates.Exporting{
			Division: head.Division, As: certificates.Form(c.As), Withdrawn: c.Withdrawn, Duplex: c.Duplex,
			Selection: certificates.Selection{Numbers: c.Number, Orders: c.Order, Owner: c.Holder, Day: c.Day, Kind: c.Kind, Status: c.Status},
			Progress: func(done, total int) error {
				bar(done, total)
				return e.ctx.Err()
			},
		})
		if err != nil {
			return stopped(err)
		}
		return stopped(c.write(e, export))
	})
}

// stopped tells an export that was broken off how to go on.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errs.New(errs.Conflict, "export_stopped", "已停止；再次运行同一命令即可继续，已完成的文件保留",
			"stopped; the same command goes on, and keeps the files that are whole").With(err)
	}
	return err
}

// sumsName is the list of what was written, as sha256sum reads it.
const sumsName = "SHA256SUMS"

// write writes the files that are not there yet, each whole or not at all.
func (c documentsExport) write(e environment, export *certificates.Export) error {
	if err := os.MkdirAll(c.To, 0o700); err != nil {
		return errs.New(errs.Invalid, "export_folder", "无法写入目录："+c.To, "the folder cannot be written: "+c.To).With(err)
	}
	sums, err := readSums(filepath.Join(c.To, sumsName))
	if err != nil {
		return err
	}
	for i, f := range export.Files() {
		said := "保留 kept"
		path := filepath.Join(c.To, f.Name)
		if sum, err := sumOf(path); err == nil && sum == sums[f.Name] {
			if err := export.Skip(i); err != nil {
				return err
			}
		} else {
			said = "写入 written"
			if sums[f.Name], err = writeWhole(path, func(to io.Writer) error { return export.Write(e.ctx, i, to) }); err != nil {
				return err
			}
			if err := addSum(filepath.Join(c.To, sumsName), f.Name, sums[f.Name]); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(e.Out, "%s  %s  %d  %s\n", sums[f.Name], f.Name, f.Documents, said); err != nil {
			return err
		}
	}
	e.say("%d份文书 / %d documents", export.Documents(), export.Documents())
	return nil
}

// writeWhole writes a file aside, syncs it and puts it in its place; it returns its SHA-256.
func writeWhole(path string, write func(io.Writer) error) (string, error) {
	aside, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(aside.Name()) }() // it is in its place by then, or of no use
	sum := sha256.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(aside, sum), 1<<20)
	err = errors.Join(write(buffered), buffered.Flush(), aside.Sync(), aside.Close())
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), os.Rename(aside.Name(), path)
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// readSums reads the list of an earlier run; none is an empty one. Of a name that is there twice, the last line counts.
func readSums(path string) (map[string]string, error) {
	sums := map[string]string{}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return sums, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for line := range strings.Lines(string(text)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, nil
}

// addSum keeps the list whole: what another export wrote there stays.
func addSum(path, name, sum string) error {
	sums, err := readSums(path)
	if err != nil {
		return err
	}
	sums[name] = sum
	_, err = writeWhole(path, func(to io.Writer) error {
		for _, each := range slices.Sorted(maps.Keys(sums)) {
			if _, err := fmt.Fprintf(to, "%s  %s\n", sums[each], each); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
