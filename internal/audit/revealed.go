package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"hengjian/internal/ledger"
)

// revealed reads the texts that stand behind commitments, makes sure that each is what was committed to, and returns the
// commitments, which are to be found in events.
func (v *verification) revealed(b *Bundle) (map[string]bool, error) {
	stream, err := b.stream(revealedPart)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	found := map[string]bool{}
	in := bufio.NewReader(stream)
	for {
		text, err := appendLine(in, nil)
		if errors.Is(err, io.EOF) && len(text) == 0 {
			break
		}
		if err != nil {
			return nil, unreadable(revealedPart, "已损坏或被截断", "it is damaged or cut short").With(err)
		}
		var r Revealed
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, unreadable(revealedPart, "有一行不是JSON", "a line is not JSON").With(err)
		}
		if !ledger.Reveals(r.Commitment, r.Salt, r.Text) {
			v.report.fail(-1, revealedPart, "revealed_false", "披露的内容与事件中的承诺值不符："+r.Commitment,
				"what is revealed is not what the event committed to: "+r.Commitment)
			continue
		}
		found[r.Commitment] = false
	}
	if len(found) > 0 {
		v.report.count(len(found), "披露的内容与承诺值一致", "revealed texts that are what was committed to")
	}
	return found, nil
}
