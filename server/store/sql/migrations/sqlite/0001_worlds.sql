-- +goose Up

-- Tells a database of liksom from anybody else's: "liks" in ASCII.
PRAGMA application_id = 1818848115;

-- All times are milliseconds since 1970 in UTC. What is only read whole is a
-- JSON document; what is searched for is a column beside it.

CREATE TABLE worlds (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- How far the log and the deliveries were numbered when rows were last
    -- wiped: no number is given twice.
    head       INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE payments (
    world       INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    msn         TEXT NOT NULL,
    reference   TEXT NOT NULL,
    code        TEXT NOT NULL,
    state       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    holder      TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    description TEXT NOT NULL,
    doc         TEXT NOT NULL,
    PRIMARY KEY (world, number),
    UNIQUE (world, msn, reference),
    UNIQUE (world, code)
) STRICT;

CREATE INDEX payments_by_phone ON payments (world, phone, state, number) WHERE phone <> '';
CREATE INDEX payments_by_holder ON payments (world, holder, number) WHERE holder <> '';

-- The log. payment is the payment's number.
CREATE TABLE events (
    world     INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    payment   INTEGER NOT NULL,
    msn       TEXT NOT NULL,
    reference TEXT NOT NULL,
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    amount    INTEGER NOT NULL,
    psp       TEXT NOT NULL,
    key       TEXT NOT NULL,
    phone     TEXT NOT NULL,
    note      TEXT NOT NULL,
    acted_by  TEXT NOT NULL,
    PRIMARY KEY (world, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_payment ON events (world, payment, seq);

CREATE TABLE replies (
    world  INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    key    TEXT NOT NULL,
    msn    TEXT NOT NULL,
    print  BLOB NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (world, key)
) STRICT, WITHOUT ROWID;

-- n orders rows by age, whatever their time. The writer numbers them.
CREATE TABLE due (
    n     INTEGER PRIMARY KEY,
    world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    at    INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL
) STRICT;

CREATE INDEX due_by_time ON due (world, at, n);

CREATE TABLE registrations (
    world   INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    id      TEXT NOT NULL,
    msn     TEXT NOT NULL,
    client  TEXT NOT NULL,
    url     TEXT NOT NULL,
    events  TEXT NOT NULL,
    secret  TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (world, number),
    UNIQUE (world, id)
) STRICT;

CREATE TABLE deliveries (
    world        INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    id           TEXT NOT NULL,
    registration TEXT NOT NULL,
    msn          TEXT NOT NULL,
    reference    TEXT NOT NULL,
    event        INTEGER NOT NULL,
    type         TEXT NOT NULL,
    body         BLOB,
    status       TEXT NOT NULL,
    created      INTEGER NOT NULL,
    first        INTEGER NOT NULL,
    next         INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (world, number),
    UNIQUE (world, id)
) STRICT;

CREATE INDEX deliveries_by_payment ON deliveries (world, msn, reference, number);
CREATE INDEX deliveries_by_registration ON deliveries (world, registration, number);
-- The queues: what is open of one registration and one payment, oldest first.
CREATE INDEX deliveries_open ON deliveries (world, registration, msn, reference, number)
    WHERE status IN ('waiting', 'held');

CREATE TABLE attempts (
    world         INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    delivery      INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    manual        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    wall          INTEGER NOT NULL,
    took          INTEGER NOT NULL,
    url           TEXT NOT NULL,
    header        TEXT NOT NULL,
    body          BLOB,
    signed        TEXT NOT NULL,
    status        INTEGER NOT NULL,
    answer_header TEXT NOT NULL,
    answer        BLOB,
    error         TEXT NOT NULL,
    fault         TEXT NOT NULL,
    PRIMARY KEY (world, delivery, n)
) STRICT;

CREATE TABLE documents (
    world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    body  BLOB NOT NULL,
    PRIMARY KEY (world, kind, key)
) STRICT, WITHOUT ROWID;

-- What the planner must know without ever counting: worlds are few and large,
-- so that a world's number alone selects next to nothing. The figures are
-- rows, then rows for each longer prefix of the index.
ANALYZE sqlite_schema;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('payments', 'sqlite_autoindex_payments_1', '1000000 1000000 1'),
    ('payments', 'sqlite_autoindex_payments_2', '1000000 1000000 200000 1'),
    ('payments', 'sqlite_autoindex_payments_3', '1000000 1000000 1'),
    ('payments', 'payments_by_phone', '500000 500000 5000 1000 1'),
    ('payments', 'payments_by_holder', '1000 1000 2 1'),
    ('events', 'events', '4000000 4000000 1'),
    ('events', 'events_by_payment', '4000000 4000000 4 1'),
    ('due', 'due_by_time', '100000 100000 2 1'),
    ('deliveries', 'sqlite_autoindex_deliveries_1', '1000000 1000000 1'),
    ('deliveries', 'sqlite_autoindex_deliveries_2', '1000000 1000000 1'),
    ('deliveries', 'deliveries_by_payment', '1000000 1000000 200000 4 1'),
    ('deliveries', 'deliveries_by_registration', '1000000 1000000 10000 1'),
    ('deliveries', 'deliveries_open', '1000 1000 100 100 1 1');

ANALYZE sqlite_schema;
