-- name: process_acknowledge
-- takes: $1 text process, $2 bigint read, $3 text snapshot, $4 bigint epoch, $5 bigint lease in milliseconds
-- why: this process obeys the flags as the snapshot saw them, and will not obey them longer than its lease. A slower
--      report of an earlier read changes nothing.
INSERT INTO switchyard.processes AS p (process, read_number, snapshot, epoch, leased_until)
VALUES ($1::text, $2::bigint, $3::text::pg_snapshot, $4::bigint,
        clock_timestamp() + $5::bigint * interval '1 millisecond')
ON CONFLICT (process) DO UPDATE
SET read_number = excluded.read_number, snapshot = excluded.snapshot, epoch = excluded.epoch, leased_until = excluded.leased_until
WHERE p.read_number < excluded.read_number
