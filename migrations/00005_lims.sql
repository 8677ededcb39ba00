-- +goose Up
-- One batch (批次). The form is kept as it was signed; where in the process, who holds it and what is left of it are
-- three separate facts: state here, custody in handover, quantity in portion.
CREATE TABLE sample (
    id            uuid PRIMARY KEY,
    division      division_code NOT NULL REFERENCES division (code),
    number        text NOT NULL CONSTRAINT sample_number UNIQUE,
    category      text NOT NULL CONSTRAINT sample_category CHECK (category IN ('food', 'drug', 'device', 'fuel', 'coal')),
    task_kind     text NOT NULL CONSTRAINT sample_task_kind CHECK (task_kind IN (
        'supervision', 'risk_monitoring', 'evaluation', 'case', 'accident', 'emergency')),
    form_number   text NOT NULL CONSTRAINT sample_form_number UNIQUE,
    product_name  text NOT NULL CHECK (product_name <> ''),
    product_class text NOT NULL,
    grade         text NOT NULL,
    link          text NOT NULL,
    street        text NOT NULL,
    business_id   uuid REFERENCES business (id),
    sampled_unit  text NOT NULL,
    quantity      numeric NOT NULL CONSTRAINT sample_quantity CHECK (quantity > 0),
    unit          text NOT NULL CHECK (unit <> ''),
    sampled_on    date NOT NULL,
    produced_on   date,
    sampler_1     uuid NOT NULL REFERENCES person (id),
    sampler_2     uuid NOT NULL REFERENCES person (id),
    form          text NOT NULL,
    form_hash     bytea NOT NULL CHECK (length(form_hash) = 32),
    state         text NOT NULL CONSTRAINT sample_state CHECK (state IN ('collected', 'in_transit', 'received', 'refused')),
    received_at   timestamptz,
    refusal       text NOT NULL DEFAULT '',
    due_on        date,
    due_provisional boolean NOT NULL DEFAULT false,
    due_basis     text NOT NULL DEFAULT '',
    registered_by uuid NOT NULL REFERENCES person (id),
    registered_at timestamptz NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT sample_two_samplers CHECK (sampler_1 <> sampler_2),
    CONSTRAINT sample_received CHECK ((received_at IS NOT NULL) = (state = 'received')),
    CONSTRAINT sample_refusal CHECK ((refusal <> '') = (state = 'refused'))
);
CREATE INDEX sample_list ON sample (division, number DESC);
CREATE INDEX sample_state_list ON sample (division, state, number DESC);
CREATE INDEX sample_business ON sample (business_id, number DESC);
CALL make_undeletable('sample');
-- +goose StatementBegin
CREATE FUNCTION sample_form_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.number, OLD.category, OLD.form_number, OLD.form, OLD.form_hash, OLD.quantity, OLD.unit, OLD.sampler_1, OLD.sampler_2)
       IS DISTINCT FROM
       (NEW.number, NEW.category, NEW.form_number, NEW.form, NEW.form_hash, NEW.quantity, NEW.unit, NEW.sampler_1, NEW.sampler_2) THEN
        RAISE EXCEPTION 'a signed sampling form does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER sample_form_fixed BEFORE UPDATE ON sample FOR EACH ROW EXECUTE FUNCTION sample_form_fixed();
GRANT SELECT, INSERT, UPDATE ON sample TO hengjian_app;

