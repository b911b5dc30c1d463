-- The log with every column in words, for people and tools. Programs of ours read the tables.
CREATE OR REPLACE VIEW recorded AS
SELECT e.lane, e.position, s.workspace, s.stream, e.version, t.name AS topic, e.data, e.recorded_at,
       e.command_id
FROM event AS e JOIN stream AS s ON s.id = e.stream_id JOIN topic AS t ON t.id = e.topic;

REVOKE ALL ON recorded FROM chronodesk_writer;
GRANT SELECT ON recorded TO chronodesk_writer;
