-- Version 2: who may sign in, by what, and what became of it. Nothing here lets anybody in who reads it: passwords are
-- argon2id hashes, and of sessions and tokens there is the SHA-256 only. Moments of access are nanoseconds of UTC.

CREATE TABLE users_new (
    id         TEXT PRIMARY KEY,
    email      TEXT NOT NULL,
    email_key  TEXT NOT NULL,
    name       TEXT NOT NULL,
    access     TEXT NOT NULL CHECK (access IN ('viewer', 'studio', 'operator', 'admin')),
    studio     TEXT REFERENCES studios (id) ON DELETE SET NULL,
    -- Who vouches for them: a password kept here, or an identity provider.
    source     TEXT NOT NULL CHECK (source IN ('local', 'provider')),
    subject    TEXT UNIQUE,          -- issuer and subject, for those of a provider
    password   TEXT,                 -- PHC string; none: cannot sign in by password
    enabled    INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_ns INTEGER NOT NULL,
    seen_ns    INTEGER,              -- signed in last
    UNIQUE (source, email_key)
) STRICT;

INSERT INTO users_new (id, email, email_key, name, access, studio, source, enabled, created_ns)
    SELECT id, email, email_key, name, iif(is_admin, 'admin', iif(studio IS NULL, 'viewer', 'studio')), studio, 'local', 1, 0
    FROM users;

DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE INDEX users_studio ON users (studio);

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    user       TEXT REFERENCES users (id) ON DELETE CASCADE, -- none: breakglass
    created_ns INTEGER NOT NULL,
    seen_ns    INTEGER NOT NULL,
    idle_ns    INTEGER NOT NULL CHECK (idle_ns > 0),         -- unused for longer than this it ends
    ends_ns    INTEGER NOT NULL,                             -- it ends, whatever it does
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
) STRICT;

CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    access     TEXT NOT NULL CHECK (access IN ('viewer', 'studio', 'operator', 'admin')),
    studio     TEXT REFERENCES studios (id) ON DELETE SET NULL,
    created_ns INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ends_ns    INTEGER,
    seen_ns    INTEGER,
    address    TEXT                                          -- where it was used from last
) STRICT;

CREATE INDEX tokens_studio ON tokens (studio);

CREATE TABLE access (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    document TEXT NOT NULL           -- JSON: the listener, the provider, sessions
) STRICT;

-- The password that opens when nothing else does.
CREATE TABLE breakglass (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    password TEXT,                   -- PHC string
    enabled  INTEGER NOT NULL CHECK (enabled IN (0, 1))
) STRICT;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns   INTEGER NOT NULL,
    who     TEXT NOT NULL,
    who_id  TEXT NOT NULL,
    address TEXT,                    -- none: at this machine
    kind    TEXT NOT NULL,
    result  TEXT NOT NULL CHECK (result IN ('done', 'refused')),
    subject TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;

-- What was taken off the old end, so that nothing is missing unnoticed.
CREATE TABLE audit_trims (
    through INTEGER PRIMARY KEY,     -- this entry and all before it
    at_ns   INTEGER NOT NULL,
    entries INTEGER NOT NULL
) STRICT;

CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'an entry of the audit log is not changed');
END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.id > (SELECT coalesce(max(through), 0) FROM audit_trims) BEGIN
    SELECT raise(ABORT, 'an entry of the audit log is deleted only once that is noted');
END;

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT raise(ABORT, 'an entry of the audit log is not replaced');
END;
