-- All roles of the signed documents, not targets alone.

ALTER TABLE floor ADD COLUMN root_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE floor ADD COLUMN timestamp INTEGER NOT NULL DEFAULT 0;     -- the number of the newest timestamp
ALTER TABLE floor ADD COLUMN snapshot INTEGER NOT NULL DEFAULT 0;      -- the number of the newest snapshot document
-- The newest instant at which a verified timestamp was signed: milliseconds since 1970, UTC. The phone's clock may lie; time does not
-- run behind this.
ALTER TABLE floor ADD COLUMN verified_at INTEGER NOT NULL DEFAULT 0;
