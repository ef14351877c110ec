-- What the family made has one shape from here on: a row's place in the family's order, a random id, and a sealed text. Which
-- strategies a family keeps says something about a child, so that is sealed too. What stands in `saved` is moved to `shelf` as soon as
-- the key is there.

CREATE TABLE shelf (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,            -- which item, and since when
    seen BLOB NOT NULL               -- sealed: the item as it was when the family saved it
) STRICT;

-- Named lists of saved items.
CREATE TABLE lists (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- Children and classes.
CREATE TABLE profiles (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- What is tried on which days.
CREATE TABLE plans (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- How it went.
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- What the family chose: one row.
CREATE TABLE preferences (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- Enquiries that a safety copy brought back, each as the sealed bytes that the service opens.
CREATE TABLE waiting (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- When a safety copy was last made or asked for. Instants are milliseconds since 1970, UTC.
CREATE TABLE safety_copy (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    made_at INTEGER,
    asked_at INTEGER,
    entries INTEGER NOT NULL         -- log entries written since it was made
) STRICT;
