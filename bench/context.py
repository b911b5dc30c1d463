"""What every benchmark gets: a server, a folder of its own, and how much of everything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self
from uuid import uuid4

import psycopg
from psycopg import sql

from bench.scale import Scale


class Server(Protocol):
    """A PostgreSQL server on which databases can be made."""

    @property
    def url(self) -> str: ...

    def url_of(self, database: str) -> str: ...


@dataclass(frozen=True)
class Bench:
    """`say` tells whoever watches what is being done. Leaving the block drops all databases."""

    server: Server
    folder: Path
    scale: Scale
    say: Callable[[str], None] = field(default=lambda _: None)
    _made: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for database in tuple(self._made):
            self.drop(database)

    def database(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template` (which nobody may be using); its name."""
        name = f"bench_{uuid4().hex[:12]}"
        create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            # Copied through the files: by the log it would be written twice, and measured later.
            create += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(create)
        self._made.append(name)
        return name

    def url(self, database: str) -> str:
        return self.server.url_of(database)

    def drop(self, database: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
            )
        self._made.remove(database)
