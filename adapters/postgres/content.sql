-- What people have brought or begun to write, before it is part of a ticket. None of it is events:
-- it changes with every key that is pressed, most of it is thrown away, and then it has to be gone.
CREATE SCHEMA IF NOT EXISTS content;

CREATE TABLE IF NOT EXISTS content.uploaded (
    workspace     text        NOT NULL,
    blob          text        NOT NULL,          -- SHA-256 of the content, in hex
    actor_kind    text        NOT NULL,          -- who brought it
    actor         text        NOT NULL,
    name          text        NOT NULL,          -- as they call it
    media_type    text        NOT NULL,          -- by its content
    size          bigint      NOT NULL,          -- bytes
    used_at       timestamptz NOT NULL,          -- brought, or last put beside a message
    arrived       boolean     NOT NULL DEFAULT false,  -- its bytes are kept
    sent          boolean     NOT NULL DEFAULT false,  -- it is in a message, and stays
    doomed        boolean     NOT NULL DEFAULT false,  -- its bytes are being removed
    PRIMARY KEY (workspace, blob, actor_kind, actor)
);
CREATE INDEX IF NOT EXISTS uploaded_unused ON content.uploaded (used_at) WHERE NOT sent;
CREATE INDEX IF NOT EXISTS uploaded_of ON content.uploaded (workspace, actor_kind, actor, used_at);

-- A revision is never used twice, not even for another draft on the same ticket.
CREATE SEQUENCE IF NOT EXISTS content.draft_revision;

CREATE TABLE IF NOT EXISTS content.draft (
    workspace     text        NOT NULL,
    person        text        NOT NULL,          -- an agent
    ticket        text        NOT NULL,
    kind          text        NOT NULL,          -- reply, note
    body          text        NOT NULL,
    next_status   text,
    attachments   jsonb       NOT NULL,
    mentions      text[]      NOT NULL,
    revision      bigint      NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace, person, ticket)
);
CREATE INDEX IF NOT EXISTS draft_with_files ON content.draft (workspace)
    WHERE attachments <> '[]'::jsonb;

-- What people have read of what they were told: everything up to an instant, and single ones after it.
CREATE TABLE IF NOT EXISTS content.read_until (
    workspace     text        NOT NULL,
    person        text        NOT NULL,
    until         timestamptz NOT NULL,
    PRIMARY KEY (workspace, person)
);
CREATE TABLE IF NOT EXISTS content.read_single (
    workspace     text        NOT NULL,
    person        text        NOT NULL,
    id            text        NOT NULL,          -- of a notification
    at            timestamptz NOT NULL,          -- when that came
    PRIMARY KEY (workspace, person, id)
);
