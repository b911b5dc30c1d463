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
    WHERE c.relname IN ('waiting_event', 'waiting_write') AND c.relnamespace = pg_my_temp_schema();
    IF owners IS NULL THEN
        CREATE TEMPORARY TABLE waiting_event (
            write integer  NOT NULL,
            nth   integer  NOT NULL,
            topic smallint NOT NULL,
            data  bytea    NOT NULL
        ) ON COMMIT DELETE ROWS;
        GRANT INSERT ON pg_temp.waiting_event TO chronodesk_writer;
        CREATE TEMPORARY TABLE waiting_write (
            request     integer, workspace text, command_id uuid, fingerprint text,
            recorded_at timestamptz,
            same        boolean,           -- of ids in the log: whether the fingerprint is the same
            answered    bigint,            -- and the version that was answered
            write       integer, stream text, expected bigint, events integer,
            id          bigint,            -- of the stream, null for a new one
            version     bigint,            -- of the stream before the call
            lane        integer,
            found       bigint,            -- version of the stream before the write
            first       bigint             -- position of the write's first event
        ) ON COMMIT DELETE ROWS;
    ELSIF owners <> ARRAY[current_user::regrole::oid] THEN
        RAISE EXCEPTION 'a table waiting_event or waiting_write of this session is somebody else''s'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- The lists: requests `r_...` and their writes `w_...`, in the order in which they are to be written;
-- a write names its request. The stream of the w-th write must have version `w_expected[w]` (0:
-- none), and `w_events[w]` events follow. `w_lane` is where a new stream goes.
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
    w_request     integer[],
    w_stream      text[],
    w_lane        integer[],
    w_expected    bigint[],
    w_events      integer[],
    topics        text[],
    OUT outcome   text,
    OUT answered  bigint[]
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    held  integer[];                       -- the lanes that this call has locked
    moved record;
BEGIN
    PERFORM await_history();

    -- As in `append`: the locks first, lowest lane first, in a statement of their own. A stream that
    -- is there has its lane for ever.
    SELECT array_agg(l.lane) INTO held
    FROM (SELECT o.lane FROM lane AS o
          WHERE o.epoch IS NOT DISTINCT FROM known_epoch AND o.lane = ANY (ARRAY(
              SELECT DISTINCT coalesce(s.lane, w.lane)
              FROM unnest(r_workspace) WITH ORDINALITY AS r (workspace, request)
                   JOIN unnest(w_request, w_stream, w_lane) AS w (request, stream, lane)
                   USING (request)
                   LEFT JOIN LATERAL (
                       SELECT lane FROM stream
                       WHERE workspace = r.workspace AND stream = w.stream OFFSET 0
                   ) AS s ON true))
          ORDER BY o.lane FOR NO KEY UPDATE) AS l;

    INSERT INTO pg_temp.waiting_write
    SELECT request, workspace, command_id, fingerprint, recorded_at, same, answered,
           write, stream, expected, events, id, version, f.lane,
           coalesce(lag(expected + events) OVER (PARTITION BY same IS NULL, workspace, stream
                                                 ORDER BY write), version),
           head + 1 + sum(events) OVER (PARTITION BY same IS NULL, f.lane ORDER BY write) - events
    FROM (SELECT r.*, w.write, w.stream, w.expected, w.events, s.id,
                 coalesce(s.version, 0) AS version, coalesce(s.lane, w.lane) AS lane,
                 c.fingerprint = r.fingerprint AS same, c.version AS answered
          FROM unnest(r_workspace, r_command, r_fingerprint, r_recorded) WITH ORDINALITY
               AS r (workspace, command_id, fingerprint, recorded_at, request)
               JOIN unnest(w_request, w_stream, w_lane, w_expected, w_events) WITH ORDINALITY
               AS w (request, stream, lane, expected, events, write) USING (request)
               LEFT JOIN LATERAL (
                   SELECT fingerprint, version FROM command
                   WHERE workspace = r.workspace AND command_id = r.command_id OFFSET 0
               ) AS c ON true
               LEFT JOIN LATERAL (
                   SELECT id, version, lane FROM stream
                   WHERE workspace = r.workspace AND stream = w.stream OFFSET 0
               ) AS s ON true) AS f
         LEFT JOIN lane AS o ON o.lane = f.lane;

    IF EXISTS (SELECT FROM pg_temp.waiting_write WHERE lane <> ALL (held) OR held IS NULL) THEN
        outcome := 'fenced';
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM pg_temp.waiting_write
               WHERE CASE WHEN same IS NULL THEN found <> expected ELSE NOT same END)
       OR EXISTS (SELECT FROM unnest(r_workspace, r_command) AS r (workspace, command_id)
                  GROUP BY workspace, command_id HAVING count(*) > 1) THEN
        outcome := 'unfit';
        RETURN;
    END IF;
    outcome := 'written';
    SELECT array_agg(answered ORDER BY request) INTO answered
    FROM (SELECT DISTINCT ON (request) request, answered FROM pg_temp.waiting_write
          ORDER BY request, write) AS r;
    DELETE FROM pg_temp.waiting_write WHERE same;

    INSERT INTO stream (id, version, first_position, lane, workspace, stream)
    SELECT nextval('stream_id'), max(expected + events), min(first), lane, workspace, stream
    FROM pg_temp.waiting_write WHERE id IS NULL AND events > 0
    GROUP BY lane, workspace, stream ORDER BY min(first);

    UPDATE stream AS o SET version = n.version
    FROM (SELECT id, max(expected + events) AS version FROM pg_temp.waiting_write
          WHERE id IS NOT NULL AND events > 0 GROUP BY id) AS n
    WHERE o.id = n.id;

    FOR moved IN
        SELECT o.lane, o.head, o.head + sum(events) AS until
        FROM pg_temp.waiting_write AS w JOIN lane AS o USING (lane) GROUP BY o.lane
    LOOP
        IF moved.until >> 16 > moved.head >> 16 THEN
            PERFORM make_parts(moved.until);
        END IF;
        UPDATE lane SET head = moved.until WHERE lane = moved.lane AND head <> moved.until;
    END LOOP;

    INSERT INTO event (position, stream_id, version, recorded_at, lane, topic, command_id, data)
    SELECT w.first + e.nth, s.id, w.expected + 1 + e.nth, w.recorded_at, w.lane,
           (topic_ids(topics))[e.topic], w.command_id, e.data
    FROM pg_temp.waiting_event AS e JOIN pg_temp.waiting_write AS w USING (write)
         JOIN stream AS s USING (workspace, stream);

    INSERT INTO command (workspace, command_id, fingerprint, stream, version, lanes, firsts, counts)
    SELECT workspace, command_id, fingerprint, (array_agg(stream ORDER BY write))[1],
           (array_agg(expected + events ORDER BY write))[1], array_agg(lane ORDER BY write),
           array_agg(first ORDER BY write), array_agg(events ORDER BY write)
    FROM pg_temp.waiting_write GROUP BY request, workspace, command_id, fingerprint
    ORDER BY request;
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
