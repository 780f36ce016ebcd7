-- Version 2: pages of files in order of time, and files that are being deleted.

-- Holds what a page is chosen and counted by, so that counting does not read the rows themselves.
CREATE INDEX segments_listed
    ON segments (start_tai_ns, id, state, container, bytes, recorder, path, recorder_name);

-- A segment in here is to be deleted: its file may be there, or half gone, or gone. The row goes last.
CREATE TABLE deletions (
    segment       TEXT PRIMARY KEY REFERENCES segments (id) ON DELETE CASCADE,
    marked_utc_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
