-- name: social_subject.new
-- takes: $1 uuid
-- gives: organization_id uuid, organization_name text, needs_repair boolean
-- why: as social_subject.old; and while an entity of the organization awaits repair, the new schema does not answer for
--      it. An entity is the organization's if the old rows say so (or the compatibility views), or the new
--      ones. To be asked before `social_scope`, as the owner

SELECT
  o.id AS organization_id, o.name AS organization_name,
  EXISTS (
    SELECT FROM switchyard.repair_queue r
    WHERE r.migration = 'social-posts' AND (
      EXISTS (SELECT FROM social.posts_core p WHERE p.entity_id = r.key AND p.organization_id = o.id)
      OR EXISTS (
        SELECT FROM social.posts p
        WHERE p.id = r.key AND (p.workspace_id = o.id
          OR lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default" = o.slug))
      OR EXISTS (SELECT FROM social.accounts a WHERE a.id = r.key AND a.workspace_id = o.id))) AS needs_repair
FROM social.organizations o
WHERE o.id = $1::uuid
