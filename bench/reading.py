"""Replay and rebuild, beside reading and copying the same bytes; the queue page, few and many."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from adapters.postgres.embedded import EmbeddedPostgres
from api.main import tell_histories
from api.services import Services
from bench import yardsticks
from bench.desk import clients, database, served, services, token
from bench.measure import Figure, Sizes, median, per_second
from domain.ids import category_of
from domain.states import FOLDS
from projections.rebuild import rebuild

_PAGE = 5_000
_QUEUE = "/tickets?limit=50"
_END = datetime(2026, 1, 1, tzinfo=UTC)


def histories(server: EmbeddedPostgres, sizes: Sizes) -> Iterator[Figure]:
    """On a simulated log: how fast it is told, folded, and turned into all views."""
    url = database(server, "histories")
    with services(url) as opened:
        told = per_second(sizes.tickets, lambda: _tell(opened, sizes.tickets))
        rows = yardsticks.log_rows(url)
        copied = median([yardsticks.copied_per_second(url, rows) for _ in range(sizes.runs)])
        inserted = median([yardsticks.inserted_per_second(url, rows) for _ in range(sizes.runs)])
        yield Figure(
            what=f"simulation of {sizes.tickets:,} tickets, events written",
            unit="1/s",
            value=told * len(rows) / sizes.tickets,
            yardstick=inserted,
            beside="inserts of the same rows, 100 per commit",
            runs=1,
        )
        yield Figure(
            what="replay: read, decode and fold the log",
            unit="1/s",
            value=median(
                [per_second(len(rows), lambda: _replay(opened)) for _ in range(sizes.runs)]
            ),
            yardstick=median([yardsticks.read_per_second(url) for _ in range(sizes.runs)]),
            beside="reading the same rows",
            runs=sizes.runs,
        )
        for projection in opened.projections:

            def again(projection: Any = projection) -> None:
                rebuild(projection, opened.feed, opened.rows)

            yield Figure(
                what=f"rebuild of {projection.name}",
                unit="1/s",
                value=median([per_second(len(rows), again) for _ in range(sizes.runs)]),
                yardstick=copied,
                beside="COPY of the same rows of the log",
                runs=sizes.runs,
            )


def queue_page(server: EmbeddedPostgres, sizes: Sizes) -> Iterator[Figure]:
    """The first page of the queue, over HTTP, one client, with few tickets and with many."""
    url = database(server, "queue")
    with services(url) as opened:
        secret = token(opened)
        _tell(opened, sizes.tickets)
        for projection in opened.projections:
            rebuild(projection, opened.feed, opened.rows)
    with served(url) as port:
        few, few_p99, _ = _pages(port, secret, sizes)
        copies = sizes.many_tickets // sizes.tickets - 1
        _multiply(url, copies)
        many, many_p99, bare = _pages(port, secret, sizes)
    for count, value, p99 in (
        (sizes.tickets, few, few_p99),
        (sizes.tickets * (copies + 1), many, many_p99),
    ):
        yield Figure(
            what=f"queue page of 50, {count:,} tickets, p50",
            unit="ms",
            value=value,
            yardstick=bare,
            beside="the route that answers without looking at anything",
            runs=sizes.runs,
            less_is_better=True,
            note=f"p99 {p99:.1f} ms",
        )
    yield Figure(
        what="queue page of 50, many tickets, p99",
        unit="ms",
        value=many_p99,
        yardstick=few_p99,
        beside="the same with few tickets",
        runs=sizes.runs,
        less_is_better=True,
    )


def _pages(port: int, secret: str, sizes: Sizes) -> tuple[float, float, float]:
    """Milliseconds: p50 and p99 of the page, p50 of the bare route."""
    p50, p99, bare = [], [], []
    for _ in range(sizes.runs):
        plan = {"port": port, "token": secret, "clients": 1, "seconds": 60, "most": sizes.pages}
        page = clients(**plan, get=_QUEUE)
        p50.append(page["p50"] * 1_000)
        p99.append(page["p99"] * 1_000)
        bare.append(clients(**plan, get="/health")["p50"] * 1_000)
    return median(p50), median(p99), median(bare)


def _tell(opened: Services, tickets: int) -> None:
    tell_histories(
        opened,
        tickets=tickets,
        seed=1,
        start=_END - timedelta(days=90),
        end=_END,
        progress=lambda _: None,
    )


def _replay(opened: Services) -> None:
    states: dict[str, Any] = {}
    for lane in opened.feed.lanes():
        position = 0
        while page := opened.feed.page(lane, position, _PAGE):
            position = page[-1].position
            for recorded in page:
                fold = FOLDS[category_of(recorded.stream)]
                state = states.get(recorded.stream, fold.initial)
                states[recorded.stream] = fold.evolve(state, recorded.event)


def _multiply(url: str, copies: int) -> None:
    """Each row of the queue `copies` times more, under other ids and a little earlier.

    To tell a hundred thousand histories takes longer than the measurement is worth; the page reads
    the same table, with the same indexes, in the same shares of statuses and priorities.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT schema FROM chronodesk.projection WHERE name = 'queue' AND build = 'live'"
        ).fetchone()
        assert found is not None  # noqa: S101
        schema = found[0]
        columns = [
            name
            for (name,) in connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = 'ticket' ORDER BY ordinal_position",
                [schema],
            )
        ]
        changed = {
            "ticket": "gen_random_uuid()::text",
            "number": "number + n * 1000000",
            "opened_at": "opened_at - n * interval '1 minute'",
            "updated_at": "updated_at - n * interval '1 minute'",
        }
        values = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(
            f"INSERT INTO {schema}.ticket ({', '.join(columns)})"
            f" SELECT {values} FROM {schema}.ticket, generate_series(1, {copies}) AS n"
        )
        connection.execute(f"VACUUM ANALYZE {schema}.ticket")
