-- +goose Up
-- A file that a job made of what is stored elsewhere, such as a ZIP of documents. It is no evidence and can be made again:
-- from expires_at on, a sweep takes its content away. The row stays and says so.
CREATE TABLE made_file (
    job_id     uuid NOT NULL REFERENCES job (id),
    number     integer NOT NULL CHECK (number > 0),
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    size       bigint NOT NULL CHECK (size >= 0),
    media_type text NOT NULL,
    name       text NOT NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, number),
    CONSTRAINT made_file_lasts CHECK (expires_at > made_at)
);
CREATE INDEX made_file_hash ON made_file (hash);
CALL make_append_only('made_file');
GRANT SELECT, INSERT ON made_file TO hengjian_app;

-- Who signs many things at once signs a list of them; the signature of each then names that of the list, which is the same
-- person's in the same role.
ALTER TABLE signature
    ADD COLUMN list_id uuid,
    ADD CONSTRAINT signature_signer UNIQUE (id, person_id, role),
    ADD CONSTRAINT signature_of_own_list FOREIGN KEY (list_id, person_id, role) REFERENCES signature (id, person_id, role);
CREATE UNIQUE INDEX signature_once_of_list ON signature (list_id, subject_kind, subject_id) WHERE list_id IS NOT NULL;
