-- name: archived_checksum
-- takes: nothing
-- gives: row_count bigint, checksum numeric
-- why: whether the archived table is what it was: every byte of every column counts, and the order of rows does not

SELECT COUNT(*) AS row_count, COALESCE(SUM(hash_record_extended(ROW(record_send(e)), 0)), 0) AS checksum
FROM extracted_positions_archived e
