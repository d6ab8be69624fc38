-- name: evidence
-- takes: $1 text migration
-- gives: dual_write boolean, queued bigint, verification bigint, is_equal boolean, trigger_state text,
--        unread_days integer, is_archive_untouched boolean, refusal_state text
-- why: what the gates look at. A verification counts if it began after the new tables were last filled or emptied; how
--      long nobody has read the old table is not known while nobody takes samples.
SELECT coalesce(m.dual_write, false) AS dual_write,
       (SELECT count(DISTINCT r.key) FROM switchyard.repair_queue r WHERE r.migration = n.name) AS queued,
       v.id AS verification, v.is_equal, v.trigger_state,
       CASE WHEN u.sampled_at > now() - interval '1 hour'
         THEN floor(extract(epoch FROM now() - u.unread_since) / 86400)::integer END AS unread_days,
       coalesce(a.archived_checksum = a.checksum, false) AS is_archive_untouched, m.refusal_state
FROM (VALUES ($1::text)) n (name)
LEFT JOIN switchyard.migrations m ON m.name = n.name
LEFT JOIN switchyard.usage_clocks u ON u.migration = n.name
LEFT JOIN switchyard.archives a ON a.migration = n.name
LEFT JOIN LATERAL (
  SELECT v.id, v.is_equal, v.trigger_state
  FROM switchyard.verifications v
  WHERE v.migration = n.name AND v.is_equal IS NOT NULL
    AND v.at > coalesce((
      SELECT max(p.at) FROM switchyard.phase_moves p
      WHERE p.migration = n.name AND p.to_phase IN ('created', 'dual_writing')), '-infinity')
  ORDER BY v.id DESC
  LIMIT 1) v ON true
