-- +goose Up
-- The bureau's own equipment (ISO/IEC 17025 6.4): laboratory instruments and the standards that verification rests on.
CREATE TABLE equipment (
    id         uuid PRIMARY KEY,
    division   division_code NOT NULL REFERENCES division (code),
    number     text NOT NULL CONSTRAINT equipment_number UNIQUE,
    kind       text NOT NULL CONSTRAINT equipment_kind CHECK (kind IN ('laboratory', 'reference')),
    name       text NOT NULL CHECK (name <> ''),
    model      text NOT NULL,
    serial     text NOT NULL,
    maker      text NOT NULL,
    range      text NOT NULL,
    accuracy   text NOT NULL,
    place      text NOT NULL,
    state      text NOT NULL CONSTRAINT equipment_state CHECK (state IN ('in_use', 'stopped')),
    created_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
CALL make_undeletable('equipment');
GRANT SELECT, INSERT, UPDATE ON equipment TO hengjian_app;

-- A certificate of our own equipment, one immutable version each; reference_* names what it rests on in turn, up to
-- the national standard.
CREATE TABLE equipment_certificate (
    id           uuid PRIMARY KEY,
    equipment_id uuid NOT NULL REFERENCES equipment (id),
    number       text NOT NULL,
    issuer       text NOT NULL,
    valid_from   date NOT NULL,
    valid_until  date NOT NULL,
    uncertainty  text NOT NULL,
    relative_mpe text NOT NULL,
    reference_equipment_id uuid REFERENCES equipment (id),
    reference_name   text NOT NULL,
    reference_number text NOT NULL,
    file_hash    bytea REFERENCES file (hash),
    recorded_by  uuid NOT NULL REFERENCES person (id),
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT equipment_certificate_dates CHECK (valid_until >= valid_from),
    CONSTRAINT equipment_certificate_not_itself CHECK (reference_equipment_id IS DISTINCT FROM equipment_id),
    CONSTRAINT equipment_certificate_once UNIQUE (equipment_id, number)
);
CALL make_append_only('equipment_certificate');
GRANT SELECT, INSERT ON equipment_certificate TO hengjian_app;

-- 计量标准 with its 考核证书: the equipment of one measurement standard and the procedures it serves.
CREATE TABLE measurement_standard (
    id          uuid PRIMARY KEY,
    division    division_code NOT NULL REFERENCES division (code),
    name        text NOT NULL,
    range       text NOT NULL,
    accuracy    text NOT NULL,
    certificate text NOT NULL CONSTRAINT measurement_standard_certificate UNIQUE,
    valid_from  date NOT NULL,
    valid_until date NOT NULL,
    CONSTRAINT measurement_standard_dates CHECK (valid_until >= valid_from)
);
CALL make_undeletable('measurement_standard');
GRANT SELECT, INSERT ON measurement_standard TO hengjian_app;

CREATE TABLE measurement_standard_equipment (
    standard_id  uuid NOT NULL REFERENCES measurement_standard (id),
    equipment_id uuid NOT NULL REFERENCES equipment (id),
    PRIMARY KEY (standard_id, equipment_id)
);
GRANT SELECT, INSERT ON measurement_standard_equipment TO hengjian_app;

CREATE TABLE measurement_standard_procedure (
    standard_id uuid NOT NULL REFERENCES measurement_standard (id),
    procedure_code text NOT NULL,
    PRIMARY KEY (standard_id, procedure_code)
);
GRANT SELECT, INSERT ON measurement_standard_procedure TO hengjian_app;

-- An edition of a verification procedure as data; no certificate rests on it before a technical manager approves it.
CREATE TABLE procedure_edition (
    id          uuid PRIMARY KEY,
    code        text NOT NULL,
    edition     text NOT NULL,
    title       text NOT NULL,
    definition  text NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    effective   date NOT NULL,
    until       date,
    proposed_by uuid REFERENCES person (id),
    approved_by uuid REFERENCES person (id),
    approved_at timestamptz,
    CONSTRAINT procedure_edition_once UNIQUE (code, edition, hash),
    CONSTRAINT procedure_edition_by_two CHECK (approved_by IS NULL OR approved_by IS DISTINCT FROM proposed_by)
);
CALL make_undeletable('procedure_edition');
GRANT SELECT, INSERT, UPDATE (approved_by, approved_at, until) ON procedure_edition TO hengjian_app;

-- What a verification would have cost, were it not free (财税〔2017〕20号); local, dated data.
CREATE TABLE waived_fee (
    procedure_code text NOT NULL,
    amount     numeric(12, 2) NOT NULL CHECK (amount >= 0),
    basis      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    PRIMARY KEY (procedure_code, valid_from)
);
GRANT SELECT, INSERT ON waived_fee TO hengjian_app;

CREATE TABLE instrument (
    id          uuid PRIMARY KEY,
    division    division_code NOT NULL REFERENCES division (code),
    number      text NOT NULL CONSTRAINT instrument_number UNIQUE,
    business_id uuid NOT NULL REFERENCES business (id),
    name        text NOT NULL CHECK (name <> ''),
    model       text NOT NULL CHECK (model <> ''),
    serial      text NOT NULL CHECK (serial <> ''),
    maker       text NOT NULL CHECK (maker <> ''),
    range       text NOT NULL,
    accuracy_class text NOT NULL,
    procedure_code text NOT NULL,
    parameters  text NOT NULL,
    place       text NOT NULL,
    street      text NOT NULL,
    purpose     text NOT NULL CONSTRAINT instrument_purpose CHECK (purpose IN ('trade', 'safety', 'medical', 'environment')),
    mode        text NOT NULL CONSTRAINT instrument_mode CHECK (mode IN ('laboratory', 'on_site')),
    state       text NOT NULL CONSTRAINT instrument_state CHECK (state IN ('in_use', 'stopped', 'scrapped')),
    filed_by    uuid NOT NULL REFERENCES person (id),
    filed_at    timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    CONSTRAINT instrument_once UNIQUE (maker, model, serial)
);
CREATE INDEX instrument_list ON instrument (division, number DESC);
CREATE INDEX instrument_business ON instrument (business_id, number DESC);
CALL make_undeletable('instrument');
GRANT SELECT, INSERT, UPDATE ON instrument TO hengjian_app;

CREATE TABLE verification_order (
    id            uuid PRIMARY KEY,
    division      division_code NOT NULL REFERENCES division (code),
    number        text NOT NULL CONSTRAINT verification_order_number UNIQUE,
    instrument_id uuid NOT NULL REFERENCES instrument (id),
    business_id   uuid NOT NULL REFERENCES business (id),
    stage         text NOT NULL CONSTRAINT verification_order_stage CHECK (stage IN ('initial', 'subsequent', 'inspection')),
    state         text NOT NULL CONSTRAINT verification_order_state CHECK (state IN (
        'applied', 'accepted', 'refused', 'recorded', 'checked', 'approved')),
    waived_fee    numeric(12, 2) NOT NULL CHECK (waived_fee >= 0),
    waived_basis  text NOT NULL,
    wish          text NOT NULL,
    applied_by    uuid NOT NULL REFERENCES person (id),
    applied_at    timestamptz NOT NULL,
    decided_by    uuid REFERENCES person (id),
    decided_at    timestamptz,
    refusal       text NOT NULL DEFAULT '',
    scheduled_on  date,
    due_on        date,
    due_provisional boolean NOT NULL DEFAULT false,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT verification_order_refusal CHECK ((state = 'refused') = (refusal <> ''))
);
CREATE UNIQUE INDEX verification_order_one_open ON verification_order (instrument_id)
    WHERE state NOT IN ('refused', 'approved');
CREATE INDEX verification_order_list ON verification_order (division, number DESC);
CREATE INDEX verification_order_instrument ON verification_order (instrument_id, number DESC);
CREATE INDEX verification_order_business ON verification_order (business_id, number DESC);
CALL make_undeletable('verification_order');
GRANT SELECT, INSERT, UPDATE ON verification_order TO hengjian_app;

-- The record of one verification. A correction is a new version; readings and what was computed never change.
CREATE TABLE verification (
    id            uuid PRIMARY KEY,
    order_id      uuid NOT NULL REFERENCES verification_order (id),
    record_number text NOT NULL CONSTRAINT verification_record_number UNIQUE,
    revision      integer NOT NULL CHECK (revision > 0),
    reason        text NOT NULL,
    procedure_id  uuid NOT NULL REFERENCES procedure_edition (id),
    standard_id   uuid NOT NULL REFERENCES measurement_standard (id),
    stage         text NOT NULL,
    parameters    text NOT NULL,
    readings      text NOT NULL,
    evaluation    text NOT NULL,
    conclusion    text NOT NULL CONSTRAINT verification_conclusion CHECK (conclusion IN ('pass', 'fail', 'undetermined')),
    verified_on   date NOT NULL,
    place         text NOT NULL,
    temperature   text NOT NULL,
    humidity      text NOT NULL,
    adjusted      text NOT NULL,
    valid_until   date,
    verified_by   uuid NOT NULL REFERENCES person (id),
    verified_at   timestamptz NOT NULL,
    verified_signature uuid NOT NULL REFERENCES signature (id),
    checked_by    uuid REFERENCES person (id),
    checked_at    timestamptz,
    checked_signature uuid REFERENCES signature (id),
    returned_by   uuid REFERENCES person (id),
    returned_at   timestamptz,
    return_reason text NOT NULL DEFAULT '',
    approved_by   uuid REFERENCES person (id),
    approved_at   timestamptz,
    approved_signature uuid REFERENCES signature (id),
    CONSTRAINT verification_revision UNIQUE (order_id, revision),
    CONSTRAINT verification_reason CHECK (revision = 1 OR reason <> ''),
    CONSTRAINT verification_checker_differs CHECK (checked_by <> verified_by),
    CONSTRAINT verification_approver_differs CHECK (approved_by <> verified_by AND approved_by <> checked_by),
    CONSTRAINT verification_checked_first CHECK (approved_by IS NULL OR checked_by IS NOT NULL),
    CONSTRAINT verification_validity CHECK (conclusion = 'pass' OR valid_until IS NULL),
    CONSTRAINT verification_determined CHECK (checked_by IS NULL OR conclusion <> 'undetermined')
);
CALL make_undeletable('verification');
-- +goose StatementBegin
CREATE FUNCTION verification_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.record_number, OLD.revision, OLD.procedure_id, OLD.standard_id, OLD.stage, OLD.parameters,
        OLD.readings, OLD.evaluation, OLD.conclusion, OLD.verified_on, OLD.valid_until, OLD.verified_by, OLD.verified_at)
       IS DISTINCT FROM
       (NEW.order_id, NEW.record_number, NEW.revision, NEW.procedure_id, NEW.standard_id, NEW.stage, NEW.parameters,
        NEW.readings, NEW.evaluation, NEW.conclusion, NEW.verified_on, NEW.valid_until, NEW.verified_by, NEW.verified_at)
       OR (OLD.approved_by IS NOT NULL) THEN
        RAISE EXCEPTION 'a verification record does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER verification_fixed BEFORE UPDATE ON verification FOR EACH ROW EXECUTE FUNCTION verification_fixed();
GRANT SELECT, INSERT, UPDATE (checked_by, checked_at, checked_signature, returned_by, returned_at, return_reason,
    approved_by, approved_at, approved_signature) ON verification TO hengjian_app;

-- Which piece of equipment, by which of its certificates, a verification rests on.
CREATE TABLE verification_equipment (
    verification_id uuid NOT NULL REFERENCES verification (id),
    equipment_id    uuid NOT NULL REFERENCES equipment (id),
    certificate_id  uuid NOT NULL REFERENCES equipment_certificate (id),
    PRIMARY KEY (verification_id, equipment_id)
);
CREATE INDEX verification_equipment_certificate ON verification_equipment (certificate_id);
CALL make_append_only('verification_equipment');
GRANT SELECT, INSERT ON verification_equipment TO hengjian_app;
