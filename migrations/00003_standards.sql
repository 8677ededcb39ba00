-- +goose Up
CREATE TABLE test_method (
    code       text NOT NULL,
    title      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    source     text NOT NULL,
    PRIMARY KEY (code, valid_from),
    CONSTRAINT test_method_dates CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CALL make_undeletable('test_method');
GRANT SELECT, INSERT, UPDATE (valid_to) ON test_method TO hengjian_app;

-- The methods for which the laboratory holds 资质认定 (CMA), by its own scope and date.
CREATE TABLE accredited_method (
    id         uuid PRIMARY KEY,
    division   division_code NOT NULL REFERENCES division (code),
    code       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date NOT NULL,
    recorded_by uuid NOT NULL REFERENCES person (id),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT accredited_method_dates CHECK (valid_to >= valid_from)
);
CREATE INDEX accredited_method_code ON accredited_method (division, code);
CALL make_append_only('accredited_method');
GRANT SELECT, INSERT ON accredited_method TO hengjian_app;

-- One limit of one standard, by date. A later edition is a new row; what judged a result is copied into its verdict.
-- content is the whole row as JSON.
CREATE TABLE standard_limit (
    id            text PRIMARY KEY,
    standard      text NOT NULL,
    scope         text NOT NULL,
    item          text NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    confidence    text NOT NULL CONSTRAINT standard_limit_confidence CHECK (confidence IN ('read', 'sourced', 'high', 'medium', 'low')),
    content       text NOT NULL,
    enabled       boolean NOT NULL,
    confirmed_by  uuid REFERENCES person (id),
    confirmed_at  timestamptz,
    CONSTRAINT standard_limit_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT standard_limit_unconfirmed_is_disabled
        CHECK (NOT enabled OR confidence IN ('read', 'sourced') OR confirmed_by IS NOT NULL)
);
CREATE INDEX standard_limit_item ON standard_limit (item);
CALL make_undeletable('standard_limit');
GRANT SELECT, INSERT, UPDATE (enabled, confirmed_by, confirmed_at, valid_to) ON standard_limit TO hengjian_app;
