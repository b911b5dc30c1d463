"""The list of uploads on PostgreSQL (the table is in content.sql)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from adapters.postgres.projection_errors import mapped
from commands.blob_ports import Upload
from domain.actor import Actor, ActorKind
from domain.ids import BlobId, WorkspaceId

_SCHEMA = Path(__file__).with_name("content.sql")
_MAKING_SCHEMA = 7_203_411_907  # any number: the advisory lock's name
_OF_A_BLOB = 7_203_411_908  # as above: makes another number of each file's name

_LOCK = """
SELECT pg_advisory_xact_lock(name) FROM (
    SELECT DISTINCT hashtextextended(%s || '/' || blob, %s) AS name
    FROM unnest(%s::text[]) AS blob ORDER BY name
) AS names
"""
_EXPECT = """
INSERT INTO content.uploaded AS u
    (workspace, blob, actor_kind, actor, name, media_type, size, used_at)
SELECT %(workspace)s, %(blob)s, %(kind)s, %(actor)s, %(name)s, %(media_type)s, %(size)s, %(at)s
WHERE NOT EXISTS (
    SELECT FROM content.uploaded WHERE workspace = %(workspace)s AND blob = %(blob)s AND doomed
)
ON CONFLICT (workspace, blob, actor_kind, actor) DO UPDATE
SET name = excluded.name, media_type = excluded.media_type,
    used_at = greatest(u.used_at, excluded.used_at)
"""
_THIS = (
    "workspace = %(workspace)s AND blob = %(blob)s AND actor_kind = %(kind)s AND actor = %(actor)s"
)
_ARRIVED = f"UPDATE content.uploaded SET arrived = true WHERE {_THIS}"  # noqa: S608 - literals above
_COLUMNS = "workspace, blob, actor_kind, actor, name, media_type, size, used_at"
_FIND = f"SELECT {_COLUMNS} FROM content.uploaded WHERE {_THIS} AND arrived AND NOT doomed"  # noqa: S608 - literals above
_CLAIM = f"""
UPDATE content.uploaded SET used_at = greatest(used_at, %(at)s)
WHERE workspace = %(workspace)s AND blob = ANY(%(blobs)s) AND arrived AND NOT doomed
    AND (%(kind)s::text IS NULL OR (actor_kind, actor) = (%(kind)s, %(actor)s))
RETURNING {_COLUMNS}
"""  # noqa: S608 - literals above
_UNUSED = """
SELECT u.workspace, u.blob FROM content.uploaded u
WHERE NOT u.sent AND u.used_at < %(before)s AND NOT EXISTS (
    SELECT FROM content.uploaded v WHERE v.workspace = u.workspace AND v.blob = u.blob
        AND (v.sent OR v.used_at >= %(before)s)
)
GROUP BY u.workspace, u.blob ORDER BY max(u.used_at) LIMIT %(limit)s
"""
_DOOM = """
UPDATE content.uploaded SET doomed = true
WHERE workspace = %(workspace)s AND blob = %(blob)s AND NOT EXISTS (
    SELECT FROM content.uploaded WHERE workspace = %(workspace)s AND blob = %(blob)s
        AND (sent OR used_at >= %(before)s)
)
"""


def migrate_content(url: str) -> None:
    """Create the tables if they are not there. Safe to run by several processes at once."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        connection.execute(_SCHEMA.read_bytes())


class PostgresUploads:
    """See commands.blob_ports.Uploads.

    Who expects, claims or dooms a file has a lock on its name, so that each sees what the others
    have decided: rows of several people are about the same bytes.
    """

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def expect(self, upload: Upload) -> bool:
        values = {
            **_named(upload.workspace, upload.blob, upload.by),
            "name": upload.name,
            "media_type": upload.media_type,
            "size": upload.size,
            "at": upload.used_at,
        }
        with self._locked(upload.workspace, [upload.blob]) as connection:
            return connection.execute(_EXPECT, values).rowcount > 0

    def arrived(self, upload: Upload) -> None:
        with self._connection() as connection:
            connection.execute(_ARRIVED, _named(upload.workspace, upload.blob, upload.by))

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        with self._connection() as connection:
            row = connection.execute(_FIND, _named(workspace, blob, by)).fetchone()
        return None if row is None else _upload(row)

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        values = {
            "workspace": workspace,
            "blobs": list(blobs),
            "kind": by.kind if by else None,
            "actor": by.id if by else None,
            "at": at,
        }
        with self._locked(workspace, blobs) as connection:
            rows = connection.execute(_CLAIM, values).fetchall()
        return {upload.blob: upload for upload in map(_upload, rows)}

    def brought(self, workspace: WorkspaceId, by: Actor, since: datetime) -> int:
        with self._connection() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(size), 0)::bigint FROM content.uploaded WHERE workspace = %s"
                " AND actor_kind = %s AND actor = %s AND used_at >= %s",
                [workspace, by.kind, by.id, since],
            ).fetchone()
        return int(row[0]) if row else 0

    def unused(self, before: datetime, limit: int) -> Sequence[tuple[WorkspaceId, BlobId]]:
        with self._connection() as connection:
            rows = connection.execute(_UNUSED, {"before": before, "limit": limit}).fetchall()
        return [(WorkspaceId(workspace), BlobId(blob)) for workspace, blob in rows]

    def sent(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> None:
        with self._connection() as connection:
            connection.execute(
                "UPDATE content.uploaded SET sent = true WHERE workspace = %s AND blob = ANY(%s)",
                [workspace, list(blobs)],
            )

    def doom(self, workspace: WorkspaceId, blob: BlobId, before: datetime) -> bool:
        values = {"workspace": workspace, "blob": blob, "before": before}
        with self._locked(workspace, [blob]) as connection:
            return connection.execute(_DOOM, values).rowcount > 0

    def forget(self, workspace: WorkspaceId, blob: BlobId) -> None:
        with self._connection() as connection:
            connection.execute(
                "DELETE FROM content.uploaded WHERE workspace = %s AND blob = %s AND doomed",
                [workspace, blob],
            )

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with mapped(), self._pool.connection() as connection:
            yield connection

    @contextmanager
    def _locked(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId]
    ) -> Iterator[psycopg.Connection[Any]]:
        """A transaction that has the names of these files; its statements see what was done."""
        with self._connection() as connection, connection.transaction():
            connection.execute(_LOCK, [workspace, _OF_A_BLOB, list(blobs)])
            yield connection


def _named(workspace: WorkspaceId, blob: BlobId, by: Actor) -> dict[str, str]:
    return {"workspace": workspace, "blob": blob, "kind": by.kind, "actor": by.id}


def _upload(row: Sequence[Any]) -> Upload:
    workspace, blob, kind, actor, name, media_type, size, used_at = row
    return Upload(
        workspace=workspace,
        blob=blob,
        by=Actor(kind=ActorKind(kind), id=actor),
        name=name,
        media_type=media_type,
        size=size,
        used_at=used_at,
    )
