-- Thousands of requests at once, for whole histories. Their events come by COPY into a table of the
-- session; then `append_history` makes the checks of `append` for all requests together, and writes
-- them - or finds that one does not fit and changes nothing: then `append` has to decide one by one.

-- Makes the tables of the session. `waiting_event` is where events wait: the `nth` (from 0) of a
-- write (from 1), the place of its topic (from 1) in the list that will be given, and its bytes.
-- Nobody but the session sees them, they write no WAL, and they are empty after each transaction.
--
-- They belong to whom the log belongs to. A table or a view of that name that the session had made
-- itself could contain anything, and would be read with the rights of `append_history`.
CREATE OR REPLACE FUNCTION await_history() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owners oid[];
BEGIN
    SELECT array_agg(DISTINCT c.relowner) INTO owners FROM pg_class AS c
    WHERE c.relname IN ('waiting_event', 'waiting_stream', 'waiting_write')
      AND c.relnamespace = pg_my_temp_schema();
    IF owners IS NULL THEN
        CREATE TEMPORARY TABLE waiting_event (
            write integer  NOT NULL,
            nth   integer  NOT NULL,
            topic smallint NOT NULL,
            data  bytea    NOT NULL
        ) ON COMMIT DELETE ROWS;
        GRANT INSERT ON pg_temp.waiting_event TO chronodesk_writer;
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
-- The outcome: 'written'; 'fenced' (the lanes do not have the `known_epoch`); or 'unfit' (a request
-- would not be accepted, or two have the same command id). Only in the first case anything changes,
-- and `answered` holds for each request null, or the version that it was answered before and nothing
-- of it was written now.
CREATE OR REPLACE FUNCTION append_history(
    known_epoch   bigint,
    r_workspace   text[],
    r_command     uuid[],
    r_fingerprint text[],
    r_recorded    timestamptz[],
    s_workspace   text[],
    s_stream      text[],
    s_lane        integer[],
    w_request     integer[],
    w_stream      integer[],
    w_expected    bigint[],
    w_events      integer[],
    topics        text[],
    OUT outcome   text,
    OUT answered  bigint[]
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    names smallint[];                      -- ids of the topics
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
    SELECT w.write, w.request, r.same, r.version, w.stream, s.id, s.lane,
           coalesce(lag(w.expected + w.events) OVER (PARTITION BY r.same IS NULL, w.stream
                                                     ORDER BY w.write), s.version),
           w.expected, w.events,
           l.head + 1 - w.events
           + sum(w.events) OVER (PARTITION BY r.same IS NULL, s.lane ORDER BY w.write)
    FROM (SELECT r.request, c.fingerprint = r.fingerprint AS same, c.version
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
    outcome := 'written';
    SELECT array_agg(answered ORDER BY request) INTO answered
    FROM (SELECT DISTINCT request, answered FROM pg_temp.waiting_write) AS r;
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

    FOR moved IN
        SELECT o.lane, o.head, o.head + sum(w.events) AS until
        FROM pg_temp.waiting_write AS w JOIN lane AS o USING (lane) GROUP BY o.lane
    LOOP
        IF moved.until >> 16 > moved.head >> 16 THEN
            PERFORM make_parts(moved.until);
        END IF;
        UPDATE lane SET head = moved.until WHERE lane = moved.lane AND head <> moved.until;
    END LOOP;

    names := topic_ids(topics);
    INSERT INTO event (position, stream_id, version, recorded_at, lane, topic, command_id, data)
    SELECT w.first + e.nth, w.id, w.expected + 1 + e.nth, r_recorded[w.request], w.lane,
           names[e.topic], r_command[w.request], e.data
    FROM pg_temp.waiting_event AS e JOIN pg_temp.waiting_write AS w USING (write);

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

DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION await_history SECURITY DEFINER SET search_path = %I, pg_temp',
        current_schema);
    EXECUTE format(
        'ALTER FUNCTION append_history SECURITY DEFINER SET search_path = %I, pg_temp',
        current_schema);
END $$;
-- Tables of the session hold something else each time: what was planned for them once would not fit.
ALTER FUNCTION append_history SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION append_history SET work_mem = '64MB';

REVOKE ALL ON FUNCTION await_history, append_history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION await_history, append_history TO chronodesk_writer;
