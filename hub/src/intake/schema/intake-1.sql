-- Enquiries as they came: sealed, under ids that their senders drew. Instants are in milliseconds since 1970, UTC.
CREATE TABLE enquiries (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  -- SHA-256 of the secret that proves a sender.
  bearer BLOB NOT NULL CHECK (length(bearer) = 32),
  -- The receipt: SHA-256 of the envelope, when it came, and the hub's signature.
  sha256 BLOB CHECK (length(sha256) = 32),
  received_at INTEGER,
  signature TEXT,
  opened_at INTEGER,
  withdrawn_at INTEGER,
  -- Last, since it is long and seldom read.
  envelope BLOB,
  -- What was withdrawn keeps its id and nothing else.
  CHECK (
    CASE
      WHEN withdrawn_at IS NULL THEN
        sha256 IS NOT NULL AND received_at IS NOT NULL AND signature IS NOT NULL AND envelope IS NOT NULL
      ELSE
        sha256 IS NULL AND received_at IS NULL AND signature IS NULL AND envelope IS NULL AND opened_at IS NULL
    END
  )
) STRICT;

-- Replies, each sealed to its enquiry's own key.
CREATE TABLE replies (
  enquiry BLOB NOT NULL REFERENCES enquiries (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (enquiry, number)
) STRICT;
