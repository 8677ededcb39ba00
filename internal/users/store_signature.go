package users

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hengjian/internal/database"
)

// insertSignature reports false when the signer is disabled or does not hold the role.
func insertSignature(ctx context.Context, tx *database.Tx, id, personID, list string, at time.Time,
	sig Signing) (bool, error) {
	signed, err := tx.Exec(ctx, `
		INSERT INTO signature (id, person_id, role, meaning, subject_kind, subject_id, content_hash, signed_at, list_id)
		SELECT $1, p.id, r.role, $2, $3, $4, $5, $6, nullif($9, '')::uuid
		FROM person p
		JOIN person_role r ON r.person_id = p.id
		WHERE p.id = $7
			AND p.disabled_at IS NULL
			AND r.role = $8`, id, strings.TrimSpace(sig.Meaning), sig.Subject.Kind, sig.Subject.ID, sig.ContentHash[:],
		at, personID, string(sig.Role), list)
	return signed > 0, err
}

// Signatures returns the signatures on one thing, in the order in which they were made.
func Signatures(ctx context.Context, q database.Queryer, subjectKind, subjectID string) ([]Signature, error) {
	signatures := []Signature{}
	err := q.Select(ctx, &signatures, `
		SELECT s.id, s.person_id, p.name, s.role, s.meaning, s.subject_kind, s.subject_id,
			encode(s.content_hash, 'hex') AS content_hash, s.signed_at
		FROM signature s
		JOIN person p ON p.id = s.person_id
		WHERE s.subject_kind = $1
			AND s.subject_id = $2
		ORDER BY s.signed_at, s.id`, subjectKind, subjectID)
	if err != nil {
		return nil, fmt.Errorf("signatures of %s %s: %w", subjectKind, subjectID, err)
	}
	for i := range signatures {
		signatures[i].SignedAt = signatures[i].SignedAt.UTC()
	}
	return signatures, nil
}

// selectListSignature reads the signature under a list.
func selectListSignature(ctx context.Context, q database.Queryer, id string) (Signature, error) {
	var s Signature
	err := q.Get(ctx, &s, `
		SELECT s.id, s.person_id, p.name, s.role, s.meaning, s.subject_kind, s.subject_id,
			encode(s.content_hash, 'hex') AS content_hash, s.signed_at
		FROM signature s
		JOIN person p ON p.id = s.person_id
		WHERE s.id::text = $1 AND s.list_id IS NULL`, id)
	if err != nil {
		return s, fmt.Errorf("signature %s under a list: %w", id, err)
	}
	return s, nil
}
