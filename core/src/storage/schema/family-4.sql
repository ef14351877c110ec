-- Notices that the family is given once. What they are about says something about a child, so it is sealed.
CREATE TABLE notices (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;
