"""Who signs in through a provider, on PostgreSQL (the table is in access.sql)."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from adapters.postgres.log import available
from domain.identity import Identity
from domain.ids import WorkspaceId


class PostgresIdentities:
    """See api.auth.ports.Identities."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection[Any]]) -> None:
        """`pool` gives connections in autocommit mode."""
        self._pool = pool

    def find(
        self, workspace: WorkspaceId, issuer: str, subject: str, *, is_requester: bool
    ) -> Identity | None:
        with (
            available(),
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Identity)) as cursor,
        ):
            return cursor.execute(
                "SELECT * FROM access.identity"
                " WHERE (workspace, issuer, subject, is_requester) = (%s, %s, %s, %s)",
                [workspace, issuer, subject, is_requester],
            ).fetchone()

    def keep(self, identity: Identity) -> None:
        with available(), self._pool.connection() as connection:
            connection.execute(
                "INSERT INTO access.identity (workspace, issuer, subject, is_requester, person,"
                " email, created_at, signed_in_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (workspace, issuer, subject, is_requester) DO UPDATE"
                " SET email = excluded.email, signed_in_at = excluded.signed_in_at",
                [
                    identity.workspace,
                    identity.issuer,
                    identity.subject,
                    identity.is_requester,
                    identity.person,
                    identity.email,
                    identity.created_at,
                    identity.signed_in_at,
                ],
            )

    def all(self, workspace: WorkspaceId) -> Sequence[Identity]:
        with (
            available(),
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Identity)) as cursor,
        ):
            return cursor.execute(
                "SELECT * FROM access.identity WHERE workspace = %s"
                " ORDER BY email, issuer, subject",
                [workspace],
            ).fetchall()
