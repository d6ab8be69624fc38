-- name: content_subject.old
-- takes: nothing
-- gives: needs_repair boolean
-- why: what a request is about: the pipeline as a whole, which is always there, and is right by definition

SELECT false AS needs_repair
