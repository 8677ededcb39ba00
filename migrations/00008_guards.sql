-- +goose Up
-- The state tables of the code, once more: what is not in them cannot happen (docs/states.md).
-- +goose StatementBegin
CREATE FUNCTION sample_flow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('collected', 'in_transit'), ('in_transit', 'received'), ('in_transit', 'refused')) THEN
        RAISE EXCEPTION 'a sample does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_flow';
    END IF;
    RETURN NEW;
END
$$;

-- What was applied for stays: neither the instrument nor the stage, which decides the limits, is another later.
CREATE FUNCTION verification_order_flow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.division, OLD.number, OLD.instrument_id, OLD.business_id, OLD.stage, OLD.applied_by, OLD.applied_at)
        IS DISTINCT FROM
       (NEW.division, NEW.number, NEW.instrument_id, NEW.business_id, NEW.stage, NEW.applied_by, NEW.applied_at) THEN
        RAISE EXCEPTION 'an application does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('applied', 'accepted'), ('applied', 'refused'), ('accepted', 'recorded'), ('recorded', 'checked'),
        ('recorded', 'accepted'), ('checked', 'accepted'), ('checked', 'approved')) THEN
        RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_order_flow';
    END IF;
    RETURN NEW;
END
$$;

-- Of a record, check, return and approval are added, once each; all else stays as it was recorded and signed.
CREATE OR REPLACE FUNCTION verification_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later CONSTANT text[] := ARRAY['checked_by', 'checked_at', 'checked_signature', 'returned_by', 'returned_at',
        'return_reason', 'approved_by', 'approved_at', 'approved_signature'];
BEGIN
    IF to_jsonb(OLD) - later IS DISTINCT FROM to_jsonb(NEW) - later
       OR OLD.approved_by IS NOT NULL OR OLD.returned_by IS NOT NULL
       OR OLD.checked_by IS NOT NULL AND (OLD.checked_by, OLD.checked_at, OLD.checked_signature)
           IS DISTINCT FROM (NEW.checked_by, NEW.checked_at, NEW.checked_signature) THEN
        RAISE EXCEPTION 'a verification record does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- A report is approved only when each analysis of the sample stands in it with its latest result, determined, and a
-- conclusion that the results bear out.
CREATE FUNCTION report_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT
        FROM analysis a
        WHERE a.sample_id = NEW.sample_id AND NOT EXISTS (
            SELECT
            FROM report_result c
            JOIN result r ON r.id = c.result_id
            WHERE c.report_id = NEW.id AND r.analysis_id = a.id
                AND (r.verdict = 'pass' OR r.verdict = 'fail' AND NEW.conclusion = 'fail')
                AND NOT EXISTS (SELECT FROM result n WHERE n.analysis_id = a.id AND n.version > r.version))) THEN
        RAISE EXCEPTION 'the results do not bear out the report'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_holds';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER sample_flow BEFORE UPDATE OF state ON sample FOR EACH ROW EXECUTE FUNCTION sample_flow();
CREATE TRIGGER verification_order_flow BEFORE UPDATE ON verification_order
    FOR EACH ROW EXECUTE FUNCTION verification_order_flow();
CREATE TRIGGER report_holds BEFORE UPDATE OF state ON report
    FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION report_holds();

-- Nobody checks, reviews or approves without a signature.
ALTER TABLE verification
    ADD CONSTRAINT verification_stage CHECK (stage IN ('initial', 'subsequent', 'inspection')),
    ADD CONSTRAINT verification_signed CHECK (
        num_nulls(checked_by, checked_at, checked_signature) IN (0, 3)
        AND num_nulls(approved_by, approved_at, approved_signature) IN (0, 3)),
    ADD CONSTRAINT verification_returned CHECK (
        num_nulls(returned_by, returned_at, nullif(return_reason, '')) IN (0, 3)
        AND (returned_by IS NULL OR approved_by IS NULL));
ALTER TABLE report
    ADD CONSTRAINT report_signed CHECK (
        num_nulls(reviewed_by, reviewed_at, reviewed_signature) IN (0, 3)
        AND num_nulls(approved_by, approved_at, approved_signature) IN (0, 3));

-- A certificate says pass, a notice says what failed.
ALTER TABLE document
    ADD CONSTRAINT document_conclusion CHECK (
        conclusion IN ('pass', 'fail')
        AND (kind <> 'verification_certificate' OR conclusion = 'pass')
        AND (kind <> 'verification_notice' OR conclusion = 'fail'));

-- What something rests on is a certificate of the very equipment that was used.
ALTER TABLE equipment_certificate ADD CONSTRAINT equipment_certificate_of UNIQUE (id, equipment_id);
ALTER TABLE verification_equipment ADD CONSTRAINT verification_equipment_own_certificate
    FOREIGN KEY (certificate_id, equipment_id) REFERENCES equipment_certificate (id, equipment_id);
ALTER TABLE result ADD CONSTRAINT result_own_certificate
    FOREIGN KEY (certificate_id, equipment_id) REFERENCES equipment_certificate (id, equipment_id);
