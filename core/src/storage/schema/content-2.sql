-- What is known ahead of its bank: the newest one that was verified, and what it withdraws.

ALTER TABLE bank ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;  -- the newest verified bank, which may not be here yet

-- Items that are withdrawn here although the bank that is here does not say so yet.
CREATE TABLE recalled (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What travelled, by month, for the family to see.
CREATE TABLE traffic (
    month TEXT NOT NULL,             -- such as 2026-11, in UTC
    metered INTEGER NOT NULL,        -- whether the link was paid for by the byte
    bytes INTEGER NOT NULL,          -- bodies of answers
    PRIMARY KEY (month, metered)
) STRICT, WITHOUT ROWID;

-- When a hub that failed may be asked again without a person's wish. Instants are milliseconds since 1970, UTC.
CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,       -- in a row
    not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
