-- name: control
-- why: what the control plane keeps: flags, migrations, results that await repair, and when views were refreshed.
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

CREATE TABLE IF NOT EXISTS switchyard.migrations (
  name TEXT PRIMARY KEY,
  dual_write BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now());

CREATE TABLE IF NOT EXISTS switchyard.repair_queue (
  migration TEXT NOT NULL,
  key BIGINT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  queued_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (migration, key));
CREATE INDEX IF NOT EXISTS repair_queue_subject ON switchyard.repair_queue (subject);

CREATE TABLE IF NOT EXISTS switchyard.view_refreshes (
  view_name TEXT PRIMARY KEY,
  snapshot PG_SNAPSHOT NOT NULL,
  refreshed_at TIMESTAMPTZ NOT NULL)
