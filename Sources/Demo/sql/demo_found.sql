-- name: demo_found
-- gives: has_tables boolean, is_sample boolean
-- why: the demo fills an empty database, goes on with one of its own, and leaves that of a user alone.
SELECT to_regclass('collector_results') IS NOT NULL OR to_regclass('extracted_positions') IS NOT NULL AS has_tables,
       coalesce(obj_description(to_regclass('collector_results')) = 'Sample answers of switchyard demo', false) AS is_sample
