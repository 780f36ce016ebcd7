-- Version 5: how much faster a local device's clock ran than the machine's while a file was written, in parts per 10^9, and
-- over how many seconds that was measured. None for network streams, in files of earlier versions, and if it was too short.
ALTER TABLE segments ADD COLUMN drift_ppb INTEGER;
ALTER TABLE segments ADD COLUMN drift_over_s INTEGER;
