-- Version 3: how good the clock was, at a file's beginning and at its end: 'hardware locked grandmaster=… domain=0 offset_ns=…'.
-- None in files of earlier versions and where nobody watched.
ALTER TABLE segments ADD COLUMN clock TEXT;
ALTER TABLE segments ADD COLUMN clock_sealed TEXT;
