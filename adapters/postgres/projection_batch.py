"""One batch of a projection: an open transaction that holds the position's row lock."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg import Connection

from adapters.postgres.projection_errors import mapped
from adapters.postgres.projection_leases import IS_MINE
from adapters.postgres.projection_rows import RowWriter
from domain.ids import StreamId, WorkspaceId
from domain.record import record
from projections.ports import Key, LeaseLost, Parked, Table, TableChange, Where

_MOVE = """
UPDATE chronodesk.projection_position
SET position = %(position)s, commits = commits + 1, moved_at = now()
WHERE schema = %(schema)s AND lane = %(lane)s
"""
_MOVE_MINE = f"{_MOVE} AND {IS_MINE}"
_PARK = (
    "INSERT INTO chronodesk.projection_parked"
    " (schema, lane, position, workspace, stream, stream_version, reason)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (schema, lane, position) DO UPDATE SET reason = excluded.reason"
)
_LOST = "another worker has taken over"


@record
class Place:
    """A copy on a lane: its schema, since when it is what it is, how often it was committed to."""

    schema: str
    since: datetime
    commits: int
    lane: int
    position: int


class PostgresBatch:
    """projections.ports.Batch over an open transaction that holds the position's row lock."""

    def __init__(
        self,
        connection: Connection[Any],
        place: Place,
        parked: frozenset[tuple[WorkspaceId, StreamId]],
        claim: dict[str, Any] | None,
    ) -> None:
        """`claim` (see projection_leases.py) has to hold for the batch to count."""
        self._connection = connection
        self._place = place
        self._claim = claim
        self._rows = RowWriter(connection, place.schema)
        self.position = place.position
        self.parked = parked
        self.committed = False
        self.written = 0

    @property
    def state(self) -> Hashable:
        """Names what the rows are.

        After a crash that lost commits, a server counts some of them twice; but whoever kept the
        first one's name has the position and the lease of the second only by being its maker.
        """
        place = self._place
        return (place.since, place.commits, place.position, *(self._claim or {}).values())

    def check(self) -> None:
        """Raises LeaseLost unless the lease is the current one."""
        if self._claim is not None:
            mine = self._connection.execute(f"SELECT {IS_MINE}", self._claim).fetchone()
            if mine != (True,):
                raise LeaseLost(_LOST)

    def read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        """The rows that exist under `keys`."""
        with mapped():
            return self._rows.read(table, keys)

    def find(self, table: Table, where: Where, limit: int) -> list[Any]:
        """Rows for which `where` holds."""
        with mapped():
            return self._rows.find(table, where, limit)

    def park(self, parked: Sequence[Parked]) -> None:
        """Put events aside."""
        with mapped():
            put_aside(self._connection, self._place.schema, parked)

    def unpark(self, parked: Sequence[Parked]) -> None:
        """Forget parked events."""
        with mapped():
            self._connection.execute(
                "DELETE FROM chronodesk.projection_parked"
                " WHERE schema = %s AND lane = %s AND position = ANY (%s)",
                [self._place.schema, self._place.lane, [p.position for p in parked]],
            )

    def commit(self, changes: Sequence[TableChange], position: int) -> None:
        """Write rows and position; the transaction ends with the `begin` block."""
        with mapped():
            for change in changes:
                self._rows.write(change)
                self.written += len(change.upserts) + len(change.adds)
            moved = self._connection.execute(
                _MOVE_MINE if self._claim else _MOVE,
                {
                    **(self._claim or {}),
                    "position": position,
                    "schema": self._place.schema,
                    "lane": self._place.lane,
                },
            )
        if not moved.rowcount:
            raise LeaseLost(_LOST)
        self._place = replace(self._place, commits=self._place.commits + 1, position=position)
        self.position = position
        self.committed = True


def put_aside(connection: Connection[Any], schema: str, parked: Sequence[Parked]) -> None:
    """Park events of the copy in `schema`."""
    with connection.cursor() as cursor:
        cursor.executemany(
            _PARK,
            [
                (
                    schema,
                    p.lane,
                    p.position,
                    p.workspace,
                    p.stream,
                    p.stream_version,
                    p.reason.replace("\0", "\\0"),
                )
                for p in parked
            ],
        )
