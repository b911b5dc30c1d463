-- A lane is the unit of order: whoever writes to it holds its row lock, so positions have no hole
-- and appear in the order of commits. `head` is the position of its last event, 0 when empty.
--
-- New streams go to the lanes that are `open`; a closed one keeps those that it has. `epoch` is the
-- same in all lanes and changes with their number and after a restore: a program that read it
-- before must read the lanes again before it may write.
CREATE TABLE IF NOT EXISTS lane (
    lane  integer PRIMARY KEY,
    head  bigint  NOT NULL DEFAULT 0 CHECK (head >= 0),
    epoch bigint  NOT NULL DEFAULT 0,
    open  boolean NOT NULL DEFAULT true
) WITH (fillfactor = 10);                  -- updated by every append: leave room for it in its page
