"""What the database alone can do, by the shortest way there is: psycopg and SQL."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg

_EVENT = b"x" * 550  # bytes; what an event of ours takes
_TABLE = """
CREATE TABLE IF NOT EXISTS yardstick (
    lane integer, position bigint, workspace text, stream text, version bigint, topic text,
    data bytea, recorded_at timestamptz, command_id uuid,
    PRIMARY KEY (lane, position), UNIQUE (workspace, stream, version)
)"""
"""The same columns and indexes as the log."""

Row = tuple[Any, ...]


def inserts_per_second(url: str, clients: int, seconds: float) -> float:
    """Single-row inserts, each committed and on disk, from `clients` threads."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS single (id bigserial PRIMARY KEY, data bytea)"
        )
    done = [0] * clients
    end = time.perf_counter() + seconds

    def client(n: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while time.perf_counter() < end:
                connection.execute("INSERT INTO single (data) VALUES (%s)", [_EVENT])
                done[n] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def copied_per_second(url: str, rows: Sequence[Row]) -> float:
    """COPY of the log's own rows into a table like it."""
    with _empty(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        with cursor.copy("COPY yardstick FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(
                ["int4", "int8", "text", "text", "int8", "text", "bytea", "timestamptz", "uuid"]
            )
            for row in rows:
                copy.write_row(row)
        connection.commit()
        return len(rows) / (time.perf_counter() - begun)


def inserted_per_second(url: str, rows: Sequence[Row], at_once: int = 100) -> float:
    """The same rows, inserted `at_once` per transaction."""
    marks = ", ".join(["%s"] * len(rows[0]))
    with _empty(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        for start in range(0, len(rows), at_once):
            cursor.executemany(
                f"INSERT INTO yardstick VALUES ({marks})", rows[start : start + at_once]
            )
            connection.commit()
        return len(rows) / (time.perf_counter() - begun)


def read_per_second(url: str) -> float:
    """All bytes of the log, fetched and dropped."""
    with psycopg.connect(url) as connection, connection.cursor(binary=True) as cursor:
        begun = time.perf_counter()
        cursor.execute("SELECT * FROM chronodesk.event ORDER BY lane, position")
        count = sum(1 for _ in cursor)
        return count / (time.perf_counter() - begun)


def log_rows(url: str) -> list[Row]:
    """The rows of the log, for the two copies above."""
    with psycopg.connect(url) as connection, connection.cursor(binary=True) as cursor:
        return cursor.execute(
            "SELECT lane, position, workspace, stream, version, topic, data, recorded_at,"
            " command_id FROM chronodesk.event ORDER BY lane, position"
        ).fetchall()


def _empty(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url)
    connection.execute(_TABLE)
    connection.execute("TRUNCATE yardstick")
    connection.commit()
    return connection
