-- The writer may add to the log and nothing else. Roles belong to the whole server, so another
-- database, or another process in this moment, may have made it already.
DO $$
BEGIN
    CREATE ROLE chronodesk_writer NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO chronodesk_writer', current_schema);
    IF NOT pg_has_role(current_user, 'chronodesk_writer', 'SET') THEN
        EXECUTE format('GRANT chronodesk_writer TO %I', current_user);
    END IF;
END $$;

GRANT SELECT, INSERT ON event, command TO chronodesk_writer;
GRANT SELECT, INSERT, UPDATE ON stream, ticket_number TO chronodesk_writer;
GRANT SELECT, UPDATE ON lane TO chronodesk_writer;
