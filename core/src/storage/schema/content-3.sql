-- A search index of our own in the place of SQLite's: ranked at every keystroke, with slips and meaning.

DROP TABLE found;

CREATE TABLE search_index (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL,     -- another one at each change
    items INTEGER NOT NULL,
    terms INTEGER NOT NULL,          -- numbered from 0
    dictionary BLOB NOT NULL,        -- an FST: words, and stems, to terms
    told_by TEXT,                    -- the table that told the meanings
    dims INTEGER NOT NULL            -- of each meaning
) STRICT;

-- Where each term stands: lists by blocks of items.
CREATE TABLE postings (
    place INTEGER PRIMARY KEY,       -- the term, then 20 bits for the block
    list BLOB NOT NULL
) STRICT;

-- What each item means: vectors by blocks of items.
CREATE TABLE meanings (
    block INTEGER PRIMARY KEY,
    vectors BLOB NOT NULL
) STRICT;
