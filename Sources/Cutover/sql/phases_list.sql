-- name: phases_list
-- gives: migration text, phase text
-- why: which migrations are past the point where the old schema may answer.
SELECT m.name AS migration, m.phase FROM switchyard.migrations m
