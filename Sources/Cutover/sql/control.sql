-- name: control
-- why: what the control plane keeps: flags, migrations and their phases, jobs, what was skipped and what differed,
--      results that await repair, and when views were refreshed.
--      Run at every start, by whichever process is first.
SELECT pg_advisory_xact_lock(hashtextextended('switchyard.control', 0));

CREATE SCHEMA IF NOT EXISTS switchyard;

CREATE TABLE IF NOT EXISTS switchyard.flags (
  service TEXT PRIMARY KEY,
  use_new_schema BOOLEAN NOT NULL DEFAULT false,
  canary_percent NUMERIC(5,2) NOT NULL DEFAULT 0 CHECK (canary_percent BETWEEN 0 AND 100),
  shadow_percent NUMERIC(5,2) NOT NULL DEFAULT 0 CHECK (shadow_percent BETWEEN 0 AND 100),
  guard JSON,
  ramp JSON,
  version BIGINT NOT NULL DEFAULT 1,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_by TEXT NOT NULL DEFAULT 'switchyard');

CREATE TABLE IF NOT EXISTS switchyard.flag_history (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  by TEXT NOT NULL,
  -- NULL: the switch for dual write
  service TEXT,
  "from" JSON NOT NULL,
  "to" JSON NOT NULL,
  reason TEXT);

-- No row: the migration is planned, and nothing of it exists.
CREATE TABLE IF NOT EXISTS switchyard.migrations (
  name TEXT PRIMARY KEY,
  phase TEXT NOT NULL,
  dual_write BOOLEAN NOT NULL,
  -- of the triggers on the old tables since they refuse writes
  refusal_state TEXT,
  -- of old tables, as table.column: their values may be left behind
  accepted_columns TEXT[] NOT NULL DEFAULT '{}',
  created_at TIMESTAMPTZ NOT NULL DEFAULT now());

CREATE TABLE IF NOT EXISTS switchyard.phase_moves (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  step TEXT NOT NULL,
  from_phase TEXT NOT NULL,
  to_phase TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT,
  -- what was missing and overruled; NULL: nothing
  forced JSON,
  evidence JSON NOT NULL);

-- Long work. Whoever runs a job holds a lease that he renews; when it has run out, another process goes on from the
-- checkpoint, which is written in the transaction that it tells of.
CREATE TABLE IF NOT EXISTS switchyard.jobs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  options JSON NOT NULL,
  by TEXT NOT NULL,
  reason TEXT,
  is_paused BOOLEAN NOT NULL DEFAULT false,
  checkpoint JSON,
  progress JSON,
  report JSON,
  error TEXT,
  owner TEXT,
  lease_until TIMESTAMPTZ,
  queued_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  started_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ);

-- Old rows that are not copied, as the last copy of their keys judged them.
CREATE TABLE IF NOT EXISTS switchyard.skipped_rows (
  migration TEXT NOT NULL,
  table_name TEXT NOT NULL,
  id BIGINT NOT NULL,
  key BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (migration, table_name, id));

CREATE TABLE IF NOT EXISTS switchyard.verifications (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  job BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  -- of the triggers on the old tables when it began: while it stays, what was written since is known
  trigger_state TEXT,
  is_equal BOOLEAN);

CREATE TABLE IF NOT EXISTS switchyard.differences (
  verification BIGINT NOT NULL REFERENCES switchyard.verifications ON DELETE CASCADE,
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  table_name TEXT NOT NULL,
  key BIGINT,
  member TEXT,
  column_name TEXT,
  old JSON,
  new JSON,
  PRIMARY KEY (verification, number));

CREATE TABLE IF NOT EXISTS switchyard.explained_rows (
  verification BIGINT NOT NULL REFERENCES switchyard.verifications ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  is_skipped BOOLEAN NOT NULL,
  -- whose answers it makes differ although it is copied
  subjects TEXT[],
  PRIMARY KEY (verification, table_name, id));

-- Who reads the old tables: PostgreSQL's counters less our own maintenance.
CREATE TABLE IF NOT EXISTS switchyard.usage_clocks (
  migration TEXT PRIMARY KEY,
  sampled_at TIMESTAMPTZ NOT NULL,
  scans BIGINT NOT NULL,
  own_scans BIGINT NOT NULL,
  foreign_scans BIGINT NOT NULL,
  stats_reset TIMESTAMPTZ,
  unread_since TIMESTAMPTZ NOT NULL);