-- What is physically there. Parts never exceed the whole.
CREATE TABLE portion (
    id         uuid PRIMARY KEY,
    sample_id  uuid NOT NULL REFERENCES sample (id),
    parent_id  uuid REFERENCES portion (id),
    label      text NOT NULL CONSTRAINT portion_label UNIQUE,
    role       text NOT NULL CONSTRAINT portion_role CHECK (role IN ('test', 'reserve')),
    quantity   numeric NOT NULL CONSTRAINT portion_quantity CHECK (quantity > 0),
    unit       text NOT NULL,
    container  text NOT NULL,
    created_by uuid NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX portion_sample ON portion (sample_id, label);
CREATE INDEX portion_parent ON portion (parent_id);
CALL make_append_only('portion');
GRANT SELECT, INSERT ON portion TO hengjian_app;
-- +goose StatementBegin
CREATE FUNCTION portion_conserved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Divisions of one sample come one after the other. The foreign key holds FOR KEY SHARE already.
    PERFORM 1 FROM sample WHERE id IN (SELECT sample_id FROM added) FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT
        FROM (SELECT DISTINCT sample_id, parent_id FROM added) a
        JOIN sample s ON s.id = a.sample_id
        LEFT JOIN portion w ON w.id = a.parent_id AND w.sample_id = a.sample_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.parent_id IS NULL THEN s.quantity ELSE w.quantity END AS quantity,
                   CASE WHEN a.parent_id IS NULL THEN s.unit ELSE w.unit END AS unit) whole
        CROSS JOIN LATERAL (
            SELECT sum(p.quantity) AS quantity, bool_and(p.unit = whole.unit) AS alike
            FROM portion p
            WHERE p.sample_id = a.sample_id AND p.parent_id IS NOT DISTINCT FROM a.parent_id) parts
        WHERE (parts.alike AND parts.quantity <= whole.quantity) IS NOT TRUE) THEN
        RAISE EXCEPTION 'portions exceed the whole' USING ERRCODE = 'check_violation', CONSTRAINT = 'portion_conserved';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER portion_conserved AFTER INSERT ON portion REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION portion_conserved();

CREATE TABLE seal (
    id         uuid PRIMARY KEY,
    division   division_code NOT NULL,
    number     text NOT NULL CHECK (number <> ''),
    portion_id uuid NOT NULL REFERENCES portion (id),
    applied_by uuid NOT NULL REFERENCES person (id),
    applied_at timestamptz NOT NULL,
    photo_hash bytea REFERENCES file (hash),
    broken_by  uuid REFERENCES person (id),
    broken_at  timestamptz,
    broken_why text NOT NULL DEFAULT '',
    CONSTRAINT seal_number UNIQUE (division, number),
    CONSTRAINT seal_broken CHECK ((broken_by IS NULL) = (broken_at IS NULL) AND (broken_by IS NULL) = (broken_why = ''))
);
CREATE INDEX seal_portion ON seal (portion_id);
CALL make_undeletable('seal');
GRANT SELECT, INSERT, UPDATE (broken_by, broken_at, broken_why) ON seal TO hengjian_app;

CREATE TABLE sample_photo (
    sample_id uuid NOT NULL REFERENCES sample (id),
    file_hash bytea NOT NULL REFERENCES file (hash),
    caption   text NOT NULL,
    added_by  uuid NOT NULL REFERENCES person (id),
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (sample_id, file_hash)
);
CALL make_append_only('sample_photo');
GRANT SELECT, INSERT ON sample_photo TO hengjian_app;

-- A handover is offered by the giver and accepted, or refused in writing, by the receiver; both sign.
CREATE TABLE handover (
    id          uuid PRIMARY KEY,
    division    division_code NOT NULL,
    sample_id   uuid NOT NULL REFERENCES sample (id),
    purpose     text NOT NULL CONSTRAINT handover_purpose CHECK (purpose IN ('delivery', 'analysis', 'return', 'storage')),
    giver       uuid NOT NULL REFERENCES person (id),
    receiver    uuid NOT NULL REFERENCES person (id),
    state       text NOT NULL CONSTRAINT handover_state CHECK (state IN ('offered', 'accepted', 'refused')),
    offered_at  timestamptz NOT NULL,
    giver_signature uuid NOT NULL REFERENCES signature (id),
    decided_at  timestamptz,
    receiver_signature uuid REFERENCES signature (id),
    place       text NOT NULL,
    refusal     text NOT NULL DEFAULT '',
    CONSTRAINT handover_two_people CHECK (giver <> receiver),
    CONSTRAINT handover_signed_by_both CHECK ((state = 'offered') = (receiver_signature IS NULL)
        AND (state = 'offered') = (decided_at IS NULL)),
    CONSTRAINT handover_refusal CHECK ((state = 'refused') = (refusal <> '')),
    CONSTRAINT handover_order CHECK (decided_at IS NULL OR decided_at >= offered_at)
);
CREATE INDEX handover_sample ON handover (sample_id, offered_at);
CREATE INDEX handover_open ON handover (receiver, offered_at) WHERE state = 'offered';
CALL make_undeletable('handover');
-- +goose StatementBegin
CREATE FUNCTION handover_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'offered' OR (OLD.giver, OLD.receiver, OLD.offered_at, OLD.giver_signature, OLD.purpose, OLD.sample_id)
        IS DISTINCT FROM (NEW.giver, NEW.receiver, NEW.offered_at, NEW.giver_signature, NEW.purpose, NEW.sample_id) THEN
        RAISE EXCEPTION 'a signed handover does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER handover_decided_once BEFORE UPDATE ON handover FOR EACH ROW EXECUTE FUNCTION handover_decided_once();
