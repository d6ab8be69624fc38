-- name: parity_subjects
-- takes: nothing
-- gives: id uuid
-- why: the brands whose cells of the view are to be checked

SELECT b.id FROM public.brands b ORDER BY b.id
