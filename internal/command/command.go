// Package command holds the commands of the program: flags and environment in, wiring of the services, one call into
// them, results to stdout, messages to stderr. Exit code 0: done; 1: the answer is no, or something failed; 2: wrong
// usage or unreadable input. Read this file first; wiring.go puts the services together.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"hengjian/internal/errs"
)

// World is what a command gets from outside.
type World struct {
	In       io.Reader
	Out, Err io.Writer
	Now      func() time.Time
	Random   io.Reader
}

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUnreadable is what a command returns after it said itself which input it could not read.
var errUnreadable = errors.New("unreadable input")

// errFound is what a command returns after it said itself what does not hold.
var errFound = errors.New("failures found")

type cli struct {
	Serve     serveCommand     `cmd:"" help:"Start the server. 启动服务。"`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database schema up to date. 升级数据库结构。"`
	Demo      demoCommand      `cmd:"" help:"Fill an empty bureau with a true-to-life year. 写入演示数据。"`
	Users     usersCommand     `cmd:"" help:"People who sign in. 用户管理。"`
	Ledger    ledgerCommand    `cmd:"" help:"The evidence ledger: status and keys. 证据日志。"`
	Check     checkCommand     `cmd:"" help:"Check a document's PDF offline. 离线核对文书文件。"`
	Draw      drawCommand      `cmd:"" help:"Draw a document's content, as a draft, to look at its layout. 按内容绘制文书草稿。"`
	Audit     auditCommand     `cmd:"" help:"Export the evidence ledger, and check it. 审计：导出与核对。"`
	Documents documentsCommand `cmd:"" help:"Issued documents in bulk. 批量导出文书。"`
	Files     filesCommand     `cmd:"" help:"Stored files: compare them with their hashes, remove what no record names. 文件存储。"`
	Calc      calcCommand      `cmd:"" help:"The pure rules as a calculator: JSON lines in, JSON lines out. 规则计算器。"`
	Witness   witnessCommand   `cmd:"" help:"Witness logs: cosign what continues. 见证日志：只为延续签名。"`
	Docs      docsCommand      `cmd:"" help:"Write the generated documents: OpenAPI and states. 生成文档。"`
}

// environment is what every command's Run is given.
type environment struct {
	World
	ctx context.Context
}

// terminal tells whether messages go to a person, who wants to see progress.
func (e environment) terminal() bool {
	f, ok := e.Err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (e environment) say(format string, args ...any) {
	_, _ = fmt.Fprintf(e.Err, format+"\n", args...) // nobody to tell when stderr is gone
}

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, args []string, world World) int {
	var commands cli
	helped := false
	parser, err := kong.New(&commands, kong.Name("hengjian"),
		kong.Description("衡鉴 Hengjian: laboratory and metrology system of a market-supervision bureau"),
		kong.Vars{"listen": defaultListen}, kong.Writers(world.Out, world.Err), kong.Exit(func(int) { helped = true }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		_, _ = fmt.Fprintln(world.Err, err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	line, err := parser.Parse(args)
	if helped {
		return exitDone
	}
	if err != nil {
		_, _ = fmt.Fprintf(world.Err, "hengjian: %v (hengjian --help)\n", err)
		return exitUsage
	}
	env := environment{World: world, ctx: ctx}
	return env.exitCode(line.Run(env))
}

// exitCode tells what went wrong, once, and turns it into the exit code.
func (e environment) exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errUnreadable) {
		return exitUsage
	}
	if errors.Is(err, errFound) {
		return exitFailed
	}
	known, ok := errors.AsType[*errs.Error](err)
	if !ok && e.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		known, ok = errs.New(errs.Conflict, "stopped", "已停止", "stopped"), true
	}
	if !ok {
		e.say("hengjian: %v", err)
		return exitFailed
	}
	e.say("hengjian: %s\n          %s", known.ZH, known.EN)
	for _, f := range known.Fields {
		e.say("  %s: %s / %s", f.Path, f.ZH, f.EN)
	}
	if known.Kind == errs.Invalid {
		return exitUsage
	}
	return exitFailed
}
