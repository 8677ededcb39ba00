// Hengjian 衡鉴: the laboratory and metrology system of a market-supervision bureau. All commands stand in
// internal/command; this file gives them the world: arguments, streams, the clock, randomness and signals.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"syscall"
	"time"

	"hengjian/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, os.Args[1:], command.World{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Random: rand.Reader,
	})
	stop()
	os.Exit(code)
}
