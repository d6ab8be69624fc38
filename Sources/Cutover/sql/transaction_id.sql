-- name: transaction_id
-- gives: id text
-- why: names this transaction, so that a snapshot can say whether it saw it.
SELECT pg_current_xact_id()::text AS id
