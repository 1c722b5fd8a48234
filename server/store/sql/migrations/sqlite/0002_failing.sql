-- +goose Up

-- Since when a registration's receiver accepts nothing. The default is the
-- zero time of Go: it accepts.
ALTER TABLE registrations ADD COLUMN failing INTEGER NOT NULL DEFAULT -62135596800000;
