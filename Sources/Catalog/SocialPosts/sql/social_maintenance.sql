-- name: social_maintenance
-- takes: $1 integer (months of numbers to keep, NULL: all)
-- gives: partitions integer, moved bigint, archived integer, files bigint, without_role bigint
-- why: what has to be done now and then: partitions ahead, months taken out, files that no post has,
--      roles that are missing

SELECT u.partitions, u.moved, u.archived, u.files, u.without_role
FROM social.maintenance($1::integer) u