GRANT SELECT, INSERT, UPDATE ON handover TO hengjian_app;

CREATE TABLE handover_portion (
    handover_id uuid NOT NULL REFERENCES handover (id),
    portion_id  uuid NOT NULL REFERENCES portion (id),
    PRIMARY KEY (handover_id, portion_id)
);
CREATE INDEX handover_portion_portion ON handover_portion (portion_id);
CALL make_append_only('handover_portion');
GRANT SELECT, INSERT ON handover_portion TO hengjian_app;

-- What the receiver saw of each seal.
CREATE TABLE seal_check (
    handover_id uuid NOT NULL REFERENCES handover (id),
    seal_id     uuid NOT NULL REFERENCES seal (id),
    read_number text NOT NULL,
    finding     text NOT NULL CONSTRAINT seal_check_finding CHECK (finding IN ('intact', 'broken', 'missing', 'mismatch')),
    checked_by  uuid NOT NULL REFERENCES person (id),
    checked_at  timestamptz NOT NULL,
    PRIMARY KEY (handover_id, seal_id)
);
CALL make_append_only('seal_check');
GRANT SELECT, INSERT ON seal_check TO hengjian_app;

-- One item by one method on one portion.
CREATE TABLE analysis (
    id            uuid PRIMARY KEY,
    sample_id     uuid NOT NULL REFERENCES sample (id),
    sequence      integer NOT NULL CHECK (sequence > 0),
    item          text NOT NULL CHECK (item <> ''),
    method        text NOT NULL CHECK (method <> ''),
    CONSTRAINT analysis_once UNIQUE (sample_id, item, method),
    CONSTRAINT analysis_sequence UNIQUE (sample_id, sequence)
);
CALL make_append_only('analysis');
GRANT SELECT, INSERT ON analysis TO hengjian_app;

-- A raw instrument file, known by its hash and never counted twice.
CREATE TABLE instrument_import (
    id           uuid PRIMARY KEY,
    division     division_code NOT NULL,
    file_hash    bytea NOT NULL REFERENCES file (hash) CONSTRAINT instrument_import_once UNIQUE,
    profile      text NOT NULL,
    equipment_id uuid NOT NULL REFERENCES equipment (id),
    job_id       uuid REFERENCES job (id),
    imported_by  uuid NOT NULL REFERENCES person (id),
    imported_at  timestamptz NOT NULL
);
CALL make_append_only('instrument_import');
GRANT SELECT, INSERT ON instrument_import TO hengjian_app;

-- A version of a result; the verdict and its proof are of this version and never change.
CREATE TABLE result (
    id             uuid PRIMARY KEY,
    analysis_id    uuid NOT NULL REFERENCES analysis (id),
    version        integer NOT NULL CHECK (version > 0),
    raw            text NOT NULL CHECK (raw <> ''),
    unit           text NOT NULL,
    lod            text NOT NULL,
    loq            text NOT NULL,
    basis          text NOT NULL,
    portion_id     uuid NOT NULL REFERENCES portion (id),
    equipment_id   uuid NOT NULL REFERENCES equipment (id),
    certificate_id uuid NOT NULL REFERENCES equipment_certificate (id),
    measured_on    date NOT NULL,
    verdict        text NOT NULL CONSTRAINT result_verdict CHECK (verdict IN ('pass', 'fail', 'undetermined')),
    proof          text NOT NULL,
    limit_snapshot text NOT NULL,
    import_id      uuid REFERENCES instrument_import (id),
    entered_by     uuid NOT NULL REFERENCES person (id),
    entered_at     timestamptz NOT NULL,
    reason         text NOT NULL,
    agreed_by      uuid REFERENCES person (id),
    CONSTRAINT result_version UNIQUE (analysis_id, version),
    CONSTRAINT result_correction CHECK (version = 1 OR (reason <> '' AND agreed_by IS NOT NULL)),
    CONSTRAINT result_agreed_by_another CHECK (agreed_by <> entered_by)
);
CREATE INDEX result_certificate ON result (certificate_id);
CALL make_append_only('result');
GRANT SELECT, INSERT ON result TO hengjian_app;

