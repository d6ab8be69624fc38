-- name: process_acknowledgements
-- takes: $1 text transaction
-- gives: process text, has_seen boolean, is_leased boolean
-- why: which processes obey the flags as that transaction left them, and which may still obey older ones.
SELECT p.process, pg_visible_in_snapshot($1::text::xid8, p.snapshot) AS has_seen,
       p.leased_until > clock_timestamp() AS is_leased
FROM switchyard.processes p
ORDER BY p.process
