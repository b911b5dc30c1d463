"""Snapshots: states of long streams, kept so that nobody has to fold them from the beginning.

A snapshot is a head start and never a proof. It carries a digest of all the code that made it (what
events mean, how they are read, what is in a state), and other code does not see it: after an update
they are simply taken again. Whoever takes them does so off the request path.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any

from psycopg import Connection, sql
from psycopg_pool import ConnectionPool
from pydantic import TypeAdapter, ValidationError

from adapters.postgres.log import available
from adapters.postgres.schema import LOG_SCHEMA
from commands.ports import Loaded
from domain.ids import StreamId, WorkspaceId, category_of
from domain.states import FOLDS


@dataclass(frozen=True, slots=True)
class Due:
    """A stream that has grown much since its last snapshot (`version` 0: it has none)."""

    workspace: WorkspaceId
    stream: StreamId
    version: int


class PostgresSnapshots:
    """commands.ports.Snapshots, in the log's schema. Safe to share between threads.

    Methods raise StoreUnavailable when the server cannot be reached.
    """

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        schema: str = LOG_SCHEMA,
        *,
        digest: str | None = None,
    ) -> None:
        """`pool` is one of `open_pool`; `digest` is for tests, and else that of this program."""
        self._pool = pool
        self._digest = digest or code_digest()
        self._known: frozenset[tuple[str, str]] = frozenset()
        name = sql.Identifier(schema)
        self._take = sql.SQL(
            # Whoever fences the log locks this table: either they wait for this, or this for them.
            "INSERT INTO {schema}.state SELECT %s, %s, %s, %s, %s"
            " WHERE EXISTS (SELECT FROM {schema}.lane WHERE epoch = %s)"
            " ON CONFLICT DO NOTHING"
        ).format(schema=name)
        self._load = sql.SQL(
            "SELECT DISTINCT ON (stream) stream, version, data FROM {}.state"
            " WHERE workspace = %s AND stream = ANY (%s) AND digest = %s"
            " ORDER BY stream, version DESC"
        ).format(name)
        self._names = sql.SQL(
            "SELECT DISTINCT workspace, stream FROM {}.state WHERE digest = %s"
        ).format(name)
        self._due = sql.SQL(
            "SELECT s.workspace, s.stream, kept.version FROM {schema}.stream AS s,"
            " LATERAL (SELECT coalesce(max(k.version), 0) AS version FROM {schema}.state AS k"
            "  WHERE k.workspace = s.workspace AND k.stream = s.stream AND k.digest = %s) AS kept"
            " WHERE s.version >= %s AND s.version - kept.version >= %s"
            " ORDER BY s.version - kept.version DESC LIMIT %s"
        ).format(schema=name)
        self._prune = sql.SQL(
            "DELETE FROM {schema}.state AS old USING"
            " (SELECT workspace, stream, version, digest, row_number() OVER ("
            "   PARTITION BY workspace, stream ORDER BY digest = %s DESC, version DESC) AS nth"
            "  FROM {schema}.state) AS kept"
            " WHERE (old.workspace, old.stream, old.version, old.digest)"
            "  = (kept.workspace, kept.stream, kept.version, kept.digest)"
            " AND (kept.nth > %s OR old.digest <> %s)"
        ).format(schema=name)

    def take(
        self, workspace: WorkspaceId, stream: StreamId, snapshot: Loaded, *, epoch: int
    ) -> bool:
        """Keep a snapshot, unless there is one of that version.

        False, and nothing is kept, for a state that would not come back as it was, and for one of a
        log that has another epoch by now.
        """
        category = category_of(stream)
        adapter = _adapter(category)
        data = adapter.dump_json(snapshot.state, exclude=_remembered(category), warnings=False)
        try:
            if adapter.validate_json(data) != snapshot.state:
                return False
        except ValidationError:
            return False
        given = [workspace, stream, snapshot.version, self._digest, data, epoch]
        with available(), self._pool.connection() as connection:
            if not connection.execute(self._take, given).rowcount:
                return False
        self._known |= {(workspace, stream)}
        return True

    def has(self, workspace: WorkspaceId, stream: StreamId) -> bool:
        """Whether there was one at the last `look` of this process, or it took one since."""
        return (workspace, stream) in self._known

    def look(self) -> None:
        """Learn which streams have one: few do."""
        with available(), self._pool.connection() as connection:
            self._known = frozenset(connection.execute(self._names, [self._digest]).fetchall())

    def load(self, workspace: WorkspaceId, streams: Sequence[StreamId]) -> dict[StreamId, Loaded]:
        """The last snapshot of each stream that has one."""
        with available(), self._pool.connection() as connection:
            found = connection.execute(
                self._load, [workspace, list(streams), self._digest], binary=True
            ).fetchall()
        return {
            stream: Loaded(state=_adapter(category_of(stream)).validate_json(data), version=version)
            for stream, version, data in found
        }

    def due(self, events: int, limit: int = 100) -> list[Due]:
        """Up to `limit` streams with at least so many events after their last snapshot."""
        with available(), self._pool.connection() as connection:
            found = connection.execute(self._due, [self._digest, events, events, limit]).fetchall()
        return [Due(*row) for row in found]

    def prune(self, keep: int = 1) -> int:
        """Delete those of other code, and of each stream all but the last `keep`; how many."""
        with available(), self._pool.connection() as connection:
            return connection.execute(self._prune, [self._digest, keep, self._digest]).rowcount


@cache
def code_digest() -> str:
    """A digest of the code that folds events: the domain, and how stored events are read."""
    read = [files("adapters").joinpath(name) for name in ("codec.py", "upcasts.py")]
    digest = hashlib.sha256()
    for source in chain(_sources(files("domain")), read):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterable[Traversable]:
    """The Python files in a folder and those below it, in a stable order."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry


@cache
def _adapter(category: str) -> TypeAdapter[Any]:
    return TypeAdapter(type(FOLDS[category].initial))


@cache
def _remembered(category: str) -> set[str]:
    """Fields that do not count when states are compared: what was worked out of the others."""
    return {field.name for field in fields(FOLDS[category].initial) if not field.compare}
