-- A lane is the unit of order: whoever writes to it holds its row lock, so positions have no hole
-- and appear in the order of commits. `head` is the position of its last event, 0 when empty.
CREATE TABLE IF NOT EXISTS lane (
    lane integer PRIMARY KEY,
    head bigint NOT NULL DEFAULT 0 CHECK (head >= 0)
) WITH (fillfactor = 10);                  -- updated by every append: leave room for it in its page
