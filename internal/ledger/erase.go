package ledger

import (
	"context"
	"encoding/hex"
	"time"

	"hengjian/internal/database"
)

// The grounds on which personal data are erased.
const (
	OnRequest   = "request"   // PIPL art. 47: the person asks, and no law obliges to keep them
	OnRetention = "retention" // the time of keeping is over
)

// Erase removes salt and text of all that events about a subject say sealed. The events stay, and every hash and proof
// of them holds; what was sealed cannot be told from them any more. It returns how many texts were erased.
func Erase(ctx context.Context, tx *database.Tx, actor Actor, role Role, at time.Time, about Subject, ground string) (int, error) {
	erased, err := eraseSealed(ctx, tx, about, at)
	if err != nil || len(erased) == 0 {
		return 0, err
	}
	commitments := make([]string, len(erased))
	for i, c := range erased {
		commitments[i] = hex.EncodeToString(c)
	}
	return len(erased), Append(ctx, tx, actor, at, personalErased.Event(role, about,
		erasedData{Commitments: commitments, Reason: ground}))
}
