package command

import (
	"errors"
	"fmt"
	"log/slog"

	"hengjian/internal/witness"
)

type witnessCommand struct {
	Listen string   `help:"Address to listen on. 监听地址。" default:"localhost:8090" env:"HENGJIAN_WITNESS_LISTEN"`
	Logs   []string `name:"log" help:"Verifier key of a log to witness; repeatable. 所见证日志的公钥，可多次给出。" placeholder:"VKEY" env:"HENGJIAN_WITNESS_LOGS" required:""`
	Data   string   `help:"Folder of the witness: its key and what it cosigned. 见证人的目录：私钥和见证记录。" default:"witness" env:"HENGJIAN_WITNESS_DATA" type:"path"`
	Name   string   `help:"Name of the witness, a URL without scheme; needed at first start. 见证人的名称，首次启动时给出。" env:"HENGJIAN_WITNESS_NAME"`
}

// Run implements the command.
func (c witnessCommand) Run(e environment) (err error) {
	w, err := witness.Open(witness.Options{
		Name: c.Name, Logs: c.Logs, Dir: c.Data, Now: e.Now, Random: e.Random, Log: slog.New(slog.NewJSONHandler(e.Err, nil)),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	listener, err := listenOn(e.ctx, c.Listen)
	if err != nil {
		return err
	}
	e.say("衡鉴见证人 Hengjian witness → %s", addressOf(listener.Addr().String()))
	e.say("见证人的公钥，请告知日志的运营者和核验人 / verifier key, for those who run the logs and those who check them:")
	if _, err := fmt.Fprintln(e.Out, w.VerifierKey()); err != nil {
		return errors.Join(err, listener.Close())
	}
	e.say("按 Ctrl+C 停止 / press Ctrl+C to stop")
	return w.Serve(e.ctx, listener)
}
