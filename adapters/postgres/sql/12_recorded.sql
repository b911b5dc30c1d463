-- The log with every column in words, for people and tools. Programs of ours read the tables.
CREATE OR REPLACE VIEW recorded AS
SELECT lane, position, workspace, stream, version, topic, data, recorded_at, command_id
FROM event;

REVOKE ALL ON recorded FROM chronodesk_writer;
GRANT SELECT ON recorded TO chronodesk_writer;
