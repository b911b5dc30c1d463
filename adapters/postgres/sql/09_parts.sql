-- Makes the parts of the log that hold the positions up to `until`, and one more ahead of need.
-- Part n holds the positions from n * 2^20 to below (n + 1) * 2^20.
--
-- A part is made as a table of its own and then attached, which waits for nobody who reads or
-- writes the log (CREATE ... PARTITION OF would wait for all of them). What may be in the way is
-- another session that attaches or analyses in this moment: for a part that is needed now its end is
-- awaited, and the one ahead of need is left to a later call.
CREATE OR REPLACE FUNCTION make_parts(until bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    size CONSTANT bigint := 1 << 20;
    ahead CONSTANT bigint := until / size + 1;
    part text;
BEGIN
    FOR n IN 0 .. ahead LOOP
        part := format('event_%s', n);
        CONTINUE WHEN to_regclass(format('%I.%I', current_schema, part)) IS NOT NULL;
        IF n < ahead THEN
            LOCK TABLE event IN SHARE UPDATE EXCLUSIVE MODE;
        ELSE
            BEGIN
                LOCK TABLE event IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
            EXCEPTION WHEN lock_not_available THEN
                RETURN;
            END;
        END IF;
        -- Somebody may have made it while this waited.
        CONTINUE WHEN to_regclass(format('%I.%I', current_schema, part)) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('CREATE UNIQUE INDEX ON %I (stream_id, version)', part);
        EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                       part, n * size, (n + 1) * size);
        PERFORM forbid('UPDATE OR DELETE OR TRUNCATE', part::regclass);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION make_parts FROM PUBLIC;

SELECT make_parts((SELECT coalesce(max(head), 0) FROM lane));
