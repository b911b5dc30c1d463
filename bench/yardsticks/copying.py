"""COPY: the fastest way there is to bring rows into PostgreSQL."""

import time
from pathlib import Path

import psycopg

from bench.load import Load

COPY = "COPY of the same rows of the log"

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
