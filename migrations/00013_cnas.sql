-- +goose Up
-- CNAS accreditation beside 资质认定: the laboratory's number, and which scheme a method's scope is of.
ALTER TABLE division ADD COLUMN cnas_number text NOT NULL DEFAULT '';
ALTER TABLE accredited_method ADD COLUMN scheme text NOT NULL DEFAULT 'cma'
    CONSTRAINT accredited_method_scheme CHECK (scheme IN ('cma', 'cnas'));
