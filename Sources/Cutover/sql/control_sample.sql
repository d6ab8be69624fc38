-- name: control_sample
-- takes: $1 text[] migrations
-- gives: migration text, phase text, dual_write boolean, age double precision, queued bigint,
--        queue_age double precision, unread double precision, is_equal boolean
-- why: what the metrics tell of each migration; ages in seconds. A verification counts as for the gates.
SELECT n.name AS migration, coalesce(m.phase, 'planned') AS phase, coalesce(m.dual_write, false) AS dual_write,
       extract(epoch FROM now() - m.created_at)::double precision AS age, q.queued,
       extract(epoch FROM now() - q.queued_at)::double precision AS queue_age,
       extract(epoch FROM now() - u.unread_since)::double precision AS unread, v.is_equal
FROM unnest($1::text[]) n (name)
LEFT JOIN switchyard.migrations m ON m.name = n.name
LEFT JOIN switchyard.usage_clocks u ON u.migration = n.name AND u.sampled_at > now() - interval '1 hour'
CROSS JOIN LATERAL (
  SELECT count(*) AS queued, min(r.queued_at) AS queued_at
  FROM switchyard.repair_queue r
  WHERE r.migration = n.name) q
LEFT JOIN LATERAL (
  SELECT v.is_equal
  FROM switchyard.verifications v
  WHERE v.migration = n.name AND v.is_equal IS NOT NULL
    AND v.at > coalesce((
      SELECT max(p.at) FROM switchyard.phase_moves p
      WHERE p.migration = n.name AND p.to_phase IN ('created', 'dual_writing')), '-infinity')
  ORDER BY v.id DESC
  LIMIT 1) v ON true
