-- name: process_leave
-- takes: $1 text process
-- why: it serves no more. Those that left without a word an hour ago are forgotten too.
DELETE FROM switchyard.processes
WHERE process = $1::text OR leased_until < clock_timestamp() - interval '1 hour'
