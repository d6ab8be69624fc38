-- name: process_acknowledge
-- takes: $1 text process, $2 bigint turn, $3 text snapshot, $4 bigint epoch, $5 bigint lease in milliseconds
-- why: this process obeys the flags as the snapshot saw them, and will not obey them longer than its lease. A slower
--      telling of an earlier turn changes nothing.
INSERT INTO switchyard.processes AS p (process, turn, snapshot, epoch, leased_until)
VALUES ($1::text, $2::bigint, $3::text::pg_snapshot, $4::bigint,
        clock_timestamp() + $5::bigint * interval '1 millisecond')
ON CONFLICT (process) DO UPDATE
SET turn = excluded.turn, snapshot = excluded.snapshot, epoch = excluded.epoch, leased_until = excluded.leased_until
WHERE p.turn < excluded.turn
