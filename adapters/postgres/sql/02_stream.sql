-- The version of every stream: what an append checks, under the lock of the stream's lane.
CREATE TABLE IF NOT EXISTS stream (
    workspace text    NOT NULL,
    stream    text    NOT NULL,
    lane      integer NOT NULL REFERENCES lane,
    version   bigint  NOT NULL,
    PRIMARY KEY (workspace, stream)
) WITH (fillfactor = 80);
