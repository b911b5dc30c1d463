-- The log as version 1 made it, frozen: what databases of that time hold.
-- Which versions of these files were applied, and when: `digest` tells apart two programs that
-- call different texts by the same number.
CREATE TABLE IF NOT EXISTS schema_version (
    version    integer     NOT NULL,
    digest     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version, digest, applied_at)
);
-- A lane is the unit of order: whoever writes to it holds its row lock, so positions have no hole
-- and appear in the order of commits. `head` is the position of its last event, 0 when empty.
CREATE TABLE IF NOT EXISTS lane (
    lane integer PRIMARY KEY,
    head bigint NOT NULL DEFAULT 0 CHECK (head >= 0)
) WITH (fillfactor = 10);                  -- updated by every append: leave room for it in its page
-- The version of every stream: what an append checks, under the lock of the stream's lane.
CREATE TABLE IF NOT EXISTS stream (
    workspace text    NOT NULL,
    stream    text    NOT NULL,
    lane      integer NOT NULL REFERENCES lane,
    version   bigint  NOT NULL,
    PRIMARY KEY (workspace, stream)
) WITH (fillfactor = 80);
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
-- What each command id was answered, also when it changed nothing. Its events are `counts[i]`
-- events of lane `lanes[i]` from position `firsts[i]`, one entry for each stream it wrote.
CREATE TABLE IF NOT EXISTS command (
    workspace   text     NOT NULL,
    command_id  uuid     NOT NULL,
    fingerprint text     NOT NULL,
    stream      text     NOT NULL,         -- the first stream, and its version after the command
    version     bigint   NOT NULL,
    lanes       integer[] NOT NULL,
    firsts      bigint[]  NOT NULL,
    counts      integer[] NOT NULL,
    PRIMARY KEY (workspace, command_id)
);
-- The last ticket number given in each workspace. A row and not a sequence, because workspaces
-- come and go without anybody creating objects for them.
CREATE TABLE IF NOT EXISTS ticket_number (
    workspace text   PRIMARY KEY,
    last      bigint NOT NULL
) WITH (fillfactor = 10);
-- States of aggregates, for `eventsourcing` applications that take snapshots. Unlike events they
-- can be computed again, so they may be replaced and deleted.
CREATE TABLE IF NOT EXISTS snapshot (
    stream  text   NOT NULL,
    version bigint NOT NULL,
    topic   text   NOT NULL,
    data    bytea  NOT NULL,
    PRIMARY KEY (stream, version)
);
-- How far an `eventsourcing` application has processed each of the applications it follows. It is
-- moved in the transaction that writes the events which came out of the processing.
CREATE TABLE IF NOT EXISTS tracking (
    application     text   PRIMARY KEY,
    notification_id bigint NOT NULL
) WITH (fillfactor = 10);
-- Append-only by the database and not by good manners: whoever tries, the owner included, is told.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Write a compensating event instead.';
END $$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['event', 'command'] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgname = 'append_only' AND tgrelid = format('%I.%I', current_schema, kept)::regclass
        ) THEN
            EXECUTE format(
                'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
            -- Also in a session that turned ordinary triggers off.
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', kept);
        END IF;
    END LOOP;
END $$;
-- Writes a batch of requests in one call and one transaction. Requests are independent: one is
-- refused, the others go through, and each sees the effects of those before it in the batch.
--
-- The i-th request is made of `r_writes[i]` writes, the j-th write of `w_events[j]` events; writes
-- and events of all requests stand one after the other. `w_expected` is the version that the
-- stream must have, 0 for none. A null is for `eventsourcing` applications: an existing stream must
-- be just before the write's first event, a new one may begin at any version. A later write to a
-- stream follows the earlier ones of its request.
--
-- The answer has a row for each write of an accepted request (`answer` = 'accepted', `version` of
-- the stream after it, `first` position of its events), and one row for any other request:
-- 'conflict' (`write_at` is the write, `version` the stream's), 'repeated' (the command id is in
-- the log) or 'reused' (it is, with another fingerprint).
CREATE OR REPLACE FUNCTION append(
    r_workspace   text[],
    r_command     uuid[],
    r_fingerprint text[],
    r_recorded    timestamptz[],
    r_writes      integer[],
    w_stream      text[],
    w_lane        integer[],
    w_expected    bigint[],
    w_events      integer[],
    e_version     bigint[],
    e_topic       text[],
    e_data        bytea[]
)
RETURNS TABLE (request integer, answer text, write_at integer, version bigint, first bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    w_from   integer := 1;                 -- where the current request's writes and events begin
    e_from   integer := 1;
    w_to     integer;
    e_next   integer;
    e_at     integer;
    known    text;
    actual   bigint;
    earlier  bigint;
    wanted   bigint;
    heads    bigint[];                     -- of the lanes 0, 1 ... as this call moves them
    at       integer;                      -- where the current write's lane is in `heads`
    firsts   bigint[];
    versions bigint[];                     -- of the streams after each write
BEGIN
    -- The locks come first, lowest lane first so that nobody waits in a circle. They are a
    -- statement of their own: what the following ones see is from after the wait.
    PERFORM FROM lane WHERE lane = ANY (w_lane) ORDER BY lane FOR NO KEY UPDATE;

    -- A row that is updated again and again in one transaction is found more slowly each time, so
    -- the heads are moved here and written once.
    SELECT array_agg(l.head ORDER BY l.lane) INTO heads FROM lane l;

    <<requests>>
    FOR r IN 1 .. cardinality(r_writes) LOOP
        w_to := w_from + r_writes[r] - 1;
        e_next := e_from;
        FOR w IN w_from .. w_to LOOP
            e_next := e_next + w_events[w];
        END LOOP;

        SELECT c.fingerprint INTO known FROM command c
        WHERE c.workspace = r_workspace[r] AND c.command_id = r_command[r];
        IF FOUND THEN
            RETURN QUERY SELECT r, CASE WHEN known = r_fingerprint[r] THEN 'repeated' ELSE 'reused' END,
                                NULL::integer, NULL::bigint, NULL::bigint;
            w_from := w_to + 1;
            e_from := e_next;
            CONTINUE requests;
        END IF;

        versions := ARRAY[]::bigint[];
        e_at := e_from;
        FOR w IN w_from .. w_to LOOP
            SELECT s.version INTO actual FROM stream s
            WHERE s.workspace = r_workspace[r] AND s.stream = w_stream[w];
            IF w > w_from THEN
                SELECT max(n) INTO earlier
                FROM unnest(w_stream[w_from : w - 1]) WITH ORDINALITY AS before (stream, n)
                WHERE before.stream = w_stream[w];
                IF earlier IS NOT NULL THEN
                    actual := versions[earlier];
                END IF;
            END IF;
            wanted := w_expected[w];
            IF wanted IS NULL AND actual IS NOT NULL AND w_events[w] > 0 THEN
                wanted := e_version[e_at] - 1;
            END IF;
            IF wanted <> coalesce(actual, 0) THEN
                RETURN QUERY SELECT r, 'conflict', w, coalesce(actual, 0), NULL::bigint;
                w_from := w_to + 1;
                e_from := e_next;
                CONTINUE requests;
            END IF;
            e_at := e_at + w_events[w];
            versions := versions || CASE WHEN w_events[w] > 0 THEN e_version[e_at - 1]
                                         ELSE coalesce(actual, 0) END;
        END LOOP;

        firsts := ARRAY[]::bigint[];
        FOR w IN w_from .. w_to LOOP
            at := w_lane[w] + 1;
            firsts := firsts || (heads[at] + 1);
            IF w_events[w] > 0 THEN
                INSERT INTO event
                    (lane, position, workspace, stream, version, topic, data, recorded_at, command_id)
                SELECT w_lane[w], heads[at] + n, r_workspace[r], w_stream[w], new.version, new.topic,
                       new.data, r_recorded[r], r_command[r]
                FROM unnest(e_version[e_from : e_from + w_events[w] - 1],
                            e_topic[e_from : e_from + w_events[w] - 1],
                            e_data[e_from : e_from + w_events[w] - 1])
                     WITH ORDINALITY AS new (version, topic, data, n);

                heads[at] := heads[at] + w_events[w];
                e_from := e_from + w_events[w];

                INSERT INTO stream AS s (workspace, stream, lane, version)
                VALUES (r_workspace[r], w_stream[w], w_lane[w], e_version[e_from - 1])
                ON CONFLICT (workspace, stream) DO UPDATE SET version = excluded.version;
            END IF;
        END LOOP;

        IF r_command[r] IS NOT NULL THEN
            INSERT INTO command
                (workspace, command_id, fingerprint, stream, version, lanes, firsts, counts)
            VALUES (r_workspace[r], r_command[r], r_fingerprint[r], w_stream[w_from], versions[1],
                    w_lane[w_from : w_to], firsts, w_events[w_from : w_to]);
        END IF;
        RETURN QUERY SELECT r, 'accepted', w_from + n - 1, versions[n], firsts[n]
                     FROM generate_series(1, r_writes[r]) n;
        w_from := w_to + 1;
    END LOOP;

    UPDATE lane SET head = heads[lane + 1] WHERE lane = ANY (w_lane) AND head <> heads[lane + 1];
END $$;

-- It runs with its owner's rights, so that nobody else needs any on the tables that it writes:
-- then no program can leave a hole in a lane, or give a stream a version that it does not have.
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION append SECURITY DEFINER SET search_path = %I, pg_temp', current_schema);
END $$;

-- All its statements look for keys. Planned anew each time they cost more than they do, and a plan
-- that was made while a table had one page would read the whole table when it has thousands.
ALTER FUNCTION append SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION append SET enable_seqscan = off;

REVOKE ALL ON FUNCTION append FROM PUBLIC;
-- The writer may read the log and call `append`, and nothing else. Roles belong to the whole server,
-- so another database, or another process in this moment, may have made it already.
--
-- There is no reader of the log: it holds all workspaces. Readers get the views, which row-level
-- security guards (role chronodesk_reader).
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chronodesk_writer') THEN
        CREATE ROLE chronodesk_writer NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create the role chronodesk_writer', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Let an administrator run: CREATE ROLE chronodesk_writer NOLOGIN; '
                                'GRANT chronodesk_writer TO %I;', current_user);
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'chronodesk_writer', 'SET') THEN
        EXECUTE format('GRANT chronodesk_writer TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO chronodesk_writer', current_schema);
END $$;

REVOKE ALL ON lane, stream, event, command, ticket_number, snapshot, tracking FROM chronodesk_writer;
GRANT SELECT ON lane, stream, event, command TO chronodesk_writer;
GRANT EXECUTE ON FUNCTION append TO chronodesk_writer;

-- Numbers are taken before the log is written, by a statement of their own.
GRANT SELECT, INSERT, UPDATE (last) ON ticket_number TO chronodesk_writer;