CREATE TABLE IF NOT EXISTS switchyard.own_scans (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  scans BIGINT NOT NULL);

-- How often these tables were scanned in this transaction, by whatever index.
CREATE OR REPLACE FUNCTION switchyard.count_scans(tables TEXT[]) RETURNS BIGINT
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(
    pg_stat_get_xact_numscans(c.oid)
    + (SELECT coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)), 0) FROM pg_index i WHERE i.indrelid = c.oid)), 0)::bigint
  FROM unnest(tables) t (name)
  JOIN pg_class c ON c.oid = to_regclass(t.name)
$$;

-- Which schema answered how many requests.
CREATE TABLE IF NOT EXISTS switchyard.reads (
  day DATE NOT NULL,
  service TEXT NOT NULL,
  schema TEXT NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (day, service, schema));

-- How long they took, by the hour; the buckets are those of Swift's LatencyBucket.
CREATE TABLE IF NOT EXISTS switchyard.latencies (
  hour TIMESTAMPTZ NOT NULL,
  service TEXT NOT NULL,
  schema TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (hour, service, schema, bucket));

-- Requests at which a schema failed, whether or not another one answered them.
CREATE TABLE IF NOT EXISTS switchyard.read_errors (
  hour TIMESTAMPTZ NOT NULL,
  service TEXT NOT NULL,
  schema TEXT NOT NULL,
  errors BIGINT NOT NULL,
  PRIMARY KEY (hour, service, schema));

-- What comparisons of both schemas' answers found.
CREATE TABLE IF NOT EXISTS switchyard.shadow_counts (
  hour TIMESTAMPTZ NOT NULL,
  service TEXT NOT NULL,
  outcome TEXT NOT NULL,
  comparisons BIGINT NOT NULL,
  PRIMARY KEY (hour, service, outcome));

-- Answers that differed: the last ones of each service. By its token the question is asked again.
CREATE TABLE IF NOT EXISTS switchyard.shadow_differences (
  token UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  service TEXT NOT NULL,
  path TEXT NOT NULL,
  subject TEXT NOT NULL,
  binds TEXT[] NOT NULL,
  parameters JSON NOT NULL,
  differences JSON NOT NULL);

-- What the guard of each process has seen under a version of a flag.
CREATE TABLE IF NOT EXISTS switchyard.canary_tallies (
  service TEXT NOT NULL,
  version BIGINT NOT NULL,
  process TEXT NOT NULL,
  requests BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  comparisons BIGINT NOT NULL,
  differences BIGINT NOT NULL,
  slower BIGINT NOT NULL,
  PRIMARY KEY (service, version, process));

-- What guards and ramps decided, and by which numbers.
CREATE TABLE IF NOT EXISTS switchyard.rollout_decisions (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  service TEXT NOT NULL,
  -- of the flag, when it was decided
  version BIGINT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('trip', 'raise', 'pause')),
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  numbers JSON NOT NULL,
  UNIQUE (service, version, decision, cause));

-- Processes that serve: what each has seen of the flags, and until when it obeys that without asking again.
CREATE TABLE IF NOT EXISTS switchyard.processes (
  process TEXT PRIMARY KEY,
  read_number BIGINT NOT NULL,
  snapshot PG_SNAPSHOT NOT NULL,
  epoch BIGINT NOT NULL,
  leased_until TIMESTAMPTZ NOT NULL);

-- How quick each server's requests are, for work that steps back when they suffer.
CREATE TABLE IF NOT EXISTS switchyard.foreground (
  process TEXT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  p95_ms INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS switchyard.archives (
  migration TEXT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  row_count BIGINT NOT NULL,
  checksum NUMERIC NOT NULL,
  archived_checksum NUMERIC NOT NULL,
  is_restoring BOOLEAN NOT NULL DEFAULT false);

-- Keys whose new rows were written since the last verification, or since old writes were stopped; as often as they were,
-- so that nobody waits.
CREATE TABLE IF NOT EXISTS switchyard.changed_keys (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  key BIGINT NOT NULL);

-- Indexes of an archived table, as they are to be made again before it has its name back.
CREATE TABLE IF NOT EXISTS switchyard.archived_indexes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration TEXT NOT NULL,
  definition TEXT NOT NULL);

