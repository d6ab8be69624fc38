-- name: flags_add
-- takes: $1 text[] services
-- why: every service has a flag, off until somebody turns it on.
INSERT INTO switchyard.flags (service)
SELECT unnest($1::text[])
ON CONFLICT DO NOTHING
