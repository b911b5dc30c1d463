-- What each command id was answered, also when it changed nothing. Its events are `counts[i]`
-- events of lane `lanes[i]` from position `firsts[i]`, one entry for each stream it wrote.
CREATE TABLE IF NOT EXISTS command (
    workspace   text     NOT NULL,
    command_id  uuid     NOT NULL,
    fingerprint text     NOT NULL,
    stream      text     NOT NULL,         -- the first stream, and its version after the command
    version     bigint   NOT NULL,
    lanes       integer[] NOT NULL,
    firsts      bigint[]  NOT NULL,
    counts      integer[] NOT NULL,
    PRIMARY KEY (workspace, command_id)
);