-- Each row of an imported file: imported, or listed with its reason.
CREATE TABLE instrument_import_row (
    import_id uuid NOT NULL REFERENCES instrument_import (id),
    line      integer NOT NULL,
    sample    text NOT NULL,
    item      text NOT NULL,
    raw       text NOT NULL,
    unit      text NOT NULL,
    outcome   text NOT NULL CONSTRAINT instrument_import_row_outcome CHECK (outcome IN ('imported', 'listed')),
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    result_id uuid REFERENCES result (id),
    CONSTRAINT instrument_import_row_told CHECK ((outcome = 'imported') = (result_id IS NOT NULL)
        AND (outcome = 'listed') = (reason_zh <> '' AND reason_en <> '')),
    PRIMARY KEY (import_id, line, item)
);
CALL make_append_only('instrument_import_row');
GRANT SELECT, INSERT ON instrument_import_row TO hengjian_app;

-- A report under way: the results as compiled, then review and approval. What is issued becomes a document.
CREATE TABLE report (
    id            uuid PRIMARY KEY,
    sample_id     uuid NOT NULL REFERENCES sample (id),
    revision      integer NOT NULL CHECK (revision > 0),
    reason        text NOT NULL,
    state         text NOT NULL CONSTRAINT report_state CHECK (state IN ('compiled', 'reviewed', 'returned', 'approved')),
    conclusion    text NOT NULL CONSTRAINT report_conclusion CHECK (conclusion IN ('pass', 'fail')),
    summary       text NOT NULL,
    summary_hash  bytea NOT NULL CHECK (length(summary_hash) = 32),
    compiled_by   uuid NOT NULL REFERENCES person (id),
    compiled_at   timestamptz NOT NULL,
    compiled_signature uuid NOT NULL REFERENCES signature (id),
    reviewed_by   uuid REFERENCES person (id),
    reviewed_at   timestamptz,
    reviewed_signature uuid REFERENCES signature (id),
    returned_by   uuid REFERENCES person (id),
    returned_at   timestamptz,
    return_reason text NOT NULL DEFAULT '',
    approved_by   uuid REFERENCES person (id),
    approved_at   timestamptz,
    approved_signature uuid REFERENCES signature (id),
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT report_revision UNIQUE (sample_id, revision),
    CONSTRAINT report_reason CHECK (revision = 1 OR reason <> ''),
    CONSTRAINT report_reviewer_differs CHECK (reviewed_by <> compiled_by),
    CONSTRAINT report_approver_differs CHECK (approved_by <> compiled_by AND approved_by <> reviewed_by),
    CONSTRAINT report_reviewed_first CHECK (approved_by IS NULL OR reviewed_by IS NOT NULL),
    CONSTRAINT report_approved CHECK ((state = 'approved') = (approved_by IS NOT NULL)),
    CONSTRAINT report_returned CHECK ((state = 'returned') = (return_reason <> ''))
);
CREATE UNIQUE INDEX report_one_open ON report (sample_id) WHERE state IN ('compiled', 'reviewed');
CREATE INDEX report_queue ON report (state, compiled_at);
CALL make_undeletable('report');

CREATE TABLE report_result (
    report_id uuid NOT NULL REFERENCES report (id),
    result_id uuid NOT NULL REFERENCES result (id),
    PRIMARY KEY (report_id, result_id)
);
CREATE INDEX report_result_result ON report_result (result_id);
CALL make_append_only('report_result');
GRANT SELECT, INSERT ON report_result TO hengjian_app;

-- +goose StatementBegin
CREATE FUNCTION report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('returned', 'approved') OR (OLD.sample_id, OLD.revision, OLD.summary, OLD.summary_hash, OLD.conclusion, OLD.compiled_by)
        IS DISTINCT FROM (NEW.sample_id, NEW.revision, NEW.summary, NEW.summary_hash, NEW.conclusion, NEW.compiled_by) THEN
        RAISE EXCEPTION 'a compiled report does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM report_result JOIN result ON result.id = report_result.result_id
               WHERE report_result.report_id = NEW.id AND result.entered_by IN (NEW.reviewed_by, NEW.approved_by)) THEN
        RAISE EXCEPTION 'who entered a result neither reviews nor approves it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_enterer_differs';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER report_guard BEFORE UPDATE ON report FOR EACH ROW EXECUTE FUNCTION report_guard();
GRANT SELECT, INSERT, UPDATE ON report TO hengjian_app;
