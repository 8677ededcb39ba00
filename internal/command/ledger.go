package command

import (
	"fmt"

	"hengjian/internal/ledger"
)

type ledgerCommand struct {
	Status    ledgerStatus    `cmd:"" help:"Size, newest checkpoint and keys of the evidence ledger. 证据日志状态。"`
	ChangeKey ledgerChangeKey `cmd:"" help:"Make a new signing key, endorsed by the old one in the ledger. 更换签名密钥。"`
}

type ledgerStatus struct{ place }

// Run implements the command.
func (c ledgerStatus) Run(e environment) error {
	return c.onBureau(e, func(b *bureau, _ ledger.Actor) error {
		signed, _, err := b.log.Checkpoint(e.ctx, c.Division)
		if err != nil {
			return err
		}
		keys, err := b.log.VerifierKeys(e.ctx, c.Division)
		if err != nil {
			return err
		}
		e.say("检查点 / checkpoint:")
		if _, err := fmt.Fprintf(e.Out, "%s", signed); err != nil {
			return fmt.Errorf("write status: %w", err)
		}
		e.say("公钥，最新的在最后 / verifier keys, the newest last:")
		for _, k := range keys {
			if _, err := fmt.Fprintln(e.Out, k); err != nil {
				return fmt.Errorf("write status: %w", err)
			}
		}
		return nil
	})
}

type ledgerChangeKey struct {
	place
	Lost bool `help:"The old key is lost: the new one is not endorsed, and every audit says so. 原密钥已遗失。"`
}

// Run implements the command.
func (c ledgerChangeKey) Run(e environment) error {
	return c.onBureau(e, func(b *bureau, operator ledger.Actor) error {
		key, err := b.log.ChangeKey(e.ctx, operator, ledger.Administrator, c.Lost)
		if err != nil {
			return err
		}
		e.say("新公钥，请告知见证人和核验人 / the new verifier key, for witnesses and those who check:")
		_, err = fmt.Fprintln(e.Out, key)
		return err
	})
}
