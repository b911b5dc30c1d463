"""Who is on which ticket, on PostgreSQL (the table is in live.sql). The database's clock counts."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from domain.ids import TicketId, WorkspaceId
from domain.presence import Activity, Present, together

LIFE = 25.0
"""Seconds for which somebody is there without saying so again: two heartbeats may get lost."""

_SCHEMA = Path(__file__).with_name("live.sql")
_MAKING_SCHEMA = 7_203_411_907  # any number: the advisory lock's name

_COME = """
WITH before AS (
    SELECT activity FROM live.presence
    WHERE workspace = %(workspace)s AND ticket = %(ticket)s AND person = %(person)s
      AND connection = %(connection)s AND expires_at > clock_timestamp()
)
INSERT INTO live.presence AS p
    (workspace, ticket, person, connection, name, activity, since, expires_at)
VALUES (%(workspace)s, %(ticket)s, %(person)s, %(connection)s, %(name)s, %(activity)s, %(since)s,
        clock_timestamp() + make_interval(secs => %(life)s))
ON CONFLICT (workspace, ticket, person, connection) DO UPDATE
SET name = excluded.name, activity = excluded.activity, expires_at = excluded.expires_at,
    since = CASE WHEN p.expires_at > clock_timestamp() THEN p.since ELSE excluded.since END
RETURNING (SELECT activity FROM before) IS DISTINCT FROM p.activity
"""
_GO = """
DELETE FROM live.presence
WHERE workspace = %s AND ticket = %s AND person = %s AND connection = %s
  AND expires_at > clock_timestamp()
"""
_ON = """
SELECT ticket, person, name, activity, since FROM live.presence
WHERE workspace = %(workspace)s AND (%(tickets)s::text[] IS NULL OR ticket = ANY (%(tickets)s))
  AND expires_at > clock_timestamp()
"""
_EXPIRE = """
DELETE FROM live.presence WHERE expires_at <= clock_timestamp() RETURNING workspace, ticket
"""


def migrate_live(url: str) -> None:
    """Create the table if it is not there. Safe to run by several processes at once."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        connection.execute(_SCHEMA.read_bytes())


class PostgresPresences:
    """See api.live.ports.Presences."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], life: float = LIFE) -> None:
        """Without a renewal somebody is there for `life` seconds."""
        self._pool = pool
        self._life = life

    def come(self, workspace: WorkspaceId, ticket: TicketId, who: Present, connection: str) -> bool:
        found = self._run(
            _COME,
            {
                "workspace": workspace,
                "ticket": ticket,
                "person": who.person,
                "connection": connection,
                "name": who.name,
                "activity": who.activity.value,
                "since": who.since,
                "life": self._life,
            },
        )
        return bool(found[0][0])

    def go(self, workspace: WorkspaceId, ticket: TicketId, person: str, connection: str) -> bool:
        with mapped(), self._pool.connection() as pooled:
            return pooled.execute(_GO, [workspace, ticket, person, connection]).rowcount > 0

    def on(
        self, workspace: WorkspaceId, tickets: Collection[TicketId] | None = None
    ) -> Mapping[TicketId, Sequence[Present]]:
        """Tickets with nobody on them are left out."""
        wanted = None if tickets is None else list(tickets)
        found: dict[TicketId, list[Present]] = {}
        for ticket, person, name, activity, since in self._run(
            _ON, {"workspace": workspace, "tickets": wanted}
        ):
            present = Present(person=person, name=name, activity=Activity(activity), since=since)
            found.setdefault(TicketId(ticket), []).append(present)
        return {ticket: together(connections) for ticket, connections in found.items()}

    def expire(self) -> Collection[tuple[WorkspaceId, TicketId]]:
        """Remove those whose time is over."""
        return {(WorkspaceId(w), TicketId(t)) for w, t in self._run(_EXPIRE, {})}

    def _run(self, query: str, params: Mapping[str, Any]) -> list[Any]:
        with mapped(), self._pool.connection() as pooled:
            return pooled.execute(query, params).fetchall()
