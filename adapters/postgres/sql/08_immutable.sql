-- Append-only by the database and not by good manners: whoever tries, the owner included, is told.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Write a compensating event instead.';
END $$;

-- Forbids `changes`, such as 'UPDATE OR DELETE', to a table.
CREATE OR REPLACE FUNCTION forbid(changes text, kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = kept) THEN
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE %s ON %s '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', changes, kept);
        -- Also in a session that turned ordinary triggers off.
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', kept);
    END IF;
END $$;
REVOKE ALL ON FUNCTION forbid FROM PUBLIC;

SELECT forbid('UPDATE OR DELETE OR TRUNCATE', 'event'),
       forbid('UPDATE OR DELETE OR TRUNCATE', 'command'),
       forbid('UPDATE OR DELETE OR TRUNCATE', 'topic'),
       forbid('DELETE OR TRUNCATE', 'lane'),
       forbid('DELETE OR TRUNCATE', 'stream');
