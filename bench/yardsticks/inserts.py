"""The shortest way to a durable row: one insert and one commit over psycopg, or by pgbench."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import psycopg

from adapters.postgres.programs import programs
from bench.load import Load, Work, by_threads

PSYCOPG = "psycopg, insert and commit of a row as large"
PGBENCH = "pgbench, insert and commit of a row as large"


def prepare(url: str) -> None:
    """The table that is inserted into: a number and the bytes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS single (id bigserial PRIMARY KEY, data bytea)"
        )


def inserted(url: str) -> int:
    """How many rows there are."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM single").fetchone()
    return int(found[0]) if found else 0


def by_psycopg(url: str, clients: int, seconds: float, data: bytes) -> Load:
    """Rows that threads of one process insert, each with a connection of its own."""

    @contextmanager
    def client(_: int) -> Iterator[Work]:
        with inserting(url, data) as work:
            yield work

    return by_threads(clients, seconds, client)


@contextmanager
def inserting(url: str, data: bytes) -> Iterator[Work]:
    """Inserts and commits one row at each call."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda: connection.execute("INSERT INTO single (data) VALUES (%s)", [data])


def pgbench() -> Path | None:
    """The program: that of the embedded server, or one in PATH, if there is any."""
    own = programs() / "pgbench"
    if own.exists():
        return own
    found = which("pgbench")
    return Path(found) if found else None


def by_pgbench(
    program: Path, url: str, clients: int, seconds: float, *, size: int, folder: Path
) -> Load:
    """The same by a program in C, with prepared statements."""
    script = folder / "single.sql"
    script.write_text(f"INSERT INTO single (data) VALUES (repeat('x', {size})::bytea);\n")
    duration = max(1, round(seconds))  # it counts whole seconds
    given = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2"]
    done = subprocess.run(
        [program, *given, f"--time={duration}", f"--file={script}", url],
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"number of transactions actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or counted is None or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stderr or done.stdout}")
    return Load(count=int(counted[1]), seconds=int(counted[1]) / float(rate[1]))
