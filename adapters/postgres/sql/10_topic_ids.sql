-- The ids of topics in the order of their names; those that have none get one. No id is skipped: they
-- are few, and whoever gives one keeps others from it until it commits.
CREATE OR REPLACE FUNCTION topic_ids(names text[]) RETURNS smallint[] LANGUAGE plpgsql AS $$
DECLARE
    ids smallint[];
BEGIN
    LOOP
        SELECT array_agg((SELECT t.id FROM topic AS t WHERE t.name = n.name) ORDER BY n.place)
        INTO ids FROM unnest(names) WITH ORDINALITY AS n (name, place);
        IF array_position(ids, NULL) IS NULL THEN
            RETURN ids;
        END IF;
        LOCK TABLE topic IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO topic (id, name)
        SELECT (SELECT coalesce(max(t.id), 0) FROM topic AS t) + row_number() OVER (), n.name
        FROM (SELECT DISTINCT unnest(names) AS name) AS n
        WHERE NOT EXISTS (SELECT FROM topic AS t WHERE t.name = n.name);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION topic_ids FROM PUBLIC;
