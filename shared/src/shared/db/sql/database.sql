-- Common to all services: extensions and functions in schema public, which no service may write to.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;

-- Vietnamese text without case or diacritics, for search: 'Nước mắm CỬA KHE' -> 'nuoc mam cua khe'.
CREATE OR REPLACE FUNCTION public.vi_fold(input text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, translate(
        -- The check costs a quarter of the conversion, and nearly all text is composed already.
        CASE WHEN input IS NFC NORMALIZED THEN input ELSE normalize(input, NFC) END, '’ʼ', ''''''))) $$;

-- The date in Vietnam at an instant (UTC+7 all year).
CREATE OR REPLACE FUNCTION public.legal_date(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT ((instant AT TIME ZONE 'UTC') + interval '7 hours')::date $$;
