-- Every row moves over as it is: positions, versions, bytes, instants, command ids.
INSERT INTO topic (id, name)
SELECT row_number() OVER (ORDER BY name), name
FROM (SELECT DISTINCT topic AS name FROM event_before) AS named;

INSERT INTO stream (id, version, first_position, lane, workspace, stream)
SELECT nextval('stream_id'), version, first, lane, workspace, stream
FROM (SELECT s.version, f.first, s.lane, workspace, stream
      FROM stream_before AS s
      JOIN (SELECT workspace, stream, min(position) AS first
            FROM event_before GROUP BY workspace, stream) AS f USING (workspace, stream)
      ORDER BY s.lane, f.first) AS placed;
ANALYZE topic, stream;

SELECT make_parts((SELECT coalesce(max(head), 0) FROM lane));

INSERT INTO event (position, stream_id, version, recorded_at, lane, topic, command_id, data)
SELECT e.position, s.id, e.version, e.recorded_at, e.lane, t.id, e.command_id, e.data
FROM event_before AS e
JOIN stream AS s ON s.workspace = e.workspace AND s.stream = e.stream
JOIN topic AS t ON t.name = e.topic
ORDER BY e.position;

DO $$
BEGIN
    IF (SELECT count(*) FROM stream) <> (SELECT count(*) FROM stream_before)
       OR (SELECT ROW (count(*), sum(octet_length(data))) FROM event)
          IS DISTINCT FROM (SELECT ROW (count(*), sum(octet_length(data))) FROM event_before) THEN
        RAISE EXCEPTION 'the log cannot be moved to its new layout: events or streams do not match'
            USING HINT = 'Nothing was changed. Run `chronodesk check` of the version before.';
    END IF;
END $$;

DROP TABLE event_before, stream_before;
ANALYZE event;
