-- Version 4: marks, stretches of a recorder's audio. They belong to the recorder, not to a file: one may lie in several.
-- Positions count samples of the source at its rate, so a file has those of its recorder and rate that overlap it.
CREATE TABLE marks (
    id           TEXT PRIMARY KEY,   -- UUIDv7
    recorder     TEXT NOT NULL,
    rate         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    end_at       INTEGER,            -- the sample after the last; none while it goes on
    start_tai_ns INTEGER NOT NULL,
    end_tai_ns   INTEGER,
    kind         TEXT NOT NULL,      -- 'vox'
    text         TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX marks_of_a_file ON marks (recorder, rate, at, end_at);
