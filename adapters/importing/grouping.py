"""Rows of one case brought together, however they lie in the file.

The rows wait in a temporary SQLite database that SQLite keeps on disk and deletes at the end; at
most `_CACHE_KIB` of it is held in memory, so memory is bounded by the largest single case.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from typing import Self

import orjson

from adapters.importing.csv_rows import RawRow
from adapters.importing.reading import ReadRow
from domain.record import record

_CACHE_KIB = 16_384


@record
class WaitingCase:
    """All rows of one case, in file order, and a digest of their instants and cells.

    `waiting` holds for each row its instant, its number, its line and its cells as JSON: the form
    in which a case goes to another process at little cost.
    """

    name: str
    digest: str
    waiting: list[tuple[int, int, int, bytes]]

    def rows(self) -> Iterator[ReadRow]:
        """The rows as they were read."""
        for at, number, line, cells in self.waiting:
            raw = RawRow(row=number, line=line, cells=orjson.loads(cells))
            yield ReadRow(case=self.name, at=at, raw=raw)


class Grouping:
    """Collects rows in file order and gives them back by case. Use as a context manager."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # a file of its own, unnamed
        self._database.executescript(
            f"""
            PRAGMA cache_size = -{_CACHE_KIB};
            PRAGMA temp_store = FILE;
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE waiting (name TEXT, at INTEGER, number INTEGER, line INTEGER, cells BLOB);
            BEGIN;
            """
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, rows: Iterable[ReadRow]) -> None:
        """Take more rows in."""
        self._database.executemany(
            "INSERT INTO waiting VALUES (?, ?, ?, ?, ?)",
            (
                (row.case, row.at, row.raw.row, row.raw.line, orjson.dumps(row.raw.cells))
                for row in rows
            ),
        )

    def cases(self) -> Iterator[WaitingCase]:
        """The cases in the order in which they first appear in the file."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_name ON waiting (name)")
        found = self._database.execute(
            """
            SELECT name, at, number, line, cells
            FROM (SELECT name, min(rowid) AS first FROM waiting GROUP BY name)
            JOIN waiting USING (name)
            ORDER BY first, waiting.rowid
            """
        )
        for name, rows in groupby(found, key=lambda row: row[0]):
            yield _case(name, rows)


def _case(name: str, found: Iterable[tuple[str, int, int, int, bytes]]) -> WaitingCase:
    digest = blake2b(digest_size=16)
    waiting = []
    for _, at, number, line, cells in found:
        digest.update(b"%d " % at + cells + b"\n")
        waiting.append((at, number, line, cells))
    return WaitingCase(name=name, digest=digest.hexdigest(), waiting=waiting)
