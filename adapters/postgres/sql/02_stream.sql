-- The version of every stream: what an append checks, under the lock of the stream's lane. `id`
-- stands for its names in the log, and its lane is the one it was made in, for ever. No event of it
-- is before `first_position`, so that whoever reads it may leave out older parts of the log.
CREATE TABLE IF NOT EXISTS stream (
    id             bigint  PRIMARY KEY,
    version        bigint  NOT NULL,
    first_position bigint  NOT NULL,
    lane           integer NOT NULL,
    workspace      text    NOT NULL,
    stream         text    NOT NULL,
    UNIQUE (workspace, stream)
) WITH (fillfactor = 80);                  -- room for the next version in the same page: no index is touched

CREATE SEQUENCE IF NOT EXISTS stream_id OWNED BY stream.id;
