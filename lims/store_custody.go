package lims

import (
	"context"
	"fmt"

	"hengjian/internal/database"
)

func insertHandover(ctx context.Context, tx *database.Tx, division string, h Handover) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO handover (id, division, sample_id, purpose, giver, receiver, state, offered_at, giver_signature,
			place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		h.ID, division, h.SampleID, h.Purpose, h.Giver, h.Receiver, h.State, h.OfferedAt, h.GiverSignature, h.Place)
	if err != nil {
		return fmt.Errorf("insert handover: %w", err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO handover_portion (handover_id, portion_id)
		SELECT $1, u.id
		FROM unnest($2::uuid[]) AS u (id)`, h.ID, database.Array(h.Portions))
	if err != nil {
		return fmt.Errorf("insert portions of handover: %w", err)
	}
	return nil
}

// saveDecision stores what the receiver decided and saw. A handover is decided once.
func saveDecision(ctx context.Context, tx *database.Tx, h Handover) error {
	n, err := tx.Exec(ctx, `
		UPDATE handover
		SET state = $2, decided_at = $3, receiver_signature = $4, place = $5, refusal = $6
		WHERE id = $1 AND state = 'offered'`,
		h.ID, h.State, h.DecidedAt, h.ReceiverSignature, h.Place, h.Refusal)
	if err != nil {
		return fmt.Errorf("decide handover: %w", err)
	}
	if n == 0 {
		return errVersion
	}
	var seals, read, findings []string
	for _, c := range h.Checks {
		seals, read, findings = append(seals, c.SealID), append(read, c.ReadNumber), append(findings, string(c.Finding))
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO seal_check (handover_id, seal_id, read_number, finding, checked_by, checked_at)
		SELECT $1, u.seal_id, u.read_number, u.finding, $2, $3
		FROM unnest($4::uuid[], $5::text[], $6::text[]) AS u (seal_id, read_number, finding)`,
		h.ID, h.Receiver, h.DecidedAt, database.Array(seals), database.Array(read), database.Array(findings))
	if err != nil {
		return fmt.Errorf("insert seal checks: %w", err)
	}
	return nil
}

// selectHoldings tells who answers for each portion now: the receiver of its last accepted handover, before that the
// samplers.
func selectHoldings(ctx context.Context, q database.Queryer, sampleID string) ([]holding, error) {
	var held []holding
	err := q.Select(ctx, &held, `
		SELECT p.id AS portion_id, p.label, p.role, coalesce(last.id::text, '') AS handover_id,
			coalesce(last.receiver, s.sampler_1) AS holder, coalesce(open.id::text, '') AS open
		FROM portion p
		JOIN sample s ON s.id = p.sample_id
		LEFT JOIN LATERAL (
			SELECT h.id, h.receiver
			FROM handover h
			JOIN handover_portion hp ON hp.handover_id = h.id
			WHERE hp.portion_id = p.id AND h.state = 'accepted'
			ORDER BY h.decided_at DESC, h.id DESC
			LIMIT 1) last ON true
		LEFT JOIN LATERAL (
			SELECT h.id
			FROM handover h
			JOIN handover_portion hp ON hp.handover_id = h.id
			WHERE hp.portion_id = p.id AND h.state = 'offered'
			LIMIT 1) open ON true
		WHERE p.sample_id = $1
		ORDER BY length(p.label), p.label`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("holders: %w", err)
	}
	return held, nil
}
