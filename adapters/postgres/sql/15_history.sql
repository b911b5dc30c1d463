-- Thousands of requests at once, for whole histories, in one transaction of three steps:
-- `begin_history` locks the lanes, makes the checks of `append` for all requests together and says
-- which positions the events get; the caller brings them by COPY into `event`; `finish_history` sees
-- that these came, and no others, and moves the heads of the lanes.

-- The tables of the session in which the first step leaves word for the last one. They write no WAL
-- and are empty after each transaction. They belong to whom the log belongs to: a table or a view of
-- that name that the session had made itself would be read with the rights of these functions.
CREATE OR REPLACE FUNCTION await_history() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owners oid[];
BEGIN
    SELECT array_agg(DISTINCT c.relowner) INTO owners FROM pg_class AS c
    WHERE c.relname IN ('waiting_stream', 'waiting_write') AND c.relnamespace = pg_my_temp_schema();
    IF owners IS NULL THEN
        CREATE TEMPORARY TABLE waiting_stream (
            place       integer,
            id          bigint,
            is_new      boolean,
            version     bigint,
            lane        integer
        ) ON COMMIT DELETE ROWS;
        CREATE TEMPORARY TABLE waiting_write (
            write       integer,
            request     integer,
            command_id  uuid,
            same        boolean,           -- of ids in the log: whether the fingerprint is the same
            answered    bigint,            -- and the version that was answered
            stream      integer,
            id          bigint,
            lane        integer,
            found       bigint,            -- the stream's version before the write
            expected    bigint,
            events      integer,
            first       bigint             -- position of the first event
        ) ON COMMIT DELETE ROWS;
    ELSIF owners <> ARRAY[current_user::regrole::oid] THEN
        RAISE EXCEPTION 'a table waiting_... of this session is somebody else''s'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- The lists: requests `r_...` and their writes `w_...`, in the order in which they are to be written;
