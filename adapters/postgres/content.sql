-- What people have brought or begun to write, before it is part of a ticket. None of it is events:
-- it changes with every key that is pressed, most of it is thrown away, and then it has to be gone.
CREATE SCHEMA IF NOT EXISTS content;

CREATE TABLE IF NOT EXISTS content.upload (
    workspace     text        NOT NULL,
    blob          text        NOT NULL,          -- SHA-256 of the content, in hex
    actor_kind    text        NOT NULL,          -- who brought it
    actor         text        NOT NULL,
    name          text        NOT NULL,          -- as they call it
    media_type    text        NOT NULL,          -- by its content
    size          bigint      NOT NULL,          -- bytes
    used_at       timestamptz NOT NULL,          -- brought, or last put beside a message
    PRIMARY KEY (workspace, blob, actor_kind, actor)
);
CREATE INDEX IF NOT EXISTS upload_used ON content.upload (used_at);
