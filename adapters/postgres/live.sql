-- Who is on which ticket in this moment. Unlogged: what a crash takes away, the next heartbeat of each
-- window brings back within seconds, and no heartbeat has to be written to the log of the server.
CREATE SCHEMA IF NOT EXISTS live;

CREATE UNLOGGED TABLE IF NOT EXISTS live.presence (
    workspace     text        NOT NULL,
    ticket        text        NOT NULL,
    person        text        NOT NULL,
    connection    text        NOT NULL,          -- a window, of a token
    name          text        NOT NULL,
    activity      text        NOT NULL,
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace, ticket, person, connection)
) WITH (fillfactor = 50);                        -- renewed all the time: leave room in its page
