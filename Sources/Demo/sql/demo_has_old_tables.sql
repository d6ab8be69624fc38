-- name: demo_has_old_tables
-- gives: has_tables boolean
-- why: the demo makes the old tables in an empty database, and leaves those of a user alone.
SELECT to_regclass('collector_results') IS NOT NULL OR to_regclass('extracted_positions') IS NOT NULL AS has_tables
