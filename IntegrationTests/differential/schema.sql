-- What programs find in their database. Rows of `shared` belong to clients 1 to 4; nobody writes another's.
CREATE TABLE public.shared (id int PRIMARY KEY, value text NOT NULL);
CREATE TABLE public.written (client int, value text);
CREATE TABLE public.plain (client int, value text);
CREATE TABLE public.defaulted (id int, value text);
CREATE SEQUENCE public.numbers;
CREATE SCHEMA other;
CREATE TABLE other.shared (id int PRIMARY KEY, value text NOT NULL);
INSERT INTO other.shared SELECT id, 'other ' || id FROM generate_series(1, 4) AS id;

-- State changed inside a function, where no statement shows it.
CREATE FUNCTION public.f_set(name text, value text) RETURNS text LANGUAGE plpgsql AS
    'BEGIN PERFORM set_config(name, value, false); RETURN current_setting(name); END';
CREATE FUNCTION public.f_set_sql(name text, value text) RETURNS text LANGUAGE sql AS
    'SELECT set_config(name, value, false)';
CREATE FUNCTION public.f_set_local(name text, value text) RETURNS text LANGUAGE plpgsql AS
    'BEGIN PERFORM set_config(name, value, true); RETURN current_setting(name); END';
CREATE FUNCTION public.f_reset() RETURNS void LANGUAGE plpgsql AS 'BEGIN RESET ALL; END';
CREATE FUNCTION public.f_role() RETURNS text LANGUAGE plpgsql AS 'BEGIN SET ROLE helper; RETURN current_user; END';
CREATE FUNCTION public.f_with_setting() RETURNS text LANGUAGE sql SET work_mem = '3MB' AS
    $$SELECT current_setting('work_mem')$$;
CREATE FUNCTION public.f_set_then_fail(name text, value text) RETURNS void LANGUAGE plpgsql AS
    $$BEGIN PERFORM set_config(name, value, false); RAISE 'on purpose' USING ERRCODE = 'P0042'; END$$;
CREATE FUNCTION public.f_set_and_undo(name text, value text) RETURNS text LANGUAGE plpgsql AS
    $$BEGIN
        BEGIN
            PERFORM set_config(name, value, false);
            RAISE 'on purpose';
        EXCEPTION WHEN OTHERS THEN
            RETURN 'undone';
        END;
    END$$;
CREATE FUNCTION public.f_notice() RETURNS int LANGUAGE plpgsql AS
    $$BEGIN RAISE NOTICE 'note' USING DETAIL = 'detail', HINT = 'hint'; RETURN 1; END$$;
CREATE FUNCTION public.f_temp() RETURNS void LANGUAGE plpgsql AS
    'BEGIN CREATE TEMP TABLE t1 AS SELECT 11 AS x; END';
CREATE FUNCTION public.f_lock(key bigint) RETURNS boolean LANGUAGE sql AS 'SELECT pg_try_advisory_lock(key)';
CREATE FUNCTION public.f_listen() RETURNS void LANGUAGE plpgsql AS 'BEGIN LISTEN n1; END';
CREATE FUNCTION public.f_prepare() RETURNS void LANGUAGE plpgsql AS
    $$BEGIN EXECUTE 'PREPARE f AS SELECT 42'; END$$;
CREATE PROCEDURE public.p_commit(name text, value text) LANGUAGE plpgsql AS
    $$BEGIN
        PERFORM set_config(name, value, false);
        COMMIT;
        PERFORM set_config('work_mem', '5MB', false);
        ROLLBACK;
    END$$;

GRANT USAGE ON SCHEMA public, other TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA public, other TO PUBLIC;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC;