-- Keys that are written in the old tables and not, or not rightly, in the new ones. Each transaction has entries of its
-- own, so no writer waits for another; those that `drain` copies at commit are never seen by others.
CREATE TABLE IF NOT EXISTS switchyard.repair_queue (
  writer XID8 NOT NULL DEFAULT pg_current_xact_id(),
  migration TEXT NOT NULL,
  key BIGINT NOT NULL,
  -- whose reads the old schema answers meanwhile; empty: everybody's
  subject TEXT NOT NULL,
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  reason TEXT NOT NULL DEFAULT 'not copied yet',
  queued_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (writer, migration, key, subject))
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- When a transaction commits: copies what its triggers have put into the queue. Its first entry does so for all of them.
CREATE OR REPLACE FUNCTION switchyard.drain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  migration TEXT := replace(NEW.migration, '-', '_');
BEGIN
  IF NEW.id > coalesce(nullif(current_setting('switchyard.drained_' || migration, true), ''), '0')::bigint THEN
    EXECUTE format('SELECT switchyard.%I()', 'drain_' || migration);
  END IF;
  RETURN NULL;
END
$$;

-- Whether what is written to the new tables is noted: once they are filled, and not by a restore, which follows the notes.
CREATE OR REPLACE FUNCTION switchyard.notes_changes(migration TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE AS $$
  SELECT current_setting('switchyard.is_restoring', true) IS DISTINCT FROM 'on'
    AND EXISTS (
      SELECT FROM switchyard.migrations m
      WHERE m.name = notes_changes.migration AND m.phase NOT IN ('planned', 'created', 'dual_writing'))
$$;

CREATE TABLE IF NOT EXISTS switchyard.view_refreshes (
  view_name TEXT PRIMARY KEY,
  snapshot PG_SNAPSHOT NOT NULL,
  refreshed_at TIMESTAMPTZ NOT NULL);

-- CREATE INDEX IF NOT EXISTS waits for every writer of the table, and makes those who come later wait, before it looks
-- whether the index is there: a batch under way and a program that starts would wait in a circle.
DO $$
DECLARE
  missing TEXT;
BEGIN
  FOR missing IN
    SELECT i.definition
    FROM (VALUES
      ('phase_moves_migration', 'CREATE INDEX phase_moves_migration ON switchyard.phase_moves (migration, id)'),
      ('changed_keys_key', 'CREATE INDEX changed_keys_key ON switchyard.changed_keys (migration, key)'),
      ('jobs_one_of_a_kind', 'CREATE UNIQUE INDEX jobs_one_of_a_kind ON switchyard.jobs (migration, kind) WHERE state IN (''queued'', ''running'')'),
      ('skipped_rows_key', 'CREATE INDEX skipped_rows_key ON switchyard.skipped_rows (migration, key)'),
      ('explained_rows_subjects', 'CREATE INDEX explained_rows_subjects ON switchyard.explained_rows (verification) WHERE subjects IS NOT NULL'),
      ('repair_queue_subject', 'CREATE INDEX repair_queue_subject ON switchyard.repair_queue (subject, migration)'),
      ('repair_queue_key', 'CREATE INDEX repair_queue_key ON switchyard.repair_queue (key, migration)'),
      ('shadow_differences_service_at', 'CREATE INDEX shadow_differences_service_at ON switchyard.shadow_differences (service, at DESC)')) i (name, definition)
    WHERE to_regclass('switchyard.' || i.name) IS NULL
  LOOP
    EXECUTE missing;
  END LOOP;
  IF NOT EXISTS (
    SELECT FROM pg_trigger t
    WHERE t.tgrelid = 'switchyard.repair_queue'::regclass AND t.tgname = 'switchyard_drain')
  THEN
    CREATE CONSTRAINT TRIGGER switchyard_drain AFTER INSERT ON switchyard.repair_queue
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason = 'not copied yet')
      EXECUTE FUNCTION switchyard.drain();
    ALTER TABLE switchyard.repair_queue ENABLE ALWAYS TRIGGER switchyard_drain;
  END IF;
END
$$
