-- name: verification_begin
-- takes: $1 text migration, $2 bigint job, $3 text trigger state
-- gives: id bigint
-- why: what is found is kept under this number. Of older ones only the newest few are kept.
WITH old AS (
  DELETE FROM switchyard.verifications v
  WHERE v.migration = $1::text AND v.id < (
    SELECT min(k.id) FROM (
      SELECT w.id FROM switchyard.verifications w WHERE w.migration = $1::text ORDER BY w.id DESC LIMIT 10) k)
)
INSERT INTO switchyard.verifications (migration, job, trigger_state) VALUES ($1::text, $2::bigint, $3::text) RETURNING id
