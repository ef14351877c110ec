-- What the family asked the service: the words, the sealed envelope, the secrets, where it is, and what came back. All of it is sealed.
CREATE TABLE enquiries (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;
