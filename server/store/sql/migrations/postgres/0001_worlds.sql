-- +goose Up

-- The tables are those of SQLite, where their meaning is told, with a word of
-- their own for numbers, switches and bytes. Texts compare letter by letter
-- there, so they do here.

CREATE TABLE worlds (
    id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    head       BIGINT NOT NULL DEFAULT 0,
    deliveries BIGINT NOT NULL DEFAULT 0
);

-- Tells a schema of liksom from anybody else's.
COMMENT ON TABLE worlds IS 'worlds of liksom';

-- How often the database was opened, so that a process that lost its
-- connection can tell whether another one has been here since.
CREATE TABLE openings (count BIGINT NOT NULL);
INSERT INTO openings VALUES (0);

CREATE TABLE payments (
    world       BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number      BIGINT NOT NULL,
    msn         TEXT COLLATE "C" NOT NULL,
    reference   TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    phone       TEXT COLLATE "C" NOT NULL,
    holder      TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    doc         TEXT NOT NULL,
    PRIMARY KEY (world, number),
    UNIQUE (world, msn, reference),
    UNIQUE (world, code)
);

CREATE INDEX payments_by_phone ON payments (world, phone, state, number) WHERE phone <> '';
CREATE INDEX payments_by_holder ON payments (world, holder, number) WHERE holder <> '';

CREATE TABLE events (
    world     BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    seq       BIGINT NOT NULL,
    payment   BIGINT NOT NULL,
    msn       TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    kind      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    amount    BIGINT NOT NULL,
    psp       TEXT NOT NULL,
    key       TEXT NOT NULL,
    phone     TEXT NOT NULL,
    note      TEXT NOT NULL,
    acted_by  TEXT NOT NULL,
    until     BIGINT NOT NULL,
    PRIMARY KEY (world, seq)
);

CREATE INDEX events_by_payment ON events (world, payment, seq);

CREATE TABLE replies (
    world  BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    key    TEXT COLLATE "C" NOT NULL,
    msn    TEXT COLLATE "C" NOT NULL,
    print  BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    PRIMARY KEY (world, key)
);

CREATE TABLE due (
    n     BIGINT PRIMARY KEY,
    world BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    at    BIGINT NOT NULL,
    kind  TEXT COLLATE "C" NOT NULL,
    key   TEXT NOT NULL
);

CREATE INDEX due_by_time ON due (world, at, n);

CREATE TABLE registrations (
    world   BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number  BIGINT NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    msn     TEXT COLLATE "C" NOT NULL,
    client  TEXT NOT NULL,
    url     TEXT NOT NULL,
    events  TEXT NOT NULL,
    secret  TEXT NOT NULL,
    created BIGINT NOT NULL,
    failing BIGINT NOT NULL DEFAULT -62135596800000,
    paused  BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (world, number),
    UNIQUE (world, id)
);

CREATE TABLE deliveries (
    world        BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number       BIGINT NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    registration TEXT COLLATE "C" NOT NULL,
    msn          TEXT COLLATE "C" NOT NULL,
    reference    TEXT COLLATE "C" NOT NULL,
    event        BIGINT NOT NULL,
    type         TEXT NOT NULL,
    body         BYTEA,
    status       TEXT COLLATE "C" NOT NULL,
    created      BIGINT NOT NULL,
    first        BIGINT NOT NULL,
    next         BIGINT NOT NULL,
    done         BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (world, number),
    UNIQUE (world, id)
);

CREATE INDEX deliveries_by_payment ON deliveries (world, msn, reference, number);
CREATE INDEX deliveries_by_registration ON deliveries (world, registration, number);
CREATE INDEX deliveries_open ON deliveries (world, registration, msn, reference, number)
    WHERE status IN ('waiting', 'held');

CREATE TABLE attempts (
    world         BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    delivery      BIGINT NOT NULL,
    n             BIGINT NOT NULL,
    manual        BOOLEAN NOT NULL,
    at            BIGINT NOT NULL,
    wall          BIGINT NOT NULL,
    took          BIGINT NOT NULL,
    url           TEXT NOT NULL,
    header        TEXT NOT NULL,
    body          BYTEA,
    signed        TEXT NOT NULL,
    status        BIGINT NOT NULL,
    answer_header TEXT NOT NULL,
    answer        BYTEA,
    error         TEXT NOT NULL,
    fault         TEXT NOT NULL,
    PRIMARY KEY (world, delivery, n)
);

CREATE TABLE documents (
    world BIGINT NOT NULL REFERENCES worlds ON DELETE CASCADE,
    kind  TEXT COLLATE "C" NOT NULL,
    key   TEXT COLLATE "C" NOT NULL,
    body  BYTEA NOT NULL,
    PRIMARY KEY (world, kind, key)
);

-- What SQLite calls so, so that one text of a query serves both.
CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT strpos($1, $2)';
