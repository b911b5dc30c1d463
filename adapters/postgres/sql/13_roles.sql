-- The writer may read the log and append to it, and nothing else. Roles belong to the whole server,
-- so another database, or another process in this moment, may have made it already.
--
-- No reader gets at the log, which holds all workspaces: readers get the views, which row-level
-- security guards (role chronodesk_reader). What is tried out on the past has 16_historian.sql.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chronodesk_writer') THEN
        CREATE ROLE chronodesk_writer NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create the role chronodesk_writer', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Let an administrator run: CREATE ROLE chronodesk_writer NOLOGIN; '
                                'GRANT chronodesk_writer TO %I;', current_user);
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'chronodesk_writer', 'SET') THEN
        EXECUTE format('GRANT chronodesk_writer TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO chronodesk_writer', current_schema);
END $$;

REVOKE ALL ON lane, stream, topic, event, command, ticket_number, snapshot, state, tracking
    FROM chronodesk_writer;
GRANT SELECT ON lane, stream, topic, event, command TO chronodesk_writer;
GRANT EXECUTE ON FUNCTION append, append_one TO chronodesk_writer;

-- Numbers are taken before the log is written, by a statement of their own.
GRANT SELECT, INSERT, UPDATE (last) ON ticket_number TO chronodesk_writer;

-- What can be computed again.
GRANT SELECT, INSERT, DELETE ON state TO chronodesk_writer;
