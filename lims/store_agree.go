package lims

import (
	"context"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// knownOfForm is what the bureau knows of the people, the business and the seals that a form names.
type knownOfForm struct {
	Samplers   database.Strings `db:"samplers"`    // those of the two who may sample for the division today
	BusinessID string           `db:"business_id"` // empty: no business of the division
	CreditCode string           `db:"credit_code"` // of that business
	SealsTaken database.Strings `db:"seals_taken"` // those that the division has used already
}

// selectKnown asks in one statement, since forms are registered all day. The business is found by its id, or by its
// credit code where the form names none. Each seal is looked up by itself: for number = ANY the server reads the whole
// table, and goes on so as it grows, when it plans while the table is small.
func selectKnown(ctx context.Context, q database.Queryer, division string, f SamplingForm) (knownOfForm, error) {
	var seals []string
	for _, p := range f.Portions {
		for _, s := range p.Seals {
			seals = append(seals, s.Number)
		}
	}
	code := f.SampledUnit.CreditCode
	if f.BusinessID != "" {
		code = ""
	}
	var k knownOfForm
	err := q.Get(ctx, &k, `
		SELECT coalesce(b.id::text, '') AS business_id, coalesce(b.credit_code, '') AS credit_code,
			ARRAY(
				SELECT p.id::text
				FROM person p
				JOIN person_role r ON r.person_id = p.id AND r.role = $2
				WHERE p.id IN ($3, $4) AND p.division = $1 AND p.disabled_at IS NULL) AS samplers,
			ARRAY(
				SELECT u.number
				FROM unnest($7::text[]) AS u (number)
				WHERE (SELECT true FROM seal s WHERE s.division = $1 AND s.number = u.number)) AS seals_taken
		FROM (SELECT) AS form
		LEFT JOIN business b ON (b.id = nullif($5, '')::uuid OR b.credit_code = $6) AND b.division = $1`,
		division, ledger.Sampler, f.Sampler1, f.Sampler2, f.BusinessID, code, database.Array(seals))
	if err != nil {
		return knownOfForm{}, fmt.Errorf("what the form names: %w", err)
	}
	return k, nil
}

// filesKnown returns what those of the hashes are that the division has stored.
func filesKnown(ctx context.Context, q database.Queryer, division string, hashes []string) (mediaTypes map[string]string, err error) {
	var known []struct {
		Hash      string `db:"hash"`
		MediaType string `db:"media_type"`
	}
	err = q.Select(ctx, &known, `
		SELECT encode(f.hash, 'hex') AS hash, f.media_type
		FROM unnest($2::text[]) AS u (hash)
		JOIN file f ON f.hash = decode(u.hash, 'hex')
		WHERE f.division = $1`, division, database.Array(hashes))
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	mediaTypes = map[string]string{}
	for _, k := range known {
		mediaTypes[k.Hash] = k.MediaType
	}
	return mediaTypes, nil
}
