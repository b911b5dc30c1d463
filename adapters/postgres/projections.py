"""Projection tables on PostgreSQL: a batch's rows and its position in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from adapters.postgres import projection_copies as copies
from adapters.postgres.projection_batch import Place, PostgresBatch
from adapters.postgres.projection_errors import DatabaseUnavailable, mapped
from adapters.postgres.projection_leases import ENDED_WHEN_IDLE, claim_of
from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from projections.lease_ports import Lease
from projections.ports import Build, Kept, Key, Parked, Projection, Standing, Table

_SETTINGS = """
SET LOCAL synchronous_commit = off;
SET LOCAL TIME ZONE 'UTC';
SET LOCAL jit = off;
SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off"""
# Not waiting for the disk is safe here: rows and position are lost together, and the log gives
# them again. Before its first ANALYZE the planner takes a growing table for a small one: it is told
# to plan each time, and to look rows up by an index whatever it believes.

_SETTINGS_OF_A_HOLDER = f"{_SETTINGS};\n{ENDED_WHEN_IDLE}"

_SETTINGS_WITHOUT_LEASE = f"{_SETTINGS};\nSET LOCAL idle_in_transaction_session_timeout = 10000"
"""The same for one that is frozen and has no lease, as its lanes are given out by Kafka. It may
wait for a page in the middle of a transaction, and so has more time."""

_FIRST_ANALYZE = 2_000
_NEXT_ANALYZE = 4
"""A copy is analysed after so many rows written, and again when that number has grown so many
times: a log is imported faster than autovacuum looks, and without statistics the planner may look
rows up by a secondary index that shares a column with the key."""

_LOCK = """
SELECT p.schema, p.position, p.commits, c.since FROM chronodesk.projection_position p
JOIN chronodesk.projection c USING (schema)
WHERE c.name = %s AND c.version = %s AND c.build = %s AND p.lane = %s
FOR UPDATE OF p SKIP LOCKED
"""

_STANDINGS = """
SELECT c.name, c.version, p.lane, p.position,
       (SELECT count(*) FROM chronodesk.projection_parked e
        WHERE e.schema = p.schema AND e.lane = p.lane)
