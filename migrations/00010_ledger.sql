-- +goose Up
-- The evidence ledger (docs/ledger.md). Its tables only grow, but for the queue event_pending.

-- The hash that goes into the log is that of the body that stands here.
ALTER TABLE event ADD CONSTRAINT event_body_hash CHECK (body_hash = sha256(convert_to(body, 'UTF8')));

-- Events that are committed but have no index yet. The row comes in the statement that inserts the event, so it is
-- seen when the event is, however late its transaction commits, and none is skipped. seq keeps cause before effect:
-- who has seen an event of another transaction inserts after it.
CREATE TABLE event_pending (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL
);
INSERT INTO event_pending (event_id) SELECT id FROM event ORDER BY at, id;
GRANT SELECT, INSERT, DELETE ON event_pending TO hengjian_app;

-- One log for each division; origin is its name in checkpoints, fixed for ever.
CREATE TABLE log (
    division  division_code PRIMARY KEY,
    origin    text NOT NULL CONSTRAINT log_origin UNIQUE CHECK (origin ~ '^[^\s+]+$'),
    opened_at timestamptz NOT NULL
);
CALL make_append_only('log');
GRANT SELECT, INSERT ON log TO hengjian_app;

-- What stands at each index of a log: the commitment to an event, which is the SHA-256 of its body.
CREATE TABLE log_entry (
    division   division_code NOT NULL,
    index      bigint NOT NULL CHECK (index >= 0),
    event_id   uuid NOT NULL CONSTRAINT log_entry_once UNIQUE,
    commitment bytea NOT NULL CHECK (length(commitment) = 32),
    PRIMARY KEY (division, index)
);
CALL make_append_only('log_entry');
GRANT SELECT, INSERT ON log_entry TO hengjian_app;

-- Full tiles of 256 hashes of the Merkle tree (C2SP tlog-tiles), with the root of each, which stands in the tile above.
-- What is not full yet follows from log_entry and from the roots below.
CREATE TABLE log_tile (
    division division_code NOT NULL REFERENCES log (division),
    level    smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    number   bigint NOT NULL CHECK (number >= 0),
    hashes   bytea NOT NULL CHECK (length(hashes) = 8192),
    root     bytea NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (division, level, number)
);
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CALL make_append_only('log_tile');
GRANT SELECT, INSERT ON log_tile TO hengjian_app;

-- Signed tree heads: note is the signed note as published, root the hash in it.
CREATE TABLE log_checkpoint (
    division  division_code NOT NULL REFERENCES log (division),
    size      bigint NOT NULL CHECK (size > 0),
    root      bytea NOT NULL CHECK (length(root) = 32),
    note      text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (division, size)
);
CALL make_append_only('log_checkpoint');
GRANT SELECT, INSERT ON log_checkpoint TO hengjian_app;

-- What witnesses answered: a signature line of a note (C2SP tlog-cosignature).
CREATE TABLE log_cosignature (
    division  division_code NOT NULL,
    size      bigint NOT NULL,
    witness   text NOT NULL,
    line      text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (division, size, witness),
    FOREIGN KEY (division, size) REFERENCES log_checkpoint (division, size)
);
CALL make_append_only('log_cosignature');
GRANT SELECT, INSERT ON log_cosignature TO hengjian_app;

-- What events say sealed: the salt and the text behind a commitment. Both can be erased, and nothing else changes.
CREATE TABLE event_personal (
    commitment bytea PRIMARY KEY CHECK (length(commitment) = 32),
    event_id   uuid NOT NULL REFERENCES event (id),
    salt       bytea CHECK (length(salt) = 16),
    text       text,
    erased_at  timestamptz,
    CONSTRAINT event_personal_erased CHECK (
        num_nulls(salt, text) = CASE WHEN erased_at IS NULL THEN 0 ELSE 2 END)
);
CREATE INDEX event_personal_event ON event_personal (event_id);
CALL make_undeletable('event_personal');
GRANT SELECT, INSERT, UPDATE (salt, text, erased_at) ON event_personal TO hengjian_app;

-- +goose StatementBegin
-- Nothing leaves the queue that has no index.
CREATE FUNCTION pending_was_sequenced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g WHERE NOT EXISTS (SELECT FROM log_entry e WHERE e.event_id = g.event_id)) THEN
        RAISE EXCEPTION 'an event without an index does not leave the queue' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

-- An entry is that of a stored event, in the log of its division. Foreign keys would look at each row by itself, and
-- lock what it refers to.
CREATE FUNCTION entry_is_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT
        FROM added a
        LEFT JOIN event e ON e.id = a.event_id
        LEFT JOIN log l ON l.division = a.division
        WHERE l.division IS NULL OR e.division IS DISTINCT FROM a.division OR e.body_hash IS DISTINCT FROM a.commitment) THEN
        RAISE EXCEPTION 'an entry of the log is the hash of an event of its division'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'log_entry_is_of_event';
    END IF;
    RETURN NULL;
END
$$;

-- Only erasing changes what was sealed.
CREATE FUNCTION personal_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
       OR (OLD.commitment, OLD.event_id) IS DISTINCT FROM (NEW.commitment, NEW.event_id) THEN
        RAISE EXCEPTION 'what was sealed is erased once or stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- The roots of a log only grow: a checkpoint is signed for more than the one before.
CREATE FUNCTION checkpoint_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM log_checkpoint c WHERE c.division = NEW.division AND c.size >= NEW.size) THEN
        RAISE EXCEPTION 'a checkpoint is of more than the one before' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER pending_was_sequenced AFTER DELETE ON event_pending REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION pending_was_sequenced();
CREATE TRIGGER entry_is_of_event AFTER INSERT ON log_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION entry_is_of_event();
CREATE TRIGGER never_update BEFORE UPDATE ON event_pending FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON event_pending FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER personal_only_erased BEFORE UPDATE ON event_personal FOR EACH ROW EXECUTE FUNCTION personal_only_erased();
CREATE TRIGGER checkpoint_grows BEFORE INSERT ON log_checkpoint FOR EACH ROW EXECUTE FUNCTION checkpoint_grows();

-- Who revokes signs a hash that the ledger tells; the nonce in it keeps the reason from being found by trying.
ALTER TABLE revocation ADD COLUMN nonce text NOT NULL DEFAULT '';

-- A document's file is finished once its issue is in the log: the proof stands in it.
CREATE TABLE document_file (
    document_id uuid PRIMARY KEY REFERENCES document (id),
    file_hash   bytea NOT NULL REFERENCES file (hash),
    log_index   bigint CHECK (log_index >= 0), -- of the issue; files from before the ledger have none
    finished_at timestamptz NOT NULL
);
INSERT INTO document_file (document_id, file_hash, finished_at) SELECT id, file_hash, issued_at FROM document;
ALTER TABLE document DROP COLUMN file_hash;
CALL make_append_only('document_file');
GRANT SELECT, INSERT ON document_file TO hengjian_app;

-- Documents that wait for their file. Nothing leaves this queue without one.
CREATE TABLE document_unfinished (
    document_id uuid PRIMARY KEY REFERENCES document (id)
);
GRANT SELECT, INSERT, DELETE ON document_unfinished TO hengjian_app;
-- +goose StatementBegin
CREATE FUNCTION unfinished_has_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g WHERE NOT EXISTS (SELECT FROM document_file f WHERE f.document_id = g.document_id)) THEN
        RAISE EXCEPTION 'a document without a file does not leave the queue' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER unfinished_has_file AFTER DELETE ON document_unfinished REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION unfinished_has_file();
CREATE TRIGGER never_update BEFORE UPDATE ON document_unfinished FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON document_unfinished FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
