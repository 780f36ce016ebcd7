-- Version 1. Positions (first, at) count samples of the source; times are nanoseconds; ids are UUIDv7 as text.
CREATE TABLE root (
    id             TEXT PRIMARY KEY,
    created_utc_ns INTEGER NOT NULL
) STRICT;

-- One row for each start of a program on this root.
CREATE TABLE opens (
    id             INTEGER PRIMARY KEY,
    program        TEXT NOT NULL,
    started_utc_ns INTEGER NOT NULL,
    ended_utc_ns   INTEGER,
    end_reason     TEXT
) STRICT;

CREATE TABLE segments (
    id             TEXT PRIMARY KEY,
    recorder       TEXT NOT NULL,
    recorder_name  TEXT NOT NULL,
    open_id        INTEGER REFERENCES opens (id),  -- none in a row made from the file alone
    path           TEXT NOT NULL UNIQUE,           -- relative to the root, UTF-8, '/' between components
    container      TEXT NOT NULL,
    rate           INTEGER NOT NULL,               -- of the source, in Hz; first, frames and gaps count in it
    channels       INTEGER NOT NULL,
    stored         TEXT,                           -- '16', '24', '32f'; none for a lossy coding
    first          INTEGER NOT NULL,
    frames         INTEGER,                        -- none while open
    start_tai_ns   INTEGER NOT NULL,
    time_basis     TEXT NOT NULL,
    anchor_at      INTEGER NOT NULL,
    anchor_tai_ns  INTEGER NOT NULL,
    zone           TEXT NOT NULL,                  -- '+01:00', 'UTC', 'TAI': the archive's clock at the first sample
    state          TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'faulted')),
    end_reason     TEXT CHECK (end_reason IN ('rotation', 'stop', 'recovered', 'fault')),
    note           TEXT,                           -- why it is faulted, for people
    bytes          INTEGER,
    head_len       INTEGER,
    head_hash      BLOB,                           -- BLAKE3 of the first head_len bytes
    body_hash      BLOB,                           -- BLAKE3 of the rest
    created_utc_ns INTEGER,
    sealed_utc_ns  INTEGER
) STRICT;

CREATE INDEX segments_in_time ON segments (recorder, start_tai_ns);
CREATE INDEX segments_unsealed ON segments (state) WHERE state <> 'sealed';

CREATE TABLE gaps (
    segment TEXT NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    len     INTEGER NOT NULL CHECK (len > 0),
    cause   TEXT NOT NULL,
    PRIMARY KEY (segment, at)
) STRICT, WITHOUT ROWID;
