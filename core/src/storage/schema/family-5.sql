-- What the family follows, looks out for, and has armed. Which events those are says something about a child, so all of it is sealed.
CREATE TABLE followed (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE lookouts (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- The events that were here when the family last looked: one row.
CREATE TABLE known_events (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- What the phone has armed, and what came while it was off: one row.
CREATE TABLE armed (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;
