-- The log. `topic` is the event's kind and schema version, `data` its bytes; no column is derived
-- from the bytes, and none is ever changed.
CREATE TABLE IF NOT EXISTS event (
    lane        integer     NOT NULL REFERENCES lane,
    position    bigint      NOT NULL CHECK (position > 0),
    workspace   text        NOT NULL,
    stream      text        NOT NULL,
    version     bigint      NOT NULL,
    topic       text        NOT NULL,
    data        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    command_id  uuid,                      -- null when an `eventsourcing` application wrote it
    PRIMARY KEY (lane, position),
    UNIQUE (workspace, stream, version)
);
