"""Attempts to sign in, counted on PostgreSQL for all processes (the table is in access.sql)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from adapters.postgres.log import available
from domain.ids import WorkspaceId
from domain.lockout import Counted, Subject, Tally

_REMEMBERED = timedelta(days=30)
"""Whoever has not tried for so long begins anew: no backoff remembers longer."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7203411907))"  # any number will do

_FORGET = (
    "DELETE FROM access.attempts WHERE ctid = ANY(ARRAY(SELECT ctid FROM access.attempts"
    " WHERE last_at < %s LIMIT 100 FOR UPDATE SKIP LOCKED))"
)

_KEY = "kind = %s AND workspace = %s AND name = %s"


class PostgresAttempts:
    """See api.auth.ports.Attempts."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection[Any]]) -> None:
        """`pool` gives connections in autocommit mode."""
        self._pool = pool

    def change(
        self,
        subjects: Sequence[Subject],
        now: datetime,
        change: Callable[[Mapping[Subject, Tally]], Mapping[Subject, Tally]],
    ) -> Mapping[Subject, Tally]:
        # In one order, or two that have the same subjects would wait for each other.
        ordered = sorted(subjects, key=_key)
        with available(), self._pool.connection() as connection, connection.transaction():
            for subject in ordered:  # one that nobody knows has no row to lock
                connection.execute(_LOCK, ["\n".join(_key(subject))])
            found = ((subject, _read(connection, subject)) for subject in ordered)
            changed = change({subject: tally for subject, tally in found if tally is not None})
            for subject in ordered:
                _write(connection, subject, changed.get(subject))
            connection.execute(_FORGET, [now - _REMEMBERED])
        return changed

    def forget(self, subject: Subject) -> bool:
        with available(), self._pool.connection() as connection:
            gone = connection.execute(f"DELETE FROM access.attempts WHERE {_KEY}", _key(subject))  # noqa: S608 - a constant
            return gone.rowcount > 0

    def locked(self, workspace: WorkspaceId, now: datetime) -> Sequence[tuple[Subject, Tally]]:
        with available(), self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT kind, workspace, name, level, last_at, locked_until FROM access.attempts"
                " WHERE workspace IN (%s, '') AND locked_until > %s ORDER BY kind, name",
                [workspace, now],
            ).fetchall()
        return [
            (
                Subject(kind=Counted(kind), workspace=where, name=name),
                Tally(level=level, last_at=last_at, locked_until=locked_until),
            )
            for kind, where, name, level, last_at, locked_until in rows
        ]


def _read(connection: psycopg.Connection[Any], subject: Subject) -> Tally | None:
    row = connection.execute(
        f"SELECT level, last_at, locked_until FROM access.attempts WHERE {_KEY}",  # noqa: S608 - a constant
        _key(subject),
    ).fetchone()
    return None if row is None else Tally(level=row[0], last_at=row[1], locked_until=row[2])


def _write(connection: psycopg.Connection[Any], subject: Subject, tally: Tally | None) -> None:
    if tally is None:
        connection.execute(f"DELETE FROM access.attempts WHERE {_KEY}", _key(subject))  # noqa: S608 - a constant
        return
    connection.execute(
        "INSERT INTO access.attempts (kind, workspace, name, level, last_at, locked_until)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (kind, workspace, name) DO UPDATE"
        " SET level = excluded.level, last_at = excluded.last_at,"
        " locked_until = excluded.locked_until",
        [*_key(subject), tally.level, tally.last_at, tally.locked_until],
    )


def _key(subject: Subject) -> tuple[str, str, str]:
    return subject.kind.value, subject.workspace, subject.name
