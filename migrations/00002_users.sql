-- +goose Up
CREATE TABLE business (
    id         uuid PRIMARY KEY,
    division   division_code NOT NULL REFERENCES division (code),
    name       text NOT NULL CHECK (name <> ''),
    credit_code text NOT NULL CONSTRAINT business_credit_code UNIQUE,
    address    text NOT NULL,
    street     text NOT NULL,
    contact    text NOT NULL,
    phone      text NOT NULL,
    created_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
CREATE INDEX business_list ON business (division, name, id);
CALL make_undeletable('business');
GRANT SELECT, INSERT, UPDATE ON business TO hengjian_app;

CREATE TABLE person (
    id            uuid PRIMARY KEY,
    division      division_code NOT NULL REFERENCES division (code),
    login         text NOT NULL CONSTRAINT person_login UNIQUE CHECK (login ~ '^[a-z][a-z0-9._-]{1,39}$'),
    name          text NOT NULL CHECK (name <> ''),
    password_hash text NOT NULL,
    business_id   uuid REFERENCES business (id),
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    version       integer NOT NULL DEFAULT 1
);
CREATE INDEX person_list ON person (division, login);
CALL make_undeletable('person');
GRANT SELECT, INSERT, UPDATE ON person TO hengjian_app;

CREATE TABLE person_role (
    person_id uuid NOT NULL REFERENCES person (id),
    role      text NOT NULL CONSTRAINT person_role_known CHECK (role IN (
        'sampler', 'custodian', 'technician', 'reviewer', 'signatory', 'verifier', 'checker', 'approver',
        'business', 'auditor', 'leader', 'technical_manager', 'administrator')),
    PRIMARY KEY (person_id, role)
);
GRANT SELECT, INSERT, DELETE ON person_role TO hengjian_app;

-- Who may use which test method or verification procedure, and when (ISO/IEC 17025 6.2).
CREATE TABLE authorisation (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES person (id),
    subject    text NOT NULL CONSTRAINT authorisation_subject CHECK (subject IN ('method', 'procedure')),
    code       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    granted_by uuid NOT NULL REFERENCES person (id),
    granted_at timestamptz NOT NULL,
    CONSTRAINT authorisation_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT authorisation_by_another CHECK (granted_by <> person_id)
);
CREATE INDEX authorisation_person ON authorisation (person_id, subject, code);
CALL make_undeletable('authorisation');
GRANT SELECT, INSERT, UPDATE (valid_to) ON authorisation TO hengjian_app;

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    person_id  uuid NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    user_agent text NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO hengjian_app;

-- Failed sign-ins, to slow guessing down; kept by login, known or not.
CREATE TABLE sign_in_failure (
    login text PRIMARY KEY,
    count integer NOT NULL,
    last_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failure TO hengjian_app;

-- A signature: re-authentication, a stated meaning, and the hash of exactly what was shown.
CREATE TABLE signature (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES person (id),
    role         text NOT NULL,
    meaning      text NOT NULL CHECK (meaning <> ''),
    subject_kind text NOT NULL,
    subject_id   text NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    signed_at    timestamptz NOT NULL
);
CREATE INDEX signature_subject ON signature (subject_kind, subject_id);
CALL make_append_only('signature');
GRANT SELECT, INSERT ON signature TO hengjian_app;
