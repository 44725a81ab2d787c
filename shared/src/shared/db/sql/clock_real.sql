-- Production: the programme's time is the database's. A database whose clock was movable is put right.
CREATE OR REPLACE FUNCTION public.programme_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT now() $$;
DROP TABLE IF EXISTS public.programme_clock;
