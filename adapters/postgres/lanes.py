"""Changes of the lanes of a log, while programs work on it.

Each change gives all lanes a new epoch. A program that appends with the old one is answered Fenced,
writes nothing, and reads the lanes again.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

from adapters.postgres.schema import LOG_SCHEMA

# Appends that are under way end first, and new ones wait: whoever has the lanes' table in this mode
# knows that nobody holds the lock of a single one. Readers go on.
_HOLD = "LOCK TABLE lane IN EXCLUSIVE MODE"

# The clock, so that the epoch after a restore is none that a program knows from the time after the
# backup.
_NEW_EPOCH = (
    "UPDATE lane SET epoch = greatest(now.epoch, last.epoch + 1)"
    " FROM (SELECT max(epoch) AS epoch FROM lane) AS last,"
    " (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS epoch) AS now"
)


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane, the position of its last event, and how many streams are in it.

    New streams go to those that are open.
    """

    lane: int
    open: bool
    head: int
    streams: int


class Lanes:
    """The lanes of one log. Each method is a transaction of its own, on a connection of its own.

    All raise psycopg.OperationalError when the server is away.
    """

    def __init__(self, url: str, schema: str = LOG_SCHEMA) -> None:
        """The log at `url` must be there (see `migrate`)."""
        self._url = url
        self._schema = schema

    def all(self) -> list[Lane]:
        """Every lane, in order."""
        with self._connection() as connection:
            found = connection.execute(
                "SELECT lane, open, head, (SELECT count(*) FROM stream AS s WHERE s.lane = l.lane)"
                " FROM lane AS l ORDER BY lane"
            ).fetchall()
        return [Lane(*row) for row in found]

    def set(self, count: int) -> None:
        """Let new streams go to the first `count` lanes from now on, which are made if missing.

        Streams that are there stay in their lanes. Raises ValueError for less than one.
        """
        if count < 1:
            raise ValueError("A log has at least one lane.")
        with self._connection() as connection:
            connection.execute(_HOLD)
            connection.execute(
                "INSERT INTO lane (lane) SELECT generate_series(0, %s - 1) ON CONFLICT DO NOTHING",
                [count],
            )
            connection.execute("UPDATE lane SET open = lane < %s", [count])
            connection.execute(_NEW_EPOCH)

    def fence(self) -> None:
        """Let every program read the lanes again before it writes, and forget what it remembers.

        Snapshots go, too: one may have been taken by a program that did not know of the restore.
        """
        with self._connection() as connection:
            connection.execute(_HOLD)
            connection.execute("LOCK TABLE state IN SHARE ROW EXCLUSIVE MODE")
            connection.execute(_NEW_EPOCH)
            connection.execute("DELETE FROM state")

    def _connection(self) -> Connection[Any]:
        connection: Connection[Any] = psycopg.connect(self._url, connect_timeout=10)
        name = sql.Identifier(self._schema)
        connection.execute(sql.SQL("SET search_path TO {}").format(name))
        return connection
