-- What the hub published. All of it can be fetched or rebuilt again.
CREATE TABLE bank (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    newer INTEGER NOT NULL,          -- whether a newer app would understand more of it
    service TEXT NOT NULL,
    published INTEGER NOT NULL,      -- milliseconds since 1970, UTC
    head BLOB NOT NULL               -- the signed statement that vouches for it
) STRICT;

-- The last answer of the hub.
CREATE TABLE checked (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at INTEGER NOT NULL,             -- milliseconds since 1970, UTC
    etag TEXT
) STRICT;

CREATE TABLE topics (
    slug TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE words (
    record TEXT NOT NULL
) STRICT;

CREATE TABLE items (
    item INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    original INTEGER NOT NULL,
    language TEXT NOT NULL,
    easy INTEGER NOT NULL,
    kind INTEGER NOT NULL,           -- 0 strategy, 1 resource
    topic TEXT NOT NULL,
    title TEXT NOT NULL,
    audiences INTEGER NOT NULL,      -- bits: 1 family, 2 school
    settings INTEGER NOT NULL,       -- bits: 1 home, 2 school
    age_from INTEGER,
    age_to INTEGER,
    minutes INTEGER,
    demonstration INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    next_review TEXT,                -- a day
    record TEXT NOT NULL,
    UNIQUE (id, original, language, easy)
) STRICT;

CREATE INDEX items_listed ON items (topic, title, id) WHERE original = 1 AND withdrawn = 0;

-- The search index. It keeps no second copy of the text.
CREATE VIRTUAL TABLE found USING fts5 (
    title, asks, keywords, text,
    content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE events (
    uid TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    file TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pictures (
    file TEXT PRIMARY KEY,
    svg TEXT NOT NULL
) STRICT, WITHOUT ROWID;
