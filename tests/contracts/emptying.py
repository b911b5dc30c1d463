"""Makes a log empty again, which no program of ours can do."""

from typing import Any

from psycopg import Connection

_EMPTY = """
DO $$
DECLARE
    guarded regclass[] := ARRAY(SELECT tgrelid FROM pg_trigger WHERE tgname = 'append_only');
    one     regclass;
BEGIN
    FOREACH one IN ARRAY guarded LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER append_only', one);
    END LOOP;
    TRUNCATE chronodesk.event, chronodesk.command, chronodesk.stream;
    UPDATE chronodesk.lane SET head = 0;
    FOREACH one IN ARRAY guarded LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', one);
    END LOOP;
END $$
"""


def empty(owner: Connection[Any]) -> None:
    """Remove all events, streams and answers; `owner` is a connection of the tables' owner."""
    owner.execute(_EMPTY)
