"""One batch of a projection: an open transaction that holds the position's row lock."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from adapters.postgres.projection_errors import mapped
from adapters.postgres.projection_rows import RowWriter
from domain.ids import StreamId, WorkspaceId
from projections.ports import Key, Parked, Table, TableChange


class PostgresBatch:
    """projections.ports.Batch over an open transaction that holds the position's row lock."""

    def __init__(
        self,
        connection: Connection[Any],
        schema: str,
        lane: int,
        position: int,
        parked: frozenset[tuple[WorkspaceId, StreamId]],
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._lane = lane
        self._rows = RowWriter(connection, schema)
        self.position = position
        self.parked = parked
        self.committed = False
        self.written = 0

    def read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        """The rows that exist under `keys`."""
        with mapped():
            return self._rows.read(table, keys)

    def park(self, parked: Sequence[Parked]) -> None:
        """Put events aside."""
        with mapped(), self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chronodesk.projection_parked"
                " (schema, lane, position, workspace, stream, stream_version, reason)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (schema, lane, position) DO UPDATE SET reason = excluded.reason",
                [
                    (
                        self._schema,
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

    def unpark(self, parked: Sequence[Parked]) -> None:
        """Forget parked events."""
        with mapped():
            self._connection.execute(
                "DELETE FROM chronodesk.projection_parked"
                " WHERE schema = %s AND lane = %s AND position = ANY (%s)",
                [self._schema, self._lane, [p.position for p in parked]],
            )

    def commit(self, changes: Sequence[TableChange], position: int) -> None:
        """Write rows and position; the transaction ends with the `begin` block."""
        with mapped():
            for change in changes:
                self._rows.write(change)
                self.written += len(change.upserts) + len(change.adds)
            self._connection.execute(
                "UPDATE chronodesk.projection_position SET position = %s, moved_at = now()"
                " WHERE schema = %s AND lane = %s",
                [position, self._schema, self._lane],
            )
        self.committed = True
