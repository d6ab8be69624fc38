-- name: decision_add
-- takes: $1 text service, $2 bigint version, $3 text decision, $4 text cause, $5 text reason, $6 json numbers
-- why: what a guard or a ramp decided; the same decision for the same reason is told once.
INSERT INTO switchyard.rollout_decisions (service, version, decision, cause, reason, numbers)
VALUES ($1::text, $2::bigint, $3::text, $4::text, $5::text, $6::json)
ON CONFLICT (service, version, decision, cause) DO NOTHING
