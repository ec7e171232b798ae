"""A PostgreSQL database that a test has used, put back as it was: far cheaper than a new one of a thousand files.

A filled database keeps its own rows in the schema "kept", and with them how to put them back. Copies of it have both.
"""

import asyncpg

_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname"
_PUBLIC = "= 'public'::regnamespace"
# No trigger and no foreign key asks while rows are put back.
_KEEP = f"""
DROP SCHEMA IF EXISTS kept, rows_kept CASCADE;
CREATE SCHEMA kept;
CREATE TABLE kept.sequences AS
  SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value, start_value) AS at,
    last_value IS NOT NULL AS used FROM pg_sequences;
CREATE SCHEMA rows_kept;
DO $$
DECLARE one record; filled boolean;
BEGIN
  FOR one IN {_TABLES} = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE rows_kept.%I AS TABLE public.%I', one.name, one.name);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN {_TABLES} = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', one.name);
  END LOOP;
  FOR one IN {_TABLES} = 'rows_kept' LOOP
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM rows_kept.%I', one.name, one.name);
  END LOOP;
  PERFORM setval(name, at, used) FROM kept.sequences;
END $$;
CREATE FUNCTION kept.shape() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ',
    (SELECT max(xmin::text::bigint) + count(*) FROM pg_class WHERE relnamespace {_PUBLIC}),
    (SELECT max(a.xmin::text::bigint) + count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace {_PUBLIC}),
    (SELECT max(xmin::text::bigint) + count(*) FROM pg_trigger),
    (SELECT count(*) FROM pg_db_role_setting))
$$;
CREATE TABLE kept.was AS SELECT kept.shape() AS shape;
"""
_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_KNOWN = "SELECT to_regclass('kept.was') IS NOT NULL"
_SAME = "SELECT shape = kept.shape() FROM kept.was"


async def keep(address: str) -> None:
    """Have a filled database keep what it holds now."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(_KEEP)
    finally:
        await connection.close()


async def put_back(address: str) -> bool:
    """Put a used database back as it was when it was copied; return whether that could be done."""
    connection = await asyncpg.connect(address)
    try:
        if not await connection.fetchval(_KNOWN) or not await connection.fetchval(_SAME):
            return False
        await connection.execute(_ALONE)
        await connection.execute("SELECT kept.put_back()")
    finally:
        await connection.close()
    return True
