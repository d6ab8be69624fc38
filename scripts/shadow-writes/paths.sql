-- :count requests of every service: brands, ranges, collectors and intervals drawn from :seed.
SELECT setseed((:seed % 1000000) / 1000000.0) \g /dev/null
WITH kinds (path) AS (
  SELECT unnest(ARRAY['dashboard', 'visibility', 'topics', 'competitors', 'competitors/{}/trend', 'prompts', 'keywords', 'citations'])
),
drawn AS MATERIALIZED (
  SELECT n, 1 + floor(random() * (SELECT count(*) FROM kinds)) AS kind, 1 + floor(random() * (SELECT count(*) FROM brands)) AS brand,
    1 + floor(random() * 5) AS competitor, floor(random() * 45)::int AS age, floor(random() * 40)::int AS days,
    (ARRAY['', '', '&collectors=chatgpt', '&collectors=claude,gemini', '&collectors=perplexity,chatgpt,claude', '&collectors=nobody'])
      [1 + floor(random() * 6)] AS collectors,
    (ARRAY['', '&interval=day', '&interval=week', '&interval=month'])[1 + floor(random() * 4)] AS interval
  FROM generate_series(1, :count) n
)
SELECT '/api/brands/' || b.id || '/' || replace(k.path, '{}', coalesce(c.name, 'nobody')) || '?start=' || today - age - days
  || '&end=' || today - age || collectors || CASE k.path WHEN 'visibility' THEN interval ELSE '' END
FROM drawn d
CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t
JOIN (SELECT path, row_number() OVER (ORDER BY path) AS n FROM kinds) k ON k.n = d.kind
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM brands) b ON b.n = d.brand
LEFT JOIN (
  SELECT brand_id, row_number() OVER (PARTITION BY brand_id ORDER BY id) AS n,
    replace(replace(replace(competitor_name, ' ', '%20'), '&', '%26'), '''', '%27') AS name
  FROM brand_competitors WHERE competitor_name ~ '^[A-Za-z0-9 &''-]+$') c ON c.brand_id = b.id AND c.n = d.competitor
ORDER BY d.n
