-- Append-only by the database and not by good manners: whoever tries, the owner included, is told.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Write a compensating event instead.';
END $$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['event', 'command'] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgname = 'append_only' AND tgrelid = format('%I.%I', current_schema, kept)::regclass
        ) THEN
            EXECUTE format(
                'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
            -- Also in a session that turned ordinary triggers off.
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', kept);
        END IF;
    END LOOP;
END $$;
