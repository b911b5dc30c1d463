-- `append` for one request with one write and no check, which is what a lone client sends: by key
-- instead of by list, at half the cost. It means the same. The answer is one of the same words, with
-- the stream's version as it was found (`actual`) and what is said of a write that was accepted.
DROP FUNCTION IF EXISTS append_one;
CREATE FUNCTION append_one(
    known_epoch bigint,
    workspace   text,
    command_id  uuid,
    fingerprint text,
    recorded_at timestamptz,
    stream      text,
    lane        integer,                   -- where it goes if it is new
    expected    bigint,
    e_topic     text[],
    e_data      bytea[],
    OUT answer  text,
    OUT actual  bigint,
    OUT version bigint,
    OUT first   bigint,
    OUT in_lane integer
)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    events CONSTANT integer := cardinality(e_data);
    held   record;
    there  record;
    head   bigint;
BEGIN
    SELECT o.lane, o.head, o.epoch INTO held FROM lane AS o
    WHERE o.lane = coalesce((SELECT s.lane FROM stream AS s
                             WHERE s.workspace = workspace AND s.stream = stream), lane)
    FOR NO KEY UPDATE;

    SELECT s.id, s.version, s.lane, c.fingerprint INTO there
    FROM (SELECT) AS one
         LEFT JOIN stream AS s ON s.workspace = workspace AND s.stream = stream
         LEFT JOIN command AS c ON c.workspace = workspace AND c.command_id = command_id;

    actual := coalesce(there.version, 0);
    IF held.lane IS NULL OR held.lane <> there.lane OR held.epoch <> known_epoch THEN
        answer := 'fenced';
        RETURN;
    ELSIF there.fingerprint IS NOT NULL THEN
        answer := CASE WHEN there.fingerprint = fingerprint THEN 'repeated' ELSE 'reused' END;
        RETURN;
    ELSIF actual <> expected THEN
        answer := 'conflict';
        RETURN;
    END IF;

    answer := 'accepted';
    version := expected + events;
    first := held.head + 1;
    in_lane := held.lane;
    IF events > 0 THEN
        head := held.head + events;
        IF there.id IS NULL THEN
            there.id := nextval('stream_id');
            INSERT INTO stream (id, version, first_position, lane, workspace, stream)
            VALUES (there.id, version, first, in_lane, workspace, stream);
        ELSE
            UPDATE stream AS s SET version = version WHERE s.id = there.id;
        END IF;
        IF head >> 16 > held.head >> 16 THEN
            PERFORM topic_ids(e_topic);    -- before the parts, as in `append`
            PERFORM make_parts(head);
        END IF;
        INSERT INTO event
            (position, stream_id, version, recorded_at, lane, topic, command_id, data)
        SELECT held.head + n, there.id, expected + n, recorded_at, in_lane,
               coalesce((SELECT t.id FROM topic AS t WHERE t.name = new.topic),
                        (topic_ids(e_topic))[n]),
               command_id, new.data
        FROM unnest(e_topic, e_data) WITH ORDINALITY AS new (topic, data, n);
        UPDATE lane AS o SET head = head WHERE o.lane = in_lane;
    END IF;
    INSERT INTO command (workspace, command_id, fingerprint, stream, version, lanes, firsts, counts)
    VALUES (workspace, command_id, fingerprint, stream, version,
            ARRAY[in_lane], ARRAY[first], ARRAY[events]);
END $$;

-- They run with their owner's rights, so that nobody else needs any on the tables that they write:
-- then no program can leave a hole in a lane, or give a stream a version that it does not have.
--
-- All their statements look for keys. Planned anew each time they cost more than they do, and a plan
-- that was made while a table had one page would read the whole table when it has thousands.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['append', 'append_one'] LOOP
        EXECUTE format(
            'ALTER FUNCTION %I SECURITY DEFINER SET search_path = %I, pg_temp', name, current_schema);
        EXECUTE format('ALTER FUNCTION %I SET plan_cache_mode = force_generic_plan', name);
        EXECUTE format('ALTER FUNCTION %I SET enable_seqscan = off', name);
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', name);
    END LOOP;
END $$;
