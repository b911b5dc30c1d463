-- States of aggregates, for `eventsourcing` applications that take snapshots. Unlike events they
-- can be computed again, so they may be replaced and deleted.
CREATE TABLE IF NOT EXISTS snapshot (
    stream  text   NOT NULL,
    version bigint NOT NULL,
    topic   text   NOT NULL,
    data    bytea  NOT NULL,
    PRIMARY KEY (stream, version)
);