-- and the streams `s_...`, each once, with the lane that it goes to if it is new. A write names its
-- request and its stream by their places. Its stream must have version `w_expected[w]` (0: none), and
-- `w_events[w]` events follow.
--
-- The outcome: 'begun'; 'fenced' (the lanes do not have the `known_epoch`); or 'unfit' (a request
-- would not be accepted, or two have the same command id): then `append` has to decide on each.
-- `answered` holds for each request null, or the version that it was answered before; nothing of that
-- one is written. `w_first`, `w_id` and `w_in` are the position of each write's first event, its
-- stream's id and its lane (null where nothing is written), `names` the ids of the topics.
CREATE OR REPLACE FUNCTION begin_history(
    known_epoch   bigint,
    r_workspace   text[],
    r_command     uuid[],
    r_fingerprint text[],
    s_workspace   text[],
    s_stream      text[],
    s_lane        integer[],
    w_request     integer[],
    w_stream      integer[],
    w_expected    bigint[],
    w_events      integer[],
    topics        text[],
    OUT outcome   text,
    OUT answered  bigint[],
    OUT w_first   bigint[],
    OUT w_id      bigint[],
    OUT w_in      integer[],
    OUT names     smallint[]
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    moved record;
BEGIN
    PERFORM await_history();

    -- As in `append`: the locks first, lowest lane first, in a statement of their own. A stream that
    -- is there has its lane for ever.
    PERFORM FROM lane AS l
    WHERE l.lane = ANY (ARRAY(
        SELECT DISTINCT coalesce(there.lane, s.lane)
        FROM unnest(s_workspace, s_stream, s_lane) AS s (workspace, stream, lane)
             LEFT JOIN LATERAL (
                 SELECT lane FROM stream
                 WHERE workspace = s.workspace AND stream = s.stream OFFSET 0
             ) AS there ON true))
    ORDER BY l.lane FOR NO KEY UPDATE;

    INSERT INTO pg_temp.waiting_stream
    SELECT s.place, coalesce(there.id, nextval('stream_id')), there.id IS NULL,
           coalesce(there.version, 0), coalesce(there.lane, s.lane)
    FROM unnest(s_workspace, s_stream, s_lane) WITH ORDINALITY AS s (workspace, stream, lane, place)
         LEFT JOIN LATERAL (
             SELECT id, version, lane FROM stream
             WHERE workspace = s.workspace AND stream = s.stream OFFSET 0
         ) AS there ON true;
    IF EXISTS (SELECT FROM pg_temp.waiting_stream AS s LEFT JOIN lane AS l USING (lane)
               WHERE l.epoch IS DISTINCT FROM known_epoch) THEN
        outcome := 'fenced';
        RETURN;
    END IF;

    -- Writes to one stream follow each other, and so do the positions in a lane: running sums over
    -- all that was not written before.
    INSERT INTO pg_temp.waiting_write
    SELECT w.write, w.request, r.command_id, r.same, r.version, w.stream, s.id, s.lane,
           coalesce(lag(w.expected + w.events) OVER (PARTITION BY r.same IS NULL, w.stream
                                                     ORDER BY w.write), s.version),
           w.expected, w.events,
           l.head + 1 - w.events
           + sum(w.events) OVER (PARTITION BY r.same IS NULL, s.lane ORDER BY w.write)
    FROM (SELECT r.request, r.command_id, c.fingerprint = r.fingerprint AS same, c.version
          FROM unnest(r_workspace, r_command, r_fingerprint) WITH ORDINALITY
               AS r (workspace, command_id, fingerprint, request)
               LEFT JOIN LATERAL (
                   SELECT fingerprint, version FROM command
                   WHERE workspace = r.workspace AND command_id = r.command_id OFFSET 0
               ) AS c ON true) AS r
         JOIN unnest(w_request, w_stream, w_expected, w_events) WITH ORDINALITY
         AS w (request, stream, expected, events, write) USING (request)
         JOIN pg_temp.waiting_stream AS s ON s.place = w.stream
         JOIN lane AS l ON l.lane = s.lane;
    IF EXISTS (SELECT FROM pg_temp.waiting_write
               WHERE CASE WHEN same IS NULL THEN found <> expected ELSE NOT same END)
       OR EXISTS (SELECT FROM unnest(r_workspace, r_command) AS r (workspace, command_id)
                  GROUP BY workspace, command_id HAVING count(*) > 1) THEN
        outcome := 'unfit';
        RETURN;
    END IF;
    outcome := 'begun';
    SELECT array_agg(answered ORDER BY request) INTO answered
    FROM (SELECT DISTINCT request, answered FROM pg_temp.waiting_write) AS r;
    SELECT array_agg(CASE WHEN same IS NULL THEN first END ORDER BY write),
           array_agg(id ORDER BY write), array_agg(lane ORDER BY write)
    INTO w_first, w_id, w_in FROM pg_temp.waiting_write;
    DELETE FROM pg_temp.waiting_write WHERE same;

    INSERT INTO stream (id, version, first_position, lane, workspace, stream)
    SELECT s.id, n.version, n.first, s.lane, named.workspace, named.stream
    FROM (SELECT stream, max(expected + events) AS version, min(first) AS first
          FROM pg_temp.waiting_write WHERE events > 0 GROUP BY stream) AS n
         JOIN pg_temp.waiting_stream AS s ON s.place = n.stream
         JOIN unnest(s_workspace, s_stream) WITH ORDINALITY AS named (workspace, stream, place)
         USING (place)
    WHERE s.is_new ORDER BY n.first;

    UPDATE stream AS o SET version = n.version
    FROM (SELECT w.id, max(w.expected + w.events) AS version
          FROM pg_temp.waiting_write AS w JOIN pg_temp.waiting_stream AS s ON s.place = w.stream
          WHERE w.events > 0 AND NOT s.is_new GROUP BY w.id) AS n
    WHERE o.id = n.id;

    names := topic_ids(topics);
    FOR moved IN
        SELECT o.lane, o.head, o.head + sum(w.events) AS until
        FROM pg_temp.waiting_write AS w JOIN lane AS o USING (lane) GROUP BY o.lane
    LOOP
        IF moved.until >> 16 > moved.head >> 16 THEN
            PERFORM make_parts(moved.until);
        END IF;
    END LOOP;

    INSERT INTO command (workspace, command_id, fingerprint, stream, version, lanes, firsts, counts)
    SELECT r.workspace, r.command_id, r.fingerprint, w.stream, w.version, w.lanes, w.firsts, w.counts
    FROM unnest(r_workspace, r_command, r_fingerprint) WITH ORDINALITY
         AS r (workspace, command_id, fingerprint, request)
         JOIN (SELECT request, (array_agg(s_stream))[1] AS stream,
                      (array_agg(expected + events))[1] AS version,
                      array_agg(lane) AS lanes, array_agg(first) AS firsts,
                      array_agg(events) AS counts
               FROM (SELECT w.*, s.stream AS s_stream FROM pg_temp.waiting_write AS w
                     JOIN unnest(s_stream) WITH ORDINALITY AS s (stream, place)
                     ON s.place = w.stream ORDER BY w.request, w.write) AS w
               GROUP BY request) AS w USING (request);
END $$;

-- Refuses a transaction in which other events came than were announced.
CREATE OR REPLACE FUNCTION finish_history() RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM await_history();
    -- OFFSET 0: a look at the end of each lane, never at all that is in it.
    IF EXISTS (
        WITH announced AS (
            SELECT id, command_id, lane, min(expected) + 1, max(expected + events), sum(events),
                   min(first), max(first + events) - 1
            FROM pg_temp.waiting_write WHERE events > 0 GROUP BY id, command_id, lane
        ), came AS (
            SELECT e.stream_id, e.command_id, l.lane, min(e.version), max(e.version), count(*),
                   min(e.position), max(e.position)
            FROM (SELECT DISTINCT lane FROM pg_temp.waiting_write) AS w JOIN lane AS l USING (lane),
                 LATERAL (SELECT stream_id, command_id, version, position FROM event
                          WHERE lane = l.lane AND position > l.head OFFSET 0) AS e
            GROUP BY e.stream_id, e.command_id, l.lane
        )
        (TABLE announced EXCEPT TABLE came) UNION ALL (TABLE came EXCEPT TABLE announced)
    ) THEN
        RAISE EXCEPTION 'other events came than were announced' USING ERRCODE = 'data_exception';
    END IF;
    UPDATE lane SET head = head + n.events
    FROM (SELECT lane, sum(events) AS events FROM pg_temp.waiting_write
          GROUP BY lane HAVING sum(events) > 0) AS n
    WHERE lane.lane = n.lane;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['await_history', 'begin_history', 'finish_history'] LOOP
        EXECUTE format('ALTER FUNCTION %I SECURITY DEFINER SET search_path = %I, pg_temp',
                       name, current_schema);
        -- The tables of the session hold something else each time: an old plan would not fit.
        EXECUTE format('ALTER FUNCTION %I SET plan_cache_mode = force_custom_plan', name);
        EXECUTE format('ALTER FUNCTION %I SET work_mem = %L', name, '64MB');
    END LOOP;
END $$;

-- Who brings histories may do what the writer may, and add events besides: a role of its own, that
-- imports and simulations take on and no program that serves.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chronodesk_loader') THEN
        CREATE ROLE chronodesk_loader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create the role chronodesk_loader', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Let an administrator run: CREATE ROLE chronodesk_loader NOLOGIN; '
                                'GRANT chronodesk_loader TO %I;', current_user);
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'chronodesk_loader', 'SET') THEN
        EXECUTE format('GRANT chronodesk_loader TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO chronodesk_loader', current_schema);
END $$;

REVOKE ALL ON FUNCTION await_history, begin_history, finish_history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION begin_history, finish_history, append, append_one TO chronodesk_loader;
REVOKE ALL ON lane, stream, topic, event, command FROM chronodesk_loader;
GRANT SELECT ON lane, stream, topic, event, command TO chronodesk_loader;
GRANT INSERT ON event TO chronodesk_loader;
