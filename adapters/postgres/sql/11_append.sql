-- Writes a batch of requests in one call and one transaction. Requests are independent: one is
-- refused, the others go through, and each sees the effects of those before it in the batch.
--
-- Whatever looks into a table or writes to one does so once for the whole batch. Only the decisions
-- are made request by request, and they touch nothing but arrays.
--
-- The lists: `s_...` are the streams of the batch, each once, with the lane that it goes to if it is
-- new. The r-th request has `r_writes[r]` writes and then `r_checks[r]` checks; those of all requests
-- stand one after the other in `w_...`, and name their request, their stream by its place in `s_...`,
-- and the version that the stream must have, 0 for none. A null is for `eventsourcing` applications:
-- an existing stream must be just before the write's first event, a new one may begin anywhere.
-- A write has `w_events[w]` events, the first of which becomes version `w_version[w]`; a check has
-- -1, locks nothing and writes nothing. `e_...` are all events, with their write, their place in it
-- from 0, and the place of their topic in `topics`. `r_twin[r]` is the last request before r with the
-- same command id, 0 if there is none. With a `known_epoch`, the lanes must still have it.
--
-- The answers, one per request: 'accepted'; 'conflict' (the `places[r]`-th of its writes and checks,
-- from 0, found its stream at version `actuals[r]`); 'repeated' (the command id is in the log),
-- 'reused' (it is, with another fingerprint); or all of them 'fenced' (the caller must read the
-- lanes again). For each write of an accepted request: the version of the stream after it, the
-- position of its first event, and its lane.
DROP FUNCTION IF EXISTS append;              -- what it gives may have been something else
CREATE FUNCTION append(
    known_epoch   bigint,
    r_workspace   text[],
    r_command     uuid[],
    r_fingerprint text[],
    r_recorded    timestamptz[],
    r_writes      integer[],
    r_checks      integer[],
    r_twin        integer[],
    s_workspace   text[],
    s_stream      text[],
    s_lane        integer[],
    w_request     integer[],
    w_stream      integer[],
    w_expected    bigint[],
    w_version     bigint[],
    w_events      integer[],
    e_write       integer[],
    e_nth         integer[],
    e_topic       integer[],
    e_data        bytea[],
    topics        text[],
    OUT answers   text[],
    OUT places    integer[],
    OUT actuals   bigint[],
    OUT versions  bigint[],
    OUT firsts    bigint[],
    OUT lanes     integer[]
)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    held      integer[];                   -- the lanes that this call has locked,
    was       bigint[];                    -- their heads before
    heads     bigint[];                    -- and as this call moves them
    epochs    bigint[];
    ids       bigint[];                    -- of the streams, null for a new one;
    in_lane   integer[];                   -- their lanes;
    at        bigint[];                    -- their versions, as this call moves them;
    begin_at  bigint[];                    -- of those that begin here: the first position;
    go_on     boolean[];                   -- whether one that was there goes on
    known     boolean[];                   -- of ids in the log: whether the fingerprint is the same
    before    bigint[];                    -- of each write: version of its stream before it
    r_from    integer[];                   -- first write of each request
    w_next    integer := 1;
    begins    boolean := false;            -- whether there is anything for these statements to do
    goes_on   boolean := false;
    remembers boolean := false;
    names     smallint[];                  -- ids of the topics
    s         integer;
    l         integer;
    twin      integer;
    wanted    bigint;
