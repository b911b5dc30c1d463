"""The list of uploads on PostgreSQL (the table is in content.sql)."""

from collections.abc import Mapping, Sequence
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

_COLUMNS = "workspace, blob, actor_kind, actor, name, media_type, size, used_at"


def migrate_content(url: str) -> None:
    """Create the tables if they are not there. Safe to run by several processes at once."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        connection.execute(_SCHEMA.read_bytes())


class PostgresUploads:
    """See commands.blob_ports.Uploads."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def put(self, upload: Upload) -> None:
        with mapped(), self._pool.connection() as connection:
            connection.execute(
                f"INSERT INTO content.upload ({_COLUMNS})"  # noqa: S608 - literals above
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (workspace, blob, actor_kind, actor) DO UPDATE"
                " SET name = excluded.name, media_type = excluded.media_type,"
                " used_at = greatest(upload.used_at, excluded.used_at)",
                [
                    upload.workspace,
                    upload.blob,
                    upload.by.kind,
                    upload.by.id,
                    upload.name,
                    upload.media_type,
                    upload.size,
                    upload.used_at,
                ],
            )

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        with mapped(), self._pool.connection() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM content.upload"  # noqa: S608 - literals above
                " WHERE workspace = %s AND blob = %s AND actor_kind = %s AND actor = %s",
                [workspace, blob, by.kind, by.id],
            ).fetchone()
        return None if row is None else _upload(row)

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        theirs = "" if by is None else " AND actor_kind = %(kind)s AND actor = %(actor)s"
        with mapped(), self._pool.connection() as connection:
            rows = connection.execute(
                "UPDATE content.upload SET used_at = greatest(used_at, %(at)s)"  # noqa: S608 - literals above
                f" WHERE workspace = %(workspace)s AND blob = ANY(%(blobs)s){theirs}"
                f" RETURNING {_COLUMNS}",
                {
                    "at": at,
                    "workspace": workspace,
                    "blobs": list(blobs),
                    "kind": by.kind if by else None,
                    "actor": by.id if by else None,
                },
            ).fetchall()
        return {upload.blob: upload for upload in map(_upload, rows)}


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
