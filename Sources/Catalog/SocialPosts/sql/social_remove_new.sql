-- name: social_remove_new
-- takes: nothing
-- why: takes away what social_new_schema and social_compatibility made, and nothing else: without CASCADE, since what a user
--      has built on it must stop it. An extension that it added stays: other schemas may use it by now.

-- An archive that was interrupted leaves them.
DROP VIEW IF EXISTS social.posts_compatibility_view;
DROP VIEW IF EXISTS social.post_analytics_compatibility_view;
DROP VIEW IF EXISTS social.account_analytics_compatibility_view;
DROP VIEW IF EXISTS social.daily_stats_compatibility_view;
DROP VIEW IF EXISTS social.instagramreelsscraper_compatibility_view;
DROP VIEW IF EXISTS social.instagramreelsscraper_duplicate_compatibility_view;
DROP FUNCTION IF EXISTS social.social_compatibility_post(), social.social_compatibility_metrics(),
  social.social_compatibility_numbers(jsonb, text[]);

DROP TRIGGER social_follow ON social.workspaces;
DROP TRIGGER social_follow ON social.workspace_members;
DROP TRIGGER social_follow ON social.accounts;

-- The tenants' roles, if they are here. What a user has granted them stops it.
DO $$
DECLARE
  tenants NAME := social.tenant_role(NULL);
  tenant NAME;
  name TEXT;
BEGIN
  IF to_regrole(tenants) IS NULL THEN
    RETURN;
  END IF;
  FOR tenant IN
    SELECT u.rolname
    FROM pg_auth_members m
    JOIN pg_roles u ON u.oid = m.member
    WHERE m.roleid = to_regrole(tenants) AND u.rolname LIKE replace(replace(tenants, '_tenants', ''), '_', '\_') || '\_%'
  LOOP
    EXECUTE format('DROP ROLE %I', tenant);
  END LOOP;
  FOREACH name IN ARRAY ARRAY[
      'organizations', 'organization_members', 'organization_roles', 'posts_core', 'posts_content', 'media_files',
      'post_media_links', 'post_insights', 'time_series_metrics', 'embeddings', 'social_disagreements', 'ai_prompts',
      'ai_context_logs', 'ai_suggestions'] LOOP
    EXECUTE format('DROP POLICY tenant ON %s', ('social.' || name)::regclass);
    EXECUTE format('REVOKE ALL ON %s FROM %I', ('social.' || name)::regclass, tenants);
  END LOOP;
  EXECUTE format('REVOKE ALL ON FUNCTION social.similar_posts(uuid, bigint, integer, integer)
    FROM %I', tenants);
  EXECUTE format('REVOKE USAGE ON SCHEMA %s FROM %I',
    (SELECT c.relnamespace::regnamespace FROM pg_class c WHERE c.oid = 'social.organizations'::regclass), tenants);
  EXECUTE format('DROP ROLE %I', tenants);
END
$$;

-- Months that were taken out go too: they are of the new schema.
DO $$
DECLARE
  archived TEXT;
BEGIN
  FOR archived IN
    SELECT format('%s.%I', c.relnamespace::regnamespace, a.table_name)
    FROM social.metric_archives a
    CROSS JOIN pg_class c
    WHERE c.oid = 'social.metric_archives'::regclass
  LOOP
    EXECUTE 'DROP TABLE ' || archived;
  END LOOP;
END
$$;
DROP TABLE
  social.ai_suggestions, social.ai_context_logs, social.ai_prompts, social.social_disagreements, social.embeddings,
  social.metric_archives, social.time_series_metrics, social.post_insights, social.post_media_links,
  social.media_files, social.posts_content, social.posts_core, social.organization_roles,
  social.organization_members, social.organizations, social.workspace_writes;
DROP FUNCTION
  social.maintenance(integer), social.follow_accounts(), social.follow_members(), social.follow_workspaces(),
  social.make_tenant_roles(), social.tenant_role(uuid), social.member_role(text),
  social.similar_posts(uuid, bigint, integer, integer), social.make_metric_partitions(date, date),
  social.vector_norm(real[]), social.vector_rest(real[]), social.vector_levels(real[]),
  social.are_metrics(jsonb, text, timestamptz),
  social.are_hashtags(text[]), social.is_vector(real[]), social.forget_post();
