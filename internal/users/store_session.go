package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/database"
)

// session is a row of that table as it is opened.
type session struct {
	TokenHash            []byte
	PersonID             string
	CreatedAt, ExpiresAt time.Time
	UserAgent            string
}

func credentialsOf(ctx context.Context, q database.Queryer, login string) (c credentials, found bool, err error) {
	var r struct {
		personRow
		Hash string `db:"password_hash"`
	}
	err = q.Get(ctx, &r, `
		SELECT`+personColumns+`,
			p.password_hash
		FROM person p
		WHERE p.login = $1`, login)
	if errors.Is(err, sql.ErrNoRows) {
		return credentials{}, false, nil
	}
	return credentials{Person: r.person(), hash: r.Hash}, err == nil, err
}

// rehash replaces a password's hash by one with today's parameters, unless the password was changed meanwhile.
func rehash(ctx context.Context, tx *database.Tx, personID, from, to string) error {
	if from == to {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE person
		SET password_hash = $3
		WHERE id = $1
			AND password_hash = $2`, personID, from, to)
	return err
}

// insertSession reports false when the person was disabled or given another password after it was checked. The row is
// held, so that a session cannot slip in while either of these ends all sessions.
func insertSession(ctx context.Context, tx *database.Tx, hash string, s session) (bool, error) {
	opened, err := tx.Exec(ctx, `
		INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at, user_agent)
		SELECT $1, p.id, $2, $2, $3, $4
		FROM person p
		WHERE p.id = $5
			AND p.disabled_at IS NULL
			AND p.password_hash = $6
		FOR SHARE`, s.TokenHash, s.CreatedAt, s.ExpiresAt, s.UserAgent, s.PersonID, hash)
	return opened > 0, err
}

func sessionOf(ctx context.Context, q database.Queryer, tokenHash []byte) (open openSession, found bool, err error) {
	var r struct {
		personRow
		SeenAt    time.Time `db:"seen_at"`
		ExpiresAt time.Time `db:"expires_at"`
	}
	err = q.Get(ctx, &r, `
		SELECT`+personColumns+`,
			s.seen_at,
			s.expires_at
		FROM session s
		JOIN person p ON p.id = s.person_id
		WHERE s.token_hash = $1`, tokenHash)
	if errors.Is(err, sql.ErrNoRows) {
		return openSession{}, false, nil
	}
	return openSession{Person: r.person(), seenAt: r.SeenAt, expiresAt: r.ExpiresAt}, err == nil, err
}

func touchSession(ctx context.Context, q database.Queryer, tokenHash []byte, at time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE session
		SET seen_at = $2
		WHERE token_hash = $1
			AND seen_at < $2`, tokenHash, at)
	return err
}

func deleteSession(ctx context.Context, q database.Queryer, tokenHash []byte) (bool, error) {
	ended, err := q.Exec(ctx, `
		DELETE FROM session
		WHERE token_hash = $1`, tokenHash)
	return ended > 0, err
}

// deleteSessions ends all sessions of a person but the one of the token kept, and returns how many.
func deleteSessions(ctx context.Context, tx *database.Tx, personID, kept string) (int64, error) {
	return tx.Exec(ctx, `
		DELETE FROM session
		WHERE person_id = $1
			AND token_hash <> $2`, personID, tokenHash(kept))
}

// sweep removes some sessions that have expired and failures that have been forgotten, passing over those in use.
func sweep(ctx context.Context, tx *database.Tx, now, forgotten time.Time) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM session
		WHERE token_hash IN (
			SELECT s.token_hash
			FROM session s
			WHERE s.expires_at <= $1
			LIMIT 100
			FOR UPDATE SKIP LOCKED)`, now)
	if err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	_, err = tx.Exec(ctx, `
		DELETE FROM sign_in_failure
		WHERE login IN (
			SELECT f.login
			FROM sign_in_failure f
			WHERE f.last_at <= $1
			LIMIT 100
			FOR UPDATE SKIP LOCKED)`, forgotten)
	if err != nil {
		return fmt.Errorf("sweep failures: %w", err)
	}
	return nil
}

// lockFailures reads the failures under a key, making them when there are none, and holds them until the end of the
// transaction.
func lockFailures(ctx context.Context, tx *database.Tx, key string, now time.Time) (failures, error) {
	var f failures
	err := tx.Get(ctx, &f, `
		INSERT INTO sign_in_failure AS f (login, count, last_at)
		VALUES ($1, 0, $2)
		ON CONFLICT (login) DO UPDATE
		SET count = f.count
		RETURNING f.count, f.last_at`, key, now)
	return f, err
}

func saveFailures(ctx context.Context, tx *database.Tx, key string, f failures) error {
	_, err := tx.Exec(ctx, `
		UPDATE sign_in_failure
		SET count = $2, last_at = $3
		WHERE login = $1`, key, f.Count, f.LastAt)
	return err
}

func clearFailures(ctx context.Context, q database.Queryer, key string) error {
	_, err := q.Exec(ctx, `
		DELETE FROM sign_in_failure
		WHERE login = $1`, key)
	return err
}
