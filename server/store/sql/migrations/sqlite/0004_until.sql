-- +goose Up

-- When the time limit that began with an event ends. The default is the zero
-- time of Go: none began, or nobody wrote down when it ends.
ALTER TABLE events ADD COLUMN until INTEGER NOT NULL DEFAULT -62135596800000;
