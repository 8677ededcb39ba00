-- +goose Up
-- An issued document: frozen content, gapless number, the bytes that were issued. It never changes; what happens to it
-- later is a row elsewhere.
CREATE TABLE document (
    id           uuid PRIMARY KEY,
    division     division_code NOT NULL REFERENCES division (code),
    kind         text NOT NULL CONSTRAINT document_kind CHECK (kind IN (
        'inspection_report', 'verification_certificate', 'verification_notice')),
    year         integer NOT NULL,
    serial       integer NOT NULL CHECK (serial > 0),
    number       text NOT NULL CONSTRAINT document_number UNIQUE,
    code         text NOT NULL CONSTRAINT document_code UNIQUE CHECK (length(code) >= 16),
    subject_kind text NOT NULL CONSTRAINT document_subject_kind CHECK (subject_kind IN ('report', 'verification')),
    subject_id   uuid NOT NULL,
    subject_number text NOT NULL,
    business_id  uuid REFERENCES business (id),
    title        text NOT NULL,
    holder       text NOT NULL,
    conclusion   text NOT NULL,
    content      text NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    file_hash    bytea NOT NULL REFERENCES file (hash),
    issued_on    date NOT NULL,
    issued_at    timestamptz NOT NULL,
    issued_by    uuid NOT NULL REFERENCES person (id),
    valid_until  date,
    supersedes   uuid REFERENCES document (id) CONSTRAINT document_superseded_once UNIQUE,
    CONSTRAINT document_serial UNIQUE (division, kind, year, serial),
    CONSTRAINT document_subject_once UNIQUE (subject_kind, subject_id),
    CONSTRAINT document_notice_has_no_validity CHECK (kind <> 'verification_notice' OR valid_until IS NULL),
    CONSTRAINT document_certificate_has_validity CHECK (kind <> 'verification_certificate' OR valid_until IS NOT NULL)
);
CREATE INDEX document_list ON document (division, issued_at DESC, id DESC);
CREATE INDEX document_business ON document (business_id, issued_at DESC, id DESC);
CREATE INDEX document_subject_number ON document (subject_number);
CALL make_append_only('document');
GRANT SELECT, INSERT ON document TO hengjian_app;

-- Revocation by two people: requested with a reason, then confirmed or turned down by another.
CREATE TABLE revocation (
    id           uuid PRIMARY KEY,
    document_id  uuid NOT NULL REFERENCES document (id),
    state        text NOT NULL CONSTRAINT revocation_state CHECK (state IN ('requested', 'confirmed', 'declined')),
    reason       text NOT NULL CHECK (reason <> ''),
    requested_by uuid NOT NULL REFERENCES person (id),
    requested_at timestamptz NOT NULL,
    requested_signature uuid NOT NULL REFERENCES signature (id),
    decided_by   uuid REFERENCES person (id),
    decided_at   timestamptz,
    decided_signature uuid REFERENCES signature (id),
    CONSTRAINT revocation_two_people CHECK (decided_by <> requested_by),
    CONSTRAINT revocation_decided CHECK ((state = 'requested') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_signature IS NULL))
);
CREATE UNIQUE INDEX revocation_one ON revocation (document_id) WHERE state <> 'declined';
CALL make_undeletable('revocation');
-- +goose StatementBegin
CREATE FUNCTION revocation_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'requested' OR (OLD.document_id, OLD.reason, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM (NEW.document_id, NEW.reason, NEW.requested_by, NEW.requested_at) THEN
        RAISE EXCEPTION 'a decided revocation does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER revocation_decided_once BEFORE UPDATE ON revocation FOR EACH ROW EXECUTE FUNCTION revocation_decided_once();
GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at, decided_signature) ON revocation TO hengjian_app;
