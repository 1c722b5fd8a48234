-- +goose Up

-- Whether a registration's deliveries are kept waiting.
ALTER TABLE registrations ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
