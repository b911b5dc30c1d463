"""Drafts on PostgreSQL (the table is in content.sql)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import orjson
import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from domain.draft import Draft, DraftKind, NextStatus
from domain.ids import AgentId, BlobId, TicketId, WorkspaceId
from domain.ticket.messages import Attachment
from domain.ticket.words import Status

_COLUMNS = "ticket, kind, body, next_status, attachments, mentions, revision, updated_at"
_VALUES = """%(ticket)s, %(kind)s, %(body)s, %(next_status)s, %(attachments)s, %(mentions)s,
    nextval('content.draft_revision'), %(updated_at)s"""
_BEGIN = f"""
INSERT INTO content.draft (workspace, person, {_COLUMNS})
VALUES (%(workspace)s, %(person)s, {_VALUES})
ON CONFLICT (workspace, person, ticket) DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608 - literals above
_CHANGE = f"""
UPDATE content.draft SET ({_COLUMNS}) = ROW ({_VALUES})
WHERE workspace = %(workspace)s AND person = %(person)s AND ticket = %(ticket)s
    AND revision = %(seen)s RETURNING {_COLUMNS}
"""  # noqa: S608 - literals above
_OF = f"SELECT {_COLUMNS} FROM content.draft WHERE workspace = %s AND person = %s"  # noqa: S608 - literals above
_HOLDING = """
SELECT DISTINCT file ->> 'blob' FROM content.draft, jsonb_array_elements(attachments) AS file
WHERE workspace = %s AND attachments <> '[]'::jsonb AND file ->> 'blob' = ANY(%s)
"""


class PostgresDrafts:
    """See commands.draft_ports.Drafts."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def keep(
        self, workspace: WorkspaceId, person: str, draft: Draft, seen: int | None
    ) -> Draft | None:
        values = {
            "workspace": workspace,
            "person": person,
            "ticket": draft.ticket,
            "kind": draft.kind,
            "body": draft.body,
            "next_status": draft.next_status,
            "attachments": Jsonb(draft.attachments, orjson.dumps),
            "mentions": list(draft.mentions),
            "updated_at": draft.updated_at,
            "seen": seen,
        }
        with self._connection() as connection:
            row = connection.execute(_BEGIN if seen is None else _CHANGE, values).fetchone()
        return None if row is None else _draft(row)

    def find(self, workspace: WorkspaceId, person: str, ticket: TicketId) -> Draft | None:
        with self._connection() as connection:
            row = connection.execute(
                f"{_OF} AND ticket = %s", [workspace, person, ticket]
            ).fetchone()
        return None if row is None else _draft(row)

    def of(self, workspace: WorkspaceId, person: str, limit: int) -> Sequence[Draft]:
        with self._connection() as connection:
            rows = connection.execute(
                f"{_OF} ORDER BY updated_at DESC, revision DESC LIMIT %s",
                [workspace, person, limit],
            ).fetchall()
        return [_draft(row) for row in rows]

    def remove(
        self, workspace: WorkspaceId, person: str, ticket: TicketId, revision: int | None = None
    ) -> bool:
        with self._connection() as connection:
            gone = connection.execute(
                "DELETE FROM content.draft WHERE workspace = %s AND person = %s AND ticket = %s"
                " AND revision = coalesce(%s, revision)",
                [workspace, person, ticket, revision],
            )
        return gone.rowcount > 0

    def holding(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> set[BlobId]:
        with self._connection() as connection:
            rows = connection.execute(_HOLDING, [workspace, list(blobs)]).fetchall()
        return {BlobId(row[0]) for row in rows}

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with mapped(), self._pool.connection() as connection:
            yield connection


def _draft(row: Sequence[Any]) -> Draft:
    ticket, kind, body, next_status, attachments, mentions, revision, updated_at = row
    return Draft(
        ticket=TicketId(ticket),
        kind=DraftKind(kind),
        body=body,
        next_status=None if next_status is None else cast("NextStatus", Status(next_status)),
        attachments=tuple(Attachment(**file) for file in attachments),
        mentions=tuple(map(AgentId, mentions)),
        revision=revision,
        updated_at=updated_at,
    )
