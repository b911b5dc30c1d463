"""Accounts, tokens and signing keys on PostgreSQL (the tables are in access.sql)."""

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from commands.ports import StoreUnavailable
from domain.access import Account, Principal, Role, Token, TokenKind
from domain.ids import WorkspaceId

T = TypeVar("T")

_SCHEMA = Path(__file__).with_name("access.sql")
_REMEMBERED = timedelta(days=30)
"""Sessions are listed for so long after their end."""

_MAKING_SCHEMA = 7_203_411_906  # any number: the advisory lock's name


def migrate_access(url: str) -> None:
    """Create the tables if they are not there. Safe to run by several processes at once."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_SCHEMA])
        connection.execute(_SCHEMA.read_bytes())


class PostgresAccess:
    """See api.auth.ports.Access."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def signing_key(self, name: str) -> bytes:
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO access.signing_key VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [name, secrets.token_bytes(32)],
            )
            row = connection.execute(
                "SELECT key FROM access.signing_key WHERE name = %s", [name]
            ).fetchone()
        return bytes(row[0]) if row else b""

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Workspaces that somebody has access to."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT workspace FROM access.account UNION SELECT workspace FROM access.token"
            ).fetchall()
        return [WorkspaceId(row[0]) for row in rows]

    def put_account(
        self,
        *,
        workspace: WorkspaceId,
        email: str,
        password_hash: str,
        person: str,
        role: Role,
        name: str,
    ) -> None:
        with self._connection() as connection, connection.transaction():
            connection.execute(
                "UPDATE access.token AS t SET revoked_at = now() FROM access.account AS a"
                " WHERE a.workspace = %s AND a.email = %s AND (a.person, a.role) <> (%s, %s)"
                " AND t.workspace = a.workspace AND t.person = a.person AND t.role = a.role"
                " AND t.revoked_at IS NULL",
                [workspace, email.lower(), person, role.value],
            )
            connection.execute(
                "INSERT INTO access.account (workspace, email, password_hash, person, role, name)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (workspace, email) DO UPDATE"
                " SET password_hash = excluded.password_hash, person = excluded.person,"
                " role = excluded.role, name = excluded.name, disabled_at = NULL",
                [workspace, email.lower(), password_hash, person, role.value, name],
            )
            connection.execute(
                "UPDATE access.identity SET disabled_at = NULL WHERE workspace = %s AND email = %s",
                [workspace, email.lower()],
            )

    def account(self, workspace: WorkspaceId, email: str) -> Account | None:
        with self._connection() as connection, connection.cursor(row_factory=_account) as cursor:
            return cursor.execute(
                "SELECT * FROM access.account WHERE workspace = %s AND email = %s",
                [workspace, email.lower()],
            ).fetchone()

    def accounts(self, workspace: WorkspaceId) -> Sequence[Account]:
        with self._connection() as connection, connection.cursor(row_factory=_account) as cursor:
            return cursor.execute(
                "SELECT * FROM access.account WHERE workspace = %s ORDER BY email", [workspace]
            ).fetchall()

    def disable_account(self, workspace: WorkspaceId, email: str) -> bool:
        with self._connection() as connection, connection.transaction():
            people = {
                row[0]
                for table in ("account", "identity")
                for row in connection.execute(
                    f"UPDATE access.{table} SET disabled_at = now()"  # noqa: S608 - one of two
                    " WHERE workspace = %s AND email = %s AND disabled_at IS NULL RETURNING person",
                    [workspace, email.lower()],
                )
            }
            connection.execute(
                "UPDATE access.token SET revoked_at = now()"
                " WHERE workspace = %s AND person = ANY(%s) AND revoked_at IS NULL",
                [workspace, list(people)],
            )
            return bool(people)

    def add_token(
        self,
        *,
        token: str,
        kind: TokenKind,
        secret_hash: bytes,
        workspace: WorkspaceId,
        person: str,
        role: Role,
        name: str,
        label: str,
        expires_at: datetime | None,
        email: str | None,
    ) -> None:
        values = [token, kind, secret_hash, workspace, person, role, name, label, expires_at, email]
        with self._connection() as connection, connection.transaction():
            if kind is TokenKind.SESSION:
                connection.execute(
                    "DELETE FROM access.token WHERE id IN (SELECT id FROM access.token"
                    " WHERE kind = 'session' AND expires_at < now() - %s FOR UPDATE SKIP LOCKED)",
                    [_REMEMBERED],
                )
            connection.execute(
                "INSERT INTO access.token (id, kind, secret_hash, workspace, person, role, name,"
                " label, expires_at, email) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                values,
            )

    def token(self, token: str) -> Token | None:
        with self._connection() as connection, connection.cursor(row_factory=_token) as cursor:
            return cursor.execute("SELECT * FROM access.token WHERE id = %s", [token]).fetchone()

    def tokens(self, workspace: WorkspaceId, now: datetime) -> Sequence[Token]:
        with self._connection() as connection, connection.cursor(row_factory=_token) as cursor:
            return cursor.execute(
                "SELECT * FROM access.token WHERE workspace = %s AND (kind = 'machine'"
                " OR (revoked_at IS NULL AND expires_at > %s)) ORDER BY created_at, id",
                [workspace, now],
            ).fetchall()

    def revoke_token(self, workspace: WorkspaceId, token: str) -> bool:
        with self._connection() as connection:
            ended = connection.execute(
                "UPDATE access.token SET revoked_at = now()"
                " WHERE workspace = %s AND id = %s AND revoked_at IS NULL",
                [workspace, token],
            )
            return ended.rowcount > 0

    def tokens_of(self, principal: Principal, now: datetime) -> Sequence[Token]:
        with self._connection() as connection, connection.cursor(row_factory=_token) as cursor:
            return cursor.execute(
                f"SELECT * FROM access.token WHERE {_OF_PERSON} AND revoked_at IS NULL"  # noqa: S608 - a constant
                " AND (expires_at > %(now)s OR expires_at IS NULL) ORDER BY created_at, id",
                {**_person(principal), "now": now},
            ).fetchall()

    def end_sessions_as_another(
        self, workspace: WorkspaceId, email: str, person: str, role: Role
    ) -> Sequence[str]:
        with self._connection() as connection:
            ended = connection.execute(
                "UPDATE access.token SET revoked_at = now() WHERE workspace = %s AND email = %s"
                " AND kind = 'session' AND revoked_at IS NULL AND (person, role) <> (%s, %s)"
                " RETURNING id",
                [workspace, email, person, role.value],
            ).fetchall()
        return [row[0] for row in ended]

    def end_sessions(self, principal: Principal, keep: str | None) -> Sequence[str]:
        with self._connection() as connection:
            ended = connection.execute(
                f"UPDATE access.token SET revoked_at = now() WHERE {_OF_PERSON}"  # noqa: S608 - a constant
                " AND kind = 'session' AND revoked_at IS NULL AND id IS DISTINCT FROM %(keep)s"
                " RETURNING id",
                {**_person(principal), "keep": keep},
            ).fetchall()
        return [row[0] for row in ended]

    def ended(self, tokens: Collection[str], now: datetime) -> AbstractSet[str]:
        with self._connection() as connection:
            usable = connection.execute(
                "SELECT id FROM access.token WHERE id = ANY (%s) AND revoked_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > %s)",
                [list(tokens), now],
            ).fetchall()
        return set(tokens) - {row[0] for row in usable}

    def used(self, token: str) -> None:
        """To the minute: a token in steady use would otherwise be rewritten all the time."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE access.token SET last_used_at = date_trunc('minute', now())"
                " WHERE id = %s AND last_used_at IS DISTINCT FROM date_trunc('minute', now())",
                [token],
            )

    @contextlib.contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise StoreUnavailable("The database cannot be reached.") from error


_OF_PERSON = (
    "workspace = %(workspace)s AND person = %(person)s"
    " AND (role = 'requester') = %(is_requester)s"  # ids of agents and of requesters may coincide
)


def _person(principal: Principal) -> dict[str, Any]:
    return {
        "workspace": principal.workspace,
        "person": principal.person,
        "is_requester": principal.is_requester,
    }


def _rows_as(kind: type[T], cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], T]:
    """Make `kind` of each row, with its enumerations."""
    names = [column.name for column in cursor.description or ()]
    enums = {name: of for name, of in (("role", Role), ("kind", TokenKind)) if name in names}

    def make(values: Sequence[Any]) -> T:
        row = dict(zip(names, values, strict=True))
        return kind(**row | {name: of(row[name]) for name, of in enums.items()})

    return make


def _account(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Account]:
    return _rows_as(Account, cursor)


def _token(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Token]:
    return _rows_as(Token, cursor)
