-- Version 6: holds, reasons to keep a file. As long as one of them holds, the file is not deleted.
CREATE TABLE holds (
    segment      TEXT NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    id           TEXT NOT NULL,      -- UUIDv7; files that were held together have one
    by           TEXT NOT NULL,      -- who set it, for people
    since_utc_ns INTEGER NOT NULL,
    until_utc_ns INTEGER,            -- when it ends by itself; none: not before it is lifted
    reason       TEXT NOT NULL,
    PRIMARY KEY (segment, id)
) STRICT, WITHOUT ROWID;
