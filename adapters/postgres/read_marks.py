"""Read marks on PostgreSQL (the tables are in content.sql)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from commands.read_mark_ports import Marks
from domain.ids import WorkspaceId

_OF = """
SELECT NULL AS id, until AS at FROM content.read_until WHERE workspace = %(workspace)s
    AND person = %(person)s
UNION ALL
SELECT id, at FROM content.read_single WHERE workspace = %(workspace)s AND person = %(person)s
"""
_READ = """
INSERT INTO content.read_single (workspace, person, id, at)
SELECT %(workspace)s, %(person)s, one.id, one.at
FROM unnest(%(ids)s::text[], %(instants)s::timestamptz[]) AS one (id, at)
WHERE one.at > coalesce((
    SELECT until FROM content.read_until WHERE workspace = %(workspace)s AND person = %(person)s
), '-infinity') ON CONFLICT DO NOTHING
"""
_UNTIL = """
INSERT INTO content.read_until AS held (workspace, person, until) VALUES (%s, %s, %s)
ON CONFLICT (workspace, person) DO UPDATE SET until = greatest(held.until, excluded.until)
RETURNING until
"""


class PostgresReadMarks:
    """See commands.read_mark_ports.ReadMarks."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def of(self, workspace: WorkspaceId, person: str) -> Marks:
        with self._connection() as connection:
            rows = connection.execute(_OF, {"workspace": workspace, "person": person}).fetchall()
        until = next((at for ident, at in rows if ident is None), None)
        return Marks(until=until, single={ident: at for ident, at in rows if ident is not None})

    def read(self, workspace: WorkspaceId, person: str, read: Mapping[str, datetime]) -> None:
        values = {
            "workspace": workspace,
            "person": person,
            "ids": list(read),
            "instants": list(read.values()),
        }
        with self._connection() as connection:
            connection.execute(_READ, values)

    def read_until(self, workspace: WorkspaceId, person: str, until: datetime) -> None:
        with self._connection() as connection, connection.transaction():
            row = connection.execute(_UNTIL, [workspace, person, until]).fetchone()
            connection.execute(
                "DELETE FROM content.read_single WHERE workspace = %s AND person = %s AND at <= %s",
                [workspace, person, row[0] if row else until],
            )

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with mapped(), self._pool.connection() as connection:
            yield connection
