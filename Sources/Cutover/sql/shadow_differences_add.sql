-- name: shadow_differences_add
-- takes: $1 text service, $2 text path, $3 text subject, $4 text[] binds, $5 json parameters, $6 json differences
-- gives: token text
-- why: enough to ask again, and to see what differed.
INSERT INTO switchyard.shadow_differences (service, path, subject, binds, parameters, differences)
VALUES ($1::text, $2::text, $3::text, $4::text[], $5::json, $6::json)
RETURNING token::text
