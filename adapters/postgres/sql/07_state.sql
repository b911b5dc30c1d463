-- States of long streams, so that nobody has to fold them from the beginning. `digest` is that of
-- the code which folded them: other code leaves them alone. Unlike events they can be computed again,
-- so they may be replaced and deleted.
CREATE TABLE IF NOT EXISTS state (
    workspace text   NOT NULL,
    stream    text   NOT NULL,
    version   bigint NOT NULL,
    digest    text   NOT NULL,
    data      bytea  NOT NULL,             -- JSON
    PRIMARY KEY (workspace, stream, version, digest)
);
