"""What Chronodesk is compared with really does its work."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from adapters.postgres.projection_copies import schema_of
from bench.context import Bench
from bench.desk import catch_up, services, tell
from bench.events import event_bytes
from bench.yardsticks import inserts, projection, stock, umadb
from bench.yardsticks.copying import Rows, copied
from projections import PROJECTIONS
from projections.ports import Build

SECONDS = 0.5


@pytest.fixture
def url(bench: Bench) -> str:
    return bench.url(bench.database())


@pytest.fixture
def told(bench: Bench) -> str:
    """A database with a small log, and views that are empty."""
    name = bench.database()
    with services(bench.url(name)) as opened:
        tell(opened, 8)
    return name


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def test_psycopg_inserts_what_it_says(url: str) -> None:
    inserts.prepare(url)
    load = inserts.by_psycopg(url, 2, SECONDS, b"x" * 500)
    assert inserts.inserted(url) == load.count > 0


def test_pgbench_inserts_what_it_says(bench: Bench, url: str) -> None:
    program = inserts.pgbench()
    assert program is not None, "the embedded server brings one"
    inserts.prepare(url)
    load = inserts.by_pgbench(program, url, 2, SECONDS, size=500, folder=bench.folder)
    assert inserts.inserted(url) == load.count > 0
    with psycopg.connect(url) as connection:
        sizes = connection.execute("SELECT DISTINCT length(data) FROM single").fetchall()
    assert sizes == [(500,)]


def test_the_stock_recorder_records_what_it_says(url: str) -> None:
    load = stock.appends(url, 2, SECONDS, event_bytes())
    assert count(url, "stored_events") == load.count > 0


@pytest.mark.skipif(not umadb.installed(), reason="it comes with `make bench`")
def test_umadb_appends_what_it_says(bench: Bench) -> None:
    with umadb.server(bench.folder) as server:
        load = umadb.appends(server, 2, SECONDS, event_bytes())
        assert umadb.head(server) == load.count > 0


def test_copy_brings_every_row_of_the_log(bench: Bench, told: str, url: str) -> None:
    rows = Rows(bench.url(told), bench.folder / "rows")
    load = copied(url, rows)
    assert (
        load.count == count(url, "yardstick") == count(bench.url(told), "chronodesk.recorded") > 0
    )


def views(url: str) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """All rows of all tables; a counter at zero is as good as none."""
    with psycopg.connect(url) as connection:
        for of in PROJECTIONS:
            for table in of.tables:
                where = f"{schema_of(of, Build.LIVE)}.{table.name}"
                columns = ", ".join(table.ddl)
                counts = " OR ".join(f"{column} <> 0" for column in table.summed) or "true"
                rows = connection.execute(
                    f"SELECT {columns} FROM {where} WHERE {counts}"
                ).fetchall()
                yield where, sorted(rows, key=repr)


def test_the_projection_runner_comes_to_the_same_rows_as_the_worker(
    bench: Bench, told: str
) -> None:
    ours, theirs = bench.url(bench.database(told)), bench.url(bench.database(told))
    with services(ours) as opened:
        catch_up(opened)
    events = projection.copy_log(theirs, 10_000)
    load = projection.run(theirs, events)
    assert load.count == events == count(theirs, "chronodesk.recorded") > 0
    expected, found = dict(views(ours)), dict(views(theirs))
    assert found == expected
    assert sum(map(len, expected.values())) > 0
