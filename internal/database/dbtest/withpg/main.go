// Command withpg runs a command, such as go test, with one throw-away PostgreSQL server for all the test processes
// under it: go run ./internal/database/dbtest/withpg go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"hengjian/internal/database/dbtest"
)

// Exit codes of our own; otherwise the command's is passed on.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if len(os.Args) < 2 {
		complain(errors.New("usage: withpg COMMAND [ARGUMENT…]"))
		os.Exit(exitUsage)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		complain(err)
		code = max(code, exitFailed)
	}
	os.Exit(code)
}

func complain(err error) { fmt.Fprintln(os.Stderr, "withpg:", err) }

func run(args []string) (code int, err error) {
	if os.Getenv(dbtest.Variable) == "" {
		s, err := dbtest.Start(context.Background())
		if err != nil {
			return exitFailed, err
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := s.Stop(ctx); err != nil {
				complain(err)
			}
		}()
		if err := os.Setenv(dbtest.Variable, s.URL); err != nil {
			return exitFailed, err
		}
	}
	return command(args)
}

// command runs to its end even when we are told to stop: it gets the signal as well, and the server must outlive it.
func command(args []string) (code int, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return exitFailed, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s == syscall.SIGTERM { // a terminal sends Ctrl-C to both of us by itself
				_ = cmd.Process.Signal(s) // it may have ended by now
			}
		case err := <-ended:
			if exit, ok := errors.AsType[*exec.ExitError](err); ok {
				return max(exit.ExitCode(), exitFailed), nil
			}
			return 0, err
		}
	}
}
