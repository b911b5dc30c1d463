-- The historian reads the histories of tickets and can change nothing at all: what is tried out on
-- the past runs as this role. It sees all workspaces, so no request is ever served by it directly.
-- Roles belong to the whole server, so another database, or another process in this moment, may
-- have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chronodesk_historian') THEN
        CREATE ROLE chronodesk_historian NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create the role chronodesk_historian', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Let an administrator run: '
                                'CREATE ROLE chronodesk_historian NOLOGIN; '
                                'GRANT chronodesk_historian TO %I;', current_user);
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'chronodesk_historian', 'SET') THEN
        EXECUTE format('GRANT chronodesk_historian TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO chronodesk_historian', current_schema);
END $$;

GRANT SELECT ON lane, stream, topic, event TO chronodesk_historian;
