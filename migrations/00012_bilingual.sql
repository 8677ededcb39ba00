-- +goose Up
-- Whether the applicant asked for the certificate in Chinese and English.
ALTER TABLE verification_order ADD COLUMN bilingual boolean NOT NULL DEFAULT false;
