-- Version 2. Times are nanoseconds of UTC; ids are UUIDv7 as text unless said otherwise; name_key is the name folded, so
-- that two names that look alike are not both taken.

-- One row for each start of the program.
CREATE TABLE runs (
    id           INTEGER PRIMARY KEY,
    program      TEXT NOT NULL,
    started_ns   INTEGER NOT NULL,
    last_seen_ns INTEGER NOT NULL,
    ended_ns     INTEGER             -- none while it runs, and if it was killed
) STRICT;

CREATE TABLE settings (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    document TEXT NOT NULL           -- JSON
) STRICT;

CREATE TABLE sources (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    config   TEXT NOT NULL,          -- JSON
    demo     INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;

CREATE TABLE recorders (
    -- Never used twice: folders of the archive are named by it.
    number      INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number BETWEEN 1 AND 4294967295),
    uid         TEXT NOT NULL UNIQUE, -- the recorder in catalogues and files
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    source      TEXT REFERENCES sources (id) ON DELETE RESTRICT,
    config      TEXT NOT NULL,       -- JSON
    -- Should be recording, whatever it does now.
    wanted      INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    demo        INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;

CREATE INDEX recorders_source ON recorders (source);

CREATE TABLE studios (
    id          TEXT PRIMARY KEY,    -- 'studio-' and eight hexadecimal digits
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    color       TEXT NOT NULL,       -- '#rrggbb'
    enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    position    INTEGER NOT NULL CHECK (position BETWEEN 0 AND 4294967295), -- order on screens
    recorder    INTEGER UNIQUE REFERENCES recorders (number) ON DELETE SET NULL,
    demo        INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;

CREATE TABLE "users" (
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

CREATE INDEX users_studio ON users (studio);

-- What each screen shows.
CREATE TABLE selections (
    seq    INTEGER PRIMARY KEY,      -- grows with every choice: the least recent ones are forgotten first
    screen TEXT NOT NULL UNIQUE,
    studio TEXT NOT NULL REFERENCES studios (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX selections_studio ON selections (studio);

CREATE TABLE notices (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    key          TEXT NOT NULL,      -- what it is about, for the program: one open notice each
    level        TEXT NOT NULL CHECK (level IN ('info', 'warn', 'fault')),
    at_ns        INTEGER NOT NULL,
    until_ns     INTEGER,            -- none while it goes on
    -- Its number; the recorder may be gone.
    recorder     INTEGER CHECK (recorder BETWEEN 1 AND 4294967295),
    subject      TEXT NOT NULL,
    message      TEXT NOT NULL,
    action       TEXT,
    acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX notices_open ON notices (key) WHERE until_ns IS NULL;

CREATE TABLE history (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns    INTEGER NOT NULL,
    -- Its number; the recorder may be gone.
    recorder INTEGER CHECK (recorder BETWEEN 1 AND 4294967295),
    subject  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    message  TEXT NOT NULL
) STRICT;

CREATE INDEX history_recorder ON history (recorder, id);

-- What a recorder should have had on one day of the station's clock, and what of it is missing.
CREATE TABLE days (
    day        TEXT NOT NULL,        -- '2026-10-25'
    recorder   TEXT NOT NULL,        -- uid; the recorder may be gone
    wanted_ms  INTEGER NOT NULL CHECK (wanted_ms >= 0),
    missing_ms INTEGER NOT NULL CHECK (missing_ms >= 0),
    gaps       INTEGER NOT NULL CHECK (gaps BETWEEN 0 AND 4294967295),
    PRIMARY KEY (day, recorder)
) STRICT, WITHOUT ROWID;

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
