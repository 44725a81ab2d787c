-- Development only: the programme's time is the database's plus an offset, so that a year can be played in a minute.
CREATE TABLE IF NOT EXISTS public.programme_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ahead    interval NOT NULL DEFAULT '0'
);
INSERT INTO public.programme_clock DEFAULT VALUES ON CONFLICT DO NOTHING;
GRANT SELECT, UPDATE ON public.programme_clock TO registry;
-- In UTC, or the days of the offset would be the session's days: an hour off where it has daylight saving.
CREATE OR REPLACE FUNCTION public.programme_now() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public SET timezone = 'UTC'
    AS $$ SELECT now() + ahead FROM public.programme_clock $$;
