-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hengjian_app') THEN
        CREATE ROLE hengjian_app NOLOGIN;
    END IF;
END
$$;
-- +goose StatementEnd

GRANT USAGE ON SCHEMA public TO hengjian_app;

-- Nothing regulated is overwritten or deleted: the second wall behind missing grants. A rule that does nothing
-- would hide the attempt; this raises.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

-- Makes a table append-only: UPDATE, DELETE and TRUNCATE raise, for everyone.
CREATE PROCEDURE make_append_only(target regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER never_truncate BEFORE TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END
$$;

-- Makes a table that may change but never lose a row.
CREATE PROCEDURE make_undeletable(target regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER never_delete BEFORE DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER never_truncate BEFORE TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END
$$;
-- +goose StatementEnd

-- A unit of scope, of numbering and of one ledger: six digits of GB/T 2260.
CREATE DOMAIN division_code AS text CHECK (VALUE ~ '^[0-9]{6}$');

CREATE TABLE division (
    code        division_code PRIMARY KEY,
    name        text NOT NULL CHECK (name <> ''),
    bureau      text NOT NULL CHECK (bureau <> ''),
    laboratory  text NOT NULL,
    address     text NOT NULL,
    phone       text NOT NULL,
    cma_number  text NOT NULL,
    metrology_authorisation text NOT NULL
);
CALL make_undeletable('division');
GRANT SELECT, INSERT, UPDATE ON division TO hengjian_app;

-- Every change is an event, in the transaction of the change. body is RFC 8785 JSON, kept as text because its exact
-- bytes are hashed; personal data stays outside.
CREATE TABLE event (
    id           uuid PRIMARY KEY,
    division     division_code NOT NULL,
    kind         text NOT NULL CHECK (kind ~ '^[a-z_]+\.[a-z_]+$'),
    subject_kind text NOT NULL,
    subject_id   text NOT NULL,
    subject_number text NOT NULL,
    actor_id     uuid,
    actor_role   text NOT NULL,
    at           timestamptz NOT NULL,
    body         text NOT NULL,
    body_hash    bytea NOT NULL CHECK (length(body_hash) = 32)
);
CREATE INDEX event_subject ON event (subject_kind, subject_id, at);
CREATE INDEX event_time ON event (division, at, id);
CALL make_append_only('event');
GRANT SELECT, INSERT ON event TO hengjian_app;

-- The gapless numbers that people read: one counter for each division, kind and year, counted in the transaction
-- that uses the number.
CREATE TABLE number_series (
    division division_code NOT NULL,
    kind     text NOT NULL,
    year     integer NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    last     integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (division, kind, year)
);
GRANT SELECT, INSERT, UPDATE ON number_series TO hengjian_app;

-- Content stored by its SHA-256 in a folder or in S3; a committed row never lacks its file.
CREATE TABLE file (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    size       bigint NOT NULL CHECK (size >= 0),
    media_type text NOT NULL,
    name       text NOT NULL,
    division   division_code NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL
);
CALL make_append_only('file');
GRANT SELECT, INSERT ON file TO hengjian_app;

-- Long work, enqueued in the transaction that wants it.
CREATE TABLE job (
    id          uuid PRIMARY KEY,
    division    division_code NOT NULL,
    kind        text NOT NULL,
    arguments   text NOT NULL,
    state       text NOT NULL CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    done        integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    total       integer NOT NULL DEFAULT 0 CHECK (total >= 0),
    result      text NOT NULL DEFAULT '',
    error_zh    text NOT NULL DEFAULT '',
    error_en    text NOT NULL DEFAULT '',
    attempts    integer NOT NULL DEFAULT 0,
    run_after   timestamptz NOT NULL,
    cancel      boolean NOT NULL DEFAULT false,
    created_by  uuid NOT NULL,
    actor_role  text NOT NULL,
    business_id uuid,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    heartbeat_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT job_finished CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled')))
);
CREATE INDEX job_queue ON job (run_after, id) WHERE state = 'waiting';
CREATE INDEX job_running ON job (heartbeat_at) WHERE state = 'running';
CREATE INDEX job_list ON job (division, created_at DESC, id DESC);
CALL make_undeletable('job');
GRANT SELECT, INSERT, UPDATE ON job TO hengjian_app;
