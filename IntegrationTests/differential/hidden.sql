-- For half of the databases: state changed where not even a function's name shows:
-- a view, an operator, a trigger, a default, a built-in's namesake.
CREATE VIEW public.v_set AS SELECT public.f_set('work_mem', '6MB') AS value;
CREATE VIEW public.v_lock AS SELECT pg_try_advisory_lock(4) AS value;
CREATE FUNCTION public.f_operator(text, text) RETURNS text LANGUAGE sql AS 'SELECT set_config($1, $2, false)';
CREATE OPERATOR public.### (LEFTARG = text, RIGHTARG = text, FUNCTION = public.f_operator);
CREATE FUNCTION public.f_trigger() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM set_config('app.tenant', new.value, false); RETURN new; END$$;
CREATE TRIGGER written BEFORE INSERT ON public.written FOR EACH ROW EXECUTE FUNCTION public.f_trigger();
ALTER TABLE public.defaulted ALTER value SET DEFAULT public.f_set('work_mem', '7MB');
CREATE FUNCTION other.lower(text) RETURNS text LANGUAGE sql AS
    $$SELECT 'other ' || set_config('work_mem', '9MB', false)$$;

GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;
