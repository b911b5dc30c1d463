"""Leases of projection work: rows with a fence and an end, by the database's clock."""

import os
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from projections.lease_ports import Holding, Lease, Work
from projections.ports import Projection
from projections.sharing import LEASE, spread

ENDED_WHEN_IDLE = f"SET LOCAL idle_in_transaction_session_timeout = {round(LEASE * 1000)}"
"""A worker that is frozen in a transaction loses its connection, and with it all locks, no later
than its lease: who comes after it need not wait for it."""

_BEGIN = f"""
{ENDED_WHEN_IDLE};
SET LOCAL synchronous_commit = off;
SELECT pg_advisory_xact_lock(hashtextextended('projection leases', 0))
"""
# One round at a time, each seeing the one before. A round that is lost in a crash of the server
# may give a fence twice, to two sessions: that is why both are compared.

_ARRIVE = """
INSERT INTO chronodesk.projection_worker AS w (session, worker, wants, expires_at)
VALUES (%s, %s, %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (session) DO UPDATE SET wants = excluded.wants, expires_at = excluded.expires_at
"""

_TAKE = """
INSERT INTO chronodesk.projection_lease AS l
    (name, version, lane, session, worker, fence, taken_at, expires_at)
SELECT name, version, lane, %(me)s, %(worker)s, 1, clock_timestamp(),
       clock_timestamp() + make_interval(secs => %(seconds)s)
FROM unnest(%(names)s::text[], %(versions)s::integer[], %(lanes)s::integer[])
    AS mine (name, version, lane)
ON CONFLICT (name, version, lane) DO UPDATE SET
    fence = l.fence + (l.session IS DISTINCT FROM %(me)s)::integer,
    taken_at = CASE WHEN l.session = %(me)s THEN l.taken_at ELSE excluded.taken_at END,
    session = %(me)s, worker = %(worker)s, expires_at = excluded.expires_at
RETURNING name, version, lane, fence
"""

_GIVE_BACK = """
UPDATE chronodesk.projection_lease SET session = NULL, expires_at = clock_timestamp()
WHERE session = %s AND (name, version, lane) NOT IN (
    SELECT * FROM unnest(%s::text[], %s::integer[], %s::integer[]))
"""

_HOLDINGS = """
SELECT name, version, lane, worker, fence,
       extract(epoch FROM clock_timestamp() - taken_at)::float8,
       extract(epoch FROM expires_at - clock_timestamp())::float8
FROM chronodesk.projection_lease WHERE session IS NOT NULL ORDER BY name, version, lane
"""

IS_MINE: LiteralString = """EXISTS (
    SELECT FROM chronodesk.projection_lease
    WHERE name = %(name)s AND version = %(version)s AND lane = %(lane)s
      AND session = %(session)s AND fence = %(fence)s)"""
"""Holds while a claim (`claim_of`) is the current one, for use in any statement."""


def claim_of(projection: Projection, lane: int, lease: Lease) -> dict[str, Any]:
    """What IS_MINE asks for."""
    return {
        "name": projection.name,
        "version": projection.version,
        "lane": lane,
        "session": lease.session,
        "fence": lease.fence,
    }


class PostgresLeases:
    """projections.ports.Leases for one worker, which is one process as a rule."""

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        worker: str | None = None,
        seconds: float = LEASE,
    ) -> None:
        """`worker` is its name for people, host:pid by default; a lease lasts `seconds`."""
        self._pool = pool
        self._session = uuid4()
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._seconds = seconds

    def share(self, wanted: Collection[Work]) -> Mapping[Work, Lease]:
        """One round: what is this worker's now."""
        with self._transaction() as connection:
            connection.execute(_BEGIN)
            connection.execute(
                "DELETE FROM chronodesk.projection_worker WHERE expires_at < clock_timestamp()"
            )
            wants = Jsonb([list(work) for work in wanted])
            connection.execute(_ARRIVE, [self._session, self._worker, wants, self._seconds])
            holders = self._holders(connection)
            due = spread(_wants(connection), holders)
            mine = [
                work
                for work, session in due.items()
                if session == self._session and holders.get(work, session) == session
            ]
            names, versions, lanes = ([work[part] for work in mine] for part in range(3))
            connection.execute(_GIVE_BACK, [self._session, names, versions, lanes])
            taken = connection.execute(
                _TAKE,
                {
                    "me": self._session,
                    "worker": self._worker,
                    "seconds": self._seconds,
                    "names": names,
                    "versions": versions,
                    "lanes": lanes,
                },
            ).fetchall()
        return {
            (name, version, lane): Lease(session=str(self._session), fence=fence)
            for name, version, lane, fence in taken
        }

    def leave(self) -> None:
        """Give everything back."""
        with self._transaction() as connection:
            connection.execute(_BEGIN)
            connection.execute(_GIVE_BACK, [self._session, [], [], []])
            connection.execute(
                "DELETE FROM chronodesk.projection_worker WHERE session = %s", [self._session]
            )

    def holdings(self) -> list[Holding]:
        """All leases."""
        with self._transaction() as connection:
            found = connection.execute(_HOLDINGS).fetchall()
        return [
            Holding(
                projection=name,
                version=version,
                lane=lane,
                worker=worker,
                fence=fence,
                age=age,
                left=left,
            )
            for name, version, lane, worker, fence, age, left in found
        ]

    def _holders(self, connection: Connection[Any]) -> dict[Work, UUID]:
        """Who has what; what has expired belongs to its last holder until somebody takes it."""
        found = connection.execute(
            "SELECT name, version, lane, session FROM chronodesk.projection_lease"
            " WHERE session = %s OR (session IS NOT NULL AND expires_at > clock_timestamp())",
            [self._session],
        )
        return {(name, version, lane): session for name, version, lane, session in found}

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        with mapped(), self._pool.connection() as connection, connection.transaction():
            yield connection


def _wants(connection: Connection[Any]) -> dict[UUID, list[Work]]:
    """The workers that are there, the oldest first."""
    found = connection.execute(
        "SELECT session, wants FROM chronodesk.projection_worker ORDER BY since, session"
    )
    return {
        session: [(name, version, lane) for name, version, lane in wants]
        for session, wants in found
    }
