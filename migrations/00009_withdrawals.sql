-- +goose Up
-- A verification of which the certificate was revoked: the instrument counts as not verified until the next one.
CREATE TABLE verification_withdrawal (
    verification_id uuid PRIMARY KEY REFERENCES verification (id),
    withdrawn_at    timestamptz NOT NULL
);
CALL make_append_only('verification_withdrawal');
GRANT SELECT, INSERT ON verification_withdrawal TO hengjian_app;
