-- Bookkeeping of projections: which copies of their tables exist, and how far each one is.
-- The position of a copy changes in the transaction that changes its rows, so each event is
-- applied exactly once; whoever advances a copy on a lane holds that position's row lock.

CREATE SCHEMA IF NOT EXISTS chronodesk;
CREATE SCHEMA IF NOT EXISTS read;

CREATE TABLE IF NOT EXISTS chronodesk.projection (
    schema   text PRIMARY KEY,             -- where its tables are
    name     text NOT NULL,
    version  integer NOT NULL,
    build    text NOT NULL CHECK (build IN ('live', 'next', 'check', 'kept')),
    since    timestamptz NOT NULL DEFAULT now(),
    digest   text,                         -- of its tables, as the program declared them
    UNIQUE (name, build)
);
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'projection_build_check'
                   AND pg_get_constraintdef(oid) LIKE '%kept%'
                   AND conrelid = 'chronodesk.projection'::regclass) THEN
        ALTER TABLE chronodesk.projection DROP CONSTRAINT projection_build_check,
            ADD CONSTRAINT projection_build_check
            CHECK (build IN ('live', 'next', 'check', 'kept'));
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS chronodesk.projection_position (
    schema   text NOT NULL REFERENCES chronodesk.projection ON UPDATE CASCADE ON DELETE CASCADE,
    lane     integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    moved_at timestamptz NOT NULL DEFAULT now(),
    commits  bigint NOT NULL DEFAULT 0,    -- a worker that finds its last one knows the rows
    PRIMARY KEY (schema, lane)
) WITH (fillfactor = 10);                  -- updated all the time: leave room for it in its page

-- Columns that older databases lack. Each is looked for first: ALTER TABLE locks out everybody even
-- when there is nothing to do, and this runs at every start, beside workers that are running.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attname = 'digest'
                   AND attrelid = 'chronodesk.projection'::regclass) THEN
        ALTER TABLE chronodesk.projection ADD COLUMN digest text;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attname = 'commits'
                   AND attrelid = 'chronodesk.projection_position'::regclass) THEN
        ALTER TABLE chronodesk.projection_position ADD COLUMN commits bigint NOT NULL DEFAULT 0;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS chronodesk.projection_parked (
    schema         text NOT NULL
                   REFERENCES chronodesk.projection ON UPDATE CASCADE ON DELETE CASCADE,
    lane           integer NOT NULL,
    position       bigint NOT NULL,
    workspace      text NOT NULL,
    stream         text NOT NULL,
    stream_version bigint NOT NULL,
    reason         text NOT NULL,
    since          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema, lane, position)
);

-- Workers that are there, each with the units of work that it could do: [[name, version, lane]].
CREATE TABLE IF NOT EXISTS chronodesk.projection_worker (
    session    uuid PRIMARY KEY,           -- this run of this worker, and no other
    worker     text NOT NULL,              -- host:pid, for people
    wants      jsonb NOT NULL,
    since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Who has which unit of work. `fence` grows whenever it changes hands; a batch moves a position only
-- under the session and fence that are here now.
CREATE TABLE IF NOT EXISTS chronodesk.projection_lease (
    name       text NOT NULL,
    version    integer NOT NULL,
    lane       integer NOT NULL,
    session    uuid,                       -- null: given back
    worker     text NOT NULL,
    fence      bigint NOT NULL,
    taken_at   timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (name, version, lane)
) WITH (fillfactor = 50);

-- Readers have a role that may read the views and nothing else. Roles belong to the whole server,
-- so another database, or another process in this moment, may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chronodesk_reader') THEN
        CREATE ROLE chronodesk_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create the role chronodesk_reader', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Let an administrator run: CREATE ROLE chronodesk_reader NOLOGIN; '
                                'GRANT chronodesk_reader TO %I;', current_user);
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'chronodesk_reader', 'SET') THEN
        EXECUTE format('GRANT chronodesk_reader TO %I', current_user);
    END IF;
END $$;

GRANT USAGE ON SCHEMA read TO chronodesk_reader;
