-- +goose Up
-- Answers to creating requests, so that a retry with the same key gets the first answer.
CREATE TABLE idempotency (
    person_id  uuid NOT NULL REFERENCES person (id),
    key        text NOT NULL CHECK (length(key) BETWEEN 8 AND 128),
    operation  text NOT NULL,
    body_hash  bytea NOT NULL CHECK (length(body_hash) = 32),
    status     integer NOT NULL,
    etag       text NOT NULL,
    location   text NOT NULL,
    answer     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO hengjian_app;
