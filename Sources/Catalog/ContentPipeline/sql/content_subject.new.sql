-- name: content_subject.new
-- takes: nothing
-- gives: needs_repair boolean
-- why: as content_subject.old; and while a decision awaits repair, the new schema does not answer

SELECT EXISTS (
  SELECT FROM switchyard.repair_queue r
  WHERE r.migration = 'content-pipeline') AS needs_repair
