-- Which versions of these files were applied, and when: `digest` tells apart two programs that
-- call different texts by the same number.
CREATE TABLE IF NOT EXISTS schema_version (
    version    integer     NOT NULL,
    digest     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version, digest, applied_at)
);
