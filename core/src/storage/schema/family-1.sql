-- What the family made. This is the only copy in the world.

-- Opens only with the family's key.
CREATE TABLE key_check (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sealed BLOB NOT NULL
) STRICT;

-- What this phone has once trusted. It only ever rises.
CREATE TABLE floor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    root BLOB NOT NULL,              -- the newest trusted root, as signed
    targets INTEGER NOT NULL,        -- the number of the newest targets document
    bank INTEGER NOT NULL,           -- the newest verified bank; 0 for none
    sha256 TEXT NOT NULL             -- its digest; empty for none
) STRICT;

CREATE TABLE saved (
    item TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    saved_at INTEGER NOT NULL,       -- milliseconds since 1970, UTC
    seen BLOB NOT NULL               -- sealed: the item as it was when the family saved it
) STRICT;
