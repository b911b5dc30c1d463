"""COPY: the fastest way there is to bring rows into PostgreSQL."""

import time
from pathlib import Path

import psycopg
from psycopg import sql

from adapters.postgres.projection_copies import schema_of
from bench.load import Load
from projections.ports import Build, Projection

COPY = "COPY of the same rows of the log"
COPY_OF_VIEW = "COPY of the view's own rows, then its keys and indexes"

_COLUMNS = "lane, position, workspace, stream, version, topic, data, recorded_at, command_id"
_CHUNK = 1 << 20  # bytes


class Rows:
    """The rows of a log in a file, in COPY's own binary format."""

    def __init__(self, url: str, file: Path) -> None:
        self.file = file
        with psycopg.connect(url) as connection, file.open("wb") as out:
            with connection.cursor().copy(
                f"COPY (SELECT {_COLUMNS} FROM chronodesk.recorded ORDER BY lane, position)"
                " TO STDOUT (FORMAT BINARY)"
            ) as copy:
                for part in copy:
                    out.write(part)
            found = connection.execute("SELECT count(*) FROM chronodesk.recorded").fetchone()
        self.count = int(found[0]) if found else 0


def copied(url: str, rows: Rows) -> Load:
    """COPY of them, durably, into a table with the primary key and the one index of a log."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS yardstick")
        connection.execute(
            "CREATE TABLE yardstick (lane integer, position bigint, workspace text, stream text,"
            " version bigint, topic text, data bytea, recorded_at timestamptz, command_id uuid,"
            " PRIMARY KEY (lane, position), UNIQUE (workspace, stream, version))"
        )
        begun = time.perf_counter()
        with (
            rows.file.open("rb") as file,
            connection.cursor().copy("COPY yardstick FROM STDIN (FORMAT BINARY)") as copy,
        ):
            while part := file.read(_CHUNK):
                copy.write(part)
        seconds = time.perf_counter() - begun
        found = connection.execute("SELECT count(*) FROM yardstick").fetchone()
    if found is None or found[0] != rows.count:
        raise RuntimeError("COPY did not bring all rows.")
    return Load(count=rows.count, seconds=seconds)


def view_copied(url: str, projection: Projection, folder: Path, events: int) -> Load:
    """The rows of a view, as they are, into tables like its own; as so many `events` of the log."""
    seconds = 0.0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS yardstick CASCADE; CREATE SCHEMA yardstick")
        for table in projection.tables:
            live = sql.Identifier(schema_of(projection, Build.LIVE), table.name)
            again = sql.Identifier("yardstick", table.name)
            connection.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(again, live))
            file = folder / "view.copy"
            with (
                file.open("wb") as out,
                connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(live)) as copy,
            ):
                for part in copy:
                    out.write(part)
            begun = time.perf_counter()
            with (
                file.open("rb") as ready,
                connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(again)) as copy,
            ):
                while read := ready.read(_CHUNK):
                    copy.write(read)
            key = sql.SQL(", ").join(map(sql.Identifier, table.key))
            connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(again, key))
            for index in table.indexes:
                connection.execute(sql.SQL("CREATE INDEX ON {} {}").format(again, sql.SQL(index)))
            seconds += time.perf_counter() - begun
            file.unlink()
        connection.execute("DROP SCHEMA yardstick CASCADE")
    return Load(count=events, seconds=seconds)