FROM chronodesk.projection_position p JOIN chronodesk.projection c USING (schema)
WHERE c.build = 'live' ORDER BY c.name, p.lane
"""

_PARKED = """
SELECT c.name, c.version, p.workspace, p.stream, p.stream_version, p.lane, p.position, p.reason
FROM chronodesk.projection_parked p JOIN chronodesk.projection c USING (schema)
WHERE c.build = 'live' AND (%(name)s::text IS NULL OR c.name = %(name)s)
ORDER BY c.name, p.lane, p.position
"""


class PostgresRowStore:
    """projections.ports.RowStore. Its connections belong to the owner of the tables."""

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        self._pool = pool
        self._ready = False
        self._written: dict[str, int] = {}
        self._analyse_at: dict[str, int] = {}

    def prepare(self, projection: Projection, lanes: Sequence[int]) -> int:
        """Make an empty live copy if there is none; the live version."""
        with self._transaction() as connection:
            _lock_name(connection, "projections")  # one start-up at a time makes tables
            if not self._ready:
                connection.execute(
                    files("adapters.postgres").joinpath("projections.sql").read_bytes()
                )
            live = copies.live_version(connection, projection.name)
            if live == projection.version:
                copies.compare(connection, projection)
            if live is None:
                copies.create(connection, projection, lanes, Build.LIVE)
                copies.index(connection, projection, Build.LIVE)
                copies.analyse(connection, projection, Build.LIVE)
                copies.show(connection, projection)
                live = projection.version
            elif live == projection.version:
                copies.add_lanes(connection, projection, lanes)
        self._ready = True
        return live

    @contextmanager
    def begin(
        self,
        projection: Projection,
        lane: int,
        build: Build = Build.LIVE,
        lease: Lease | None = None,
    ) -> Iterator[PostgresBatch | None]:
        """Lock a copy's position in a transaction; None when another worker holds it."""
        with (
            mapped(),
            self._pool.connection() as connection,
            connection.transaction() as transaction,
        ):
            connection.execute(_SETTINGS_OF_A_HOLDER if lease else _SETTINGS_WITHOUT_LEASE)
            held = connection.execute(
                _LOCK, [projection.name, projection.version, build.value, lane]
            ).fetchone()
            if held is None:
                yield None
                return
            schema, position, commits, since = held
            # A statement of its own, so that it sees what was committed before the lock was had.
            waiting = connection.execute(
                "SELECT DISTINCT workspace, stream FROM chronodesk.projection_parked"
                " WHERE schema = %s AND lane = %s",
                [schema, lane],
            ).fetchall()
            parked = frozenset((WorkspaceId(w), StreamId(s)) for w, s in waiting)
            claim = None if lease is None else claim_of(projection, lane, lease)
            place = Place(schema=schema, since=since, commits=commits, lane=lane, position=position)
            batch = PostgresBatch(connection, place, parked, claim)
            batch.check()
            yield batch
            if not batch.committed:
                raise psycopg.Rollback(transaction)
            if self._has_grown(schema, batch.written):
                copies.analyse(connection, projection, build)

    def standings(self) -> list[Standing]:
        """How far all live copies are."""
        with self._transaction() as connection:
            if not _exists(connection):
                return []
            found = connection.execute(_STANDINGS).fetchall()
        return [
            Standing(projection=name, version=version, lane=lane, position=position, parked=parked)
            for name, version, lane, position, parked in found
        ]

    def positions(self, name: str, build: Build = Build.LIVE) -> Position | None:
        """How far a copy is."""
        with self._transaction() as connection:
            if not _exists(connection):
                return None
            found = connection.execute(
                "SELECT p.lane, p.position FROM chronodesk.projection c"
                " LEFT JOIN chronodesk.projection_position p USING (schema)"
                " WHERE c.name = %s AND c.build = %s",
                [name, build.value],
            ).fetchall()
        if not found:
            return None
        return Position.of({lane: position for lane, position in found if lane is not None})

    def parked(self, name: str | None = None) -> list[Parked]:
        """Parked events of the live copies."""
        with self._transaction() as connection:
            if not _exists(connection):
                return []
            found = connection.execute(_PARKED, {"name": name}).fetchall()
        return [
            Parked(
                projection=row[0],
                version=row[1],
                workspace=WorkspaceId(row[2]),
                stream=StreamId(row[3]),
                stream_version=row[4],
                lane=row[5],
                position=row[6],
                reason=row[7],
            )
            for row in found
        ]

    @contextmanager
    def building(self, projection: Projection) -> Iterator[bool]:
        """Hold the right to build; the server takes it back if this process dies."""
        with mapped(), self._pool.connection() as connection:
            lock = f"build {projection.name}"
            with connection.transaction():
                mine = connection.execute(
                    "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [lock]
                ).fetchone() == (True,)
            try:
                if mine:
                    with connection.transaction():
                        copies.drop(connection, projection, Build.NEXT)
                        copies.drop(connection, projection, Build.CHECK)
                yield mine
            finally:
                if mine and not connection.closed:
                    with connection.transaction():
                        connection.execute(
                            "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [lock]
                        )

    def create(self, projection: Projection, lanes: Sequence[int], build: Build) -> None:
        """Make an empty copy."""
        with self._transaction() as connection:
            copies.create(connection, projection, lanes, build)
        self._written.pop(schema := copies.schema_of(projection, build), None)
        self._analyse_at.pop(schema, None)

    def index(self, projection: Projection, build: Build) -> None:
        """Add secondary indexes."""
        with self._transaction() as connection:
            copies.index(connection, projection, build)
        with mapped(), self._pool.connection() as connection:
            copies.vacuum(connection, projection, build)

    def swap(self, projection: Projection, build: Build = Build.NEXT) -> bool:
        """Show a copy to readers from now on; False when it is behind or readers are in the way."""
        try:
            with self._transaction() as connection:
                return copies.swap(connection, projection, build)
        except DatabaseUnavailable as error:
            if copies.is_busy(error.__cause__):
                return False
            raise

    def kept(self) -> list[Kept]:
        """The copies that were replaced."""
        with self._transaction() as connection:
            return copies.kept(connection)

    def drop(self, projection: Projection, build: Build) -> None:
        """Remove a copy."""
        with self._transaction() as connection:
            copies.drop(connection, projection, build)

    @contextmanager
    def frozen(self, projection: Projection) -> Iterator[Position]:
        """Hold the locks of all positions of the live copy."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT p.lane, p.position FROM chronodesk.projection_position p"
                " JOIN chronodesk.projection c USING (schema)"
                " WHERE c.name = %s AND c.build = 'live' ORDER BY p.lane FOR UPDATE OF p",
                [projection.name],
            ).fetchall()
            yield Position.of(dict(found))

    def differences(
        self, projection: Projection, table: Table, limit: int
    ) -> Iterator[tuple[Key, Any | None, Any | None]]:
        """Keys whose rows differ between the live and the CHECK copy."""
        with self._transaction() as connection:
            found = connection.execute(_differences(projection, table), {"limit": limit}).fetchall()
        for *key, live, again in found:
            yield tuple(key), live, again

    def _has_grown(self, schema: str, written: int) -> bool:
        """Count rows written; True when it is time for new statistics."""
        total = self._written[schema] = self._written.get(schema, 0) + written
        if total < self._analyse_at.get(schema, _FIRST_ANALYZE):
            return False
        self._analyse_at[schema] = total * _NEXT_ANALYZE
        return True

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        with mapped(), self._pool.connection() as connection, connection.transaction():
            yield connection


def _exists(connection: Connection[Any]) -> bool:
    found = connection.execute("SELECT to_regclass('chronodesk.projection_parked')").fetchone()
    return found is not None and found[0] is not None


def _lock_name(connection: Connection[Any], name: str) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _differences(projection: Projection, table: Table) -> sql.Composed:
    """Compare whole rows by key. A counter of zero is as good as none: batches may differ there."""
    counted = sql.SQL(" OR ").join(
        sql.SQL("{} <> 0").format(sql.Identifier(name)) for name in table.summed
    )
    where = counted if table.summed else sql.SQL("true")
    return sql.SQL(
        "SELECT {key}, to_jsonb(live_row), to_jsonb(check_row)"
        " FROM (SELECT * FROM {live} WHERE {where}) AS live_row"
        " FULL JOIN (SELECT * FROM {check} WHERE {where}) AS check_row USING ({key})"
        " WHERE live_row IS DISTINCT FROM check_row ORDER BY {key} LIMIT %(limit)s"
    ).format(
        key=sql.SQL(", ").join(map(sql.Identifier, table.key)),
        live=sql.Identifier(copies.schema_of(projection, Build.LIVE), table.name),
        check=sql.Identifier(copies.schema_of(projection, Build.CHECK), table.name),
        where=where,
    )
