-- +goose Up
-- A verification of which the certificate was revoked: the instrument counts as not verified until the next one.
CREATE TABLE verification_withdrawal (
    verification_id uuid PRIMARY KEY REFERENCES verification (id),
    withdrawn_at    timestamptz NOT NULL
);
INSERT INTO verification_withdrawal (verification_id, withdrawn_at)
SELECT d.subject_id, r.decided_at
FROM revocation r
JOIN document d ON d.id = r.document_id
WHERE r.state = 'confirmed' AND d.subject_kind = 'verification';
CALL make_append_only('verification_withdrawal');
GRANT SELECT, INSERT ON verification_withdrawal TO hengjian_app;
