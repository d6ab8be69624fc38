-- name: drop
-- takes: nothing
-- why: the archived table is not needed any more. The view under its old name stays.

DROP TABLE extracted_positions_archived;
