-- Bookkeeping of projections: which copies of their tables exist, and how far each one is.
-- The position of a copy changes in the transaction that changes its rows, so each event is
-- applied exactly once; whoever advances a copy on a lane holds that position's row lock.

CREATE SCHEMA IF NOT EXISTS chronodesk;
CREATE SCHEMA IF NOT EXISTS read;

CREATE TABLE IF NOT EXISTS chronodesk.projection (
    schema   text PRIMARY KEY,             -- where its tables are
    name     text NOT NULL,
    version  integer NOT NULL,
    build    text NOT NULL CHECK (build IN ('live', 'next', 'check')),
    since    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, build)
);

CREATE TABLE IF NOT EXISTS chronodesk.projection_position (
    schema   text NOT NULL REFERENCES chronodesk.projection ON UPDATE CASCADE ON DELETE CASCADE,
    lane     integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    moved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema, lane)
) WITH (fillfactor = 10);                  -- updated all the time: leave room for it in its page

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

-- Roles belong to the whole server, so another database may have made this one already.
DO $$
BEGIN
    CREATE ROLE chronodesk_reader NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

GRANT USAGE ON SCHEMA read TO chronodesk_reader;
