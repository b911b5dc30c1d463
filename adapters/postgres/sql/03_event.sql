-- Kinds and schema versions of events, as they are written in words. An id is given on first use.
CREATE TABLE IF NOT EXISTS topic (
    id   smallint PRIMARY KEY,
    name text     NOT NULL UNIQUE
);

-- The log: `data` are an event's bytes; no column is derived from them, and none is ever changed.
-- The order of the columns leaves no gaps between them in a row.
--
-- Each part holds a range of positions of all lanes, so that indexes stay small enough for memory
-- where it is written, and old parts rest. Besides the primary key each part has a unique index of
-- its own on (stream_id, version) (see part.sql). A key of the whole table would have to contain the
-- position and say nothing: that no version is in two parts follows from `append`, which alone
-- writes here and checks `stream.version` under the lane's lock. `chronodesk check` looks for it.
CREATE TABLE IF NOT EXISTS event (
    position    bigint      NOT NULL CHECK (position > 0),
    stream_id   bigint      NOT NULL,
    version     bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    lane        integer     NOT NULL,
    topic       smallint    NOT NULL,
    command_id  uuid,                      -- null when an `eventsourcing` application wrote it
    data        bytea       NOT NULL,
    PRIMARY KEY (lane, position)
) PARTITION BY RANGE (position);
