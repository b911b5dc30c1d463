-- Accounts, tokens and the keys this desk signs with. They are not events: a secret has to be
-- deletable, and a log never forgets.
CREATE SCHEMA IF NOT EXISTS access;

CREATE TABLE IF NOT EXISTS access.account (
    workspace     text        NOT NULL,
    email         text        NOT NULL,          -- lower case
    password_hash text        NOT NULL,          -- argon2id
    person        text        NOT NULL,
    role          text        NOT NULL,
    name          text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    PRIMARY KEY (workspace, email)
);

CREATE TABLE IF NOT EXISTS access.token (
    id            text        PRIMARY KEY,       -- public part of the token
    secret_hash   bytea       NOT NULL,          -- SHA-256 of its 256 random bits
    workspace     text        NOT NULL,
    person        text        NOT NULL,
    role          text        NOT NULL,
    name          text        NOT NULL,
    label         text        NOT NULL,          -- what it is for, in the words of who made it
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz,
    revoked_at    timestamptz,
    last_used_at  timestamptz                    -- to the minute
);
CREATE INDEX IF NOT EXISTS token_of_person ON access.token (workspace, person);

-- Asked before it is done: ALTER TABLE would wait for a running backup, and everybody for it.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'access.token'::regclass
                                              AND attname = 'kind' AND NOT attisdropped) THEN
        ALTER TABLE access.token
            ADD COLUMN kind  text NOT NULL DEFAULT 'machine',  -- or session: began by signing in
            ADD COLUMN email text;                             -- the address signed in by
    END IF;
END $$;
CREATE INDEX IF NOT EXISTS session_over ON access.token (expires_at) WHERE kind = 'session';

-- Who signs in through an OpenID Connect provider, and which person of the desk that is.
CREATE TABLE IF NOT EXISTS access.identity (
    workspace     text        NOT NULL,
    issuer        text        NOT NULL,
    subject       text        NOT NULL,          -- the provider's own id of the person
    is_requester  boolean     NOT NULL,          -- whose ids and those of agents are apart
    person        text        NOT NULL,
    email         text,                          -- lower case, as the provider said it last
    created_at    timestamptz NOT NULL,
    signed_in_at  timestamptz NOT NULL,
    disabled_at   timestamptz,
    PRIMARY KEY (workspace, issuer, subject, is_requester)
);
CREATE INDEX IF NOT EXISTS identity_email ON access.identity (workspace, email);

-- Attempts to sign in that still count; domain/lockout.py says how.
CREATE TABLE IF NOT EXISTS access.attempts (
    kind          text        NOT NULL,          -- account or address
    workspace     text        NOT NULL,          -- empty for an address
    name          text        NOT NULL,          -- e-mail address, whether or not there is an
                                                 -- account; or network address
    level         float8      NOT NULL,
    last_at       timestamptz NOT NULL,
    locked_until  timestamptz,
    PRIMARY KEY (kind, workspace, name)
);
CREATE INDEX IF NOT EXISTS attempts_long_ago ON access.attempts (last_at);

CREATE TABLE IF NOT EXISTS access.signing_key (
    name          text        PRIMARY KEY,
    key           bytea       NOT NULL
);