BEGIN
    -- Positions and versions are given out for what is announced, so that has to be what comes.
    IF -1 > ANY (w_events) OR ROW(e_write, e_nth) IS DISTINCT FROM (
        SELECT ROW(coalesce(array_agg(w.n::integer ORDER BY w.n, nth), '{}'),
                   coalesce(array_agg(nth ORDER BY w.n, nth), '{}'))
        FROM unnest(w_events) WITH ORDINALITY AS w (events, n),
             generate_series(0, w.events - 1) AS nth
    ) THEN
        RAISE EXCEPTION 'other events came than were announced' USING ERRCODE = 'data_exception';
    END IF;

    -- The locks come first, lowest lane first so that nobody waits in a circle. They are a statement
    -- of their own: what the following ones see is from after the wait. The lane of a stream that is
    -- there does not change, so that it may be read before.
    SELECT array_agg(f.lane), array_agg(f.head), array_agg(f.epoch) INTO held, was, epochs
    FROM (SELECT o.lane, o.head, o.epoch FROM lane AS o
          WHERE o.lane = ANY (ARRAY(
              SELECT coalesce((SELECT there.lane FROM stream AS there
                               WHERE there.workspace = s_workspace[w.s]
                                 AND there.stream = s_stream[w.s]), s_lane[w.s])
              FROM unnest(w_stream, w_events) AS w (s, events) WHERE w.events >= 0))
          ORDER BY o.lane FOR NO KEY UPDATE) AS f;
    heads := was;

    SELECT array_agg(there.id ORDER BY n), array_agg(there.version ORDER BY n),
           array_agg(coalesce(there.lane, new.lane) ORDER BY n)
    INTO ids, at, in_lane
    FROM unnest(s_workspace, s_stream, s_lane) WITH ORDINALITY AS new (workspace, stream, lane, n)
         LEFT JOIN LATERAL (
             SELECT * FROM stream AS known
             WHERE known.workspace = new.workspace AND known.stream = new.stream OFFSET 0
         ) AS there ON true;

    SELECT array_agg((
        SELECT c.fingerprint = new.fingerprint FROM command AS c
        WHERE c.workspace = new.workspace AND c.command_id = new.command_id) ORDER BY n)
    INTO known
    FROM unnest(r_workspace, r_command, r_fingerprint) WITH ORDINALITY
         AS new (workspace, command_id, fingerprint, n);

    answers := array_fill('accepted'::text, ARRAY[cardinality(r_writes)]);
    places := array_fill(NULL::integer, ARRAY[cardinality(r_writes)]);
    actuals := places;
    r_from := places;
    versions := array_fill(NULL::bigint, ARRAY[cardinality(w_stream)]);
    firsts := versions;
    before := versions;
    lanes := versions;
    begin_at := array_fill(NULL::bigint, ARRAY[cardinality(ids)]);
    go_on := array_fill(false, ARRAY[cardinality(ids)]);

    <<requests>>
    FOR r IN 1 .. cardinality(r_writes) LOOP
        r_from[r] := w_next;
        w_next := w_next + r_writes[r] + r_checks[r];

        twin := r_twin[r];
        WHILE twin > 0 AND answers[twin] <> 'accepted' LOOP
            twin := r_twin[twin];
        END LOOP;
        IF twin > 0 THEN
            known[r] := r_fingerprint[twin] = r_fingerprint[r];
        END IF;
        IF known[r] IS NOT NULL THEN
            answers[r] := CASE WHEN known[r] THEN 'repeated' ELSE 'reused' END;
            CONTINUE requests;
        END IF;

        FOR w IN r_from[r] .. w_next - 1 LOOP
            IF w_request[w] <> r OR w_events[w] > 0 AND w_version[w] <> w_expected[w] + 1 THEN
                RAISE EXCEPTION 'a write that follows nothing' USING ERRCODE = 'data_exception';
            END IF;
            s := w_stream[w];
            before[w] := at[s];
            wanted := coalesce(w_expected[w], CASE WHEN at[s] IS NOT NULL THEN w_version[w] - 1 END);
            IF wanted <> coalesce(at[s], 0) THEN
                answers[r] := 'conflict';
                places[r] := w - r_from[r];
                actuals[r] := coalesce(at[s], 0);
                FOR earlier IN REVERSE w - 1 .. r_from[r] LOOP
                    at[w_stream[earlier]] := before[earlier];
                END LOOP;
                CONTINUE requests;
            END IF;
            IF w_events[w] > 0 THEN
                at[s] := w_version[w] + w_events[w] - 1;
            END IF;
        END LOOP;

        FOR w IN r_from[r] .. r_from[r] + r_writes[r] - 1 LOOP
            s := w_stream[w];
            lanes[w] := in_lane[s];
            l := array_position(held, lanes[w]);
            IF l IS NULL OR epochs[l] <> known_epoch THEN
                -- Somebody has changed the lanes. Nothing of this batch is written yet.
                answers := array_fill('fenced'::text, ARRAY[cardinality(r_writes)]);
                RETURN;
            END IF;
            firsts[w] := heads[l] + 1;
            versions[w] := coalesce(before[w], 0);
            IF w_events[w] > 0 THEN
                heads[l] := heads[l] + w_events[w];
                versions[w] := w_version[w] + w_events[w] - 1;
                IF ids[s] IS NULL THEN
                    ids[s] := nextval('stream_id');
                    begin_at[s] := firsts[w];
                    begins := true;
                ELSIF begin_at[s] IS NULL THEN
                    go_on[s] := true;
                    goes_on := true;
                END IF;
            END IF;
        END LOOP;
        remembers := remembers OR r_command[r] IS NOT NULL;
    END LOOP;

    IF begins THEN
        INSERT INTO stream (id, version, first_position, lane, workspace, stream)
        SELECT n.id, n.version, n.first, n.lane, n.workspace, n.stream
        FROM unnest(ids, at, begin_at, in_lane, s_workspace, s_stream)
             AS n (id, version, first, lane, workspace, stream)
        WHERE n.first IS NOT NULL;
    END IF;
    IF goes_on THEN
        -- By a list of ids, which an index is always asked for; a join may read all of the index.
        UPDATE stream AS o SET version = at[array_position(ids, o.id)]
        WHERE o.id = ANY (ARRAY(SELECT n.id FROM unnest(ids, go_on) AS n (id, goes_on)
                                WHERE n.goes_on));
    END IF;
    IF begins OR goes_on THEN
        names := topic_ids(topics);
        FOR l IN 1 .. cardinality(held) LOOP
            -- Often enough that there is always time to make a part before it is needed.
            IF heads[l] >> 16 > was[l] >> 16 THEN
                PERFORM make_parts(heads[l]);
            END IF;
        END LOOP;
        INSERT INTO event
            (position, stream_id, version, recorded_at, lane, topic, command_id, data)
        SELECT firsts[new.w] + new.nth, ids[w_stream[new.w]], w_version[new.w] + new.nth,
               r_recorded[w_request[new.w]], lanes[new.w], names[new.topic],
               r_command[w_request[new.w]], new.data
        FROM unnest(e_write, e_nth, e_topic, e_data) AS new (w, nth, topic, data)
        WHERE firsts[new.w] IS NOT NULL;

        UPDATE lane AS o SET head = n.head
        FROM unnest(held, heads) AS n (lane, head)
        WHERE o.lane = n.lane AND o.head <> n.head;
    END IF;
    IF remembers THEN
        INSERT INTO command (workspace, command_id, fingerprint, stream, version, lanes, firsts, counts)
        SELECT r_workspace[r], r_command[r], r_fingerprint[r], s_stream[w_stream[w]], versions[w],
               lanes[w : w + r_writes[r] - 1], firsts[w : w + r_writes[r] - 1],
               w_events[w : w + r_writes[r] - 1]
        FROM unnest(r_from, answers) WITH ORDINALITY AS n (w, answer, r)
        WHERE n.answer = 'accepted' AND r_command[r] IS NOT NULL;
    END IF;
END $$;
