"""Losses that event stores are known for, by name. Each says whose kind of fault it was.

What is told of others was seen in their code or their issues, or reproduced; see also
docs/decisions/0001-lanes-and-append.md.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from adapters.postgres.bell import Bell
from adapters.postgres.log import Log
from adapters.postgres.pool import open_pool
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from commands.ports import StoreUnavailable
from domain.ids import StreamId
from projections.progress import Progress
from projections.run import Runner
from tests.contracts.requests import HERE, request, tags, ticket, write
from tests.rig.history import Journal, Outcome, read
from tests.rig.ledger import LEDGER
from tests.rig.proxy import proxy
from tests.rig.steps import Actor, Point
from tests.rig.tail import Tail

ONE, TWO = ticket(1), ticket(2)


@contextmanager
def connected(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresStore]:
    with open_pool(database_url, 2) as pool:
        made = PostgresStore(pool)
        assert list(made.lanes()) == [0]
        yield made


@pytest.fixture
def actors(
    database_url: str, store: PostgresStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Actor, Actor, Journal]]:
    """Two transactions to be moved step by step."""
    file = tmp_path_factory.mktemp("history") / "1.journal"
    journal = Journal(file)
    with (
        open_pool(database_url, 1) as pool,
        connected(database_url) as a,
        connected(database_url) as b,
        connected(database_url) as watch,
    ):
        both = Actor(a, watch, store, Log(pool)), Actor(b, watch, store, Log(pool))
        yield *both, journal
        for actor in both:
            actor.close()
    journal.close()
    assert read([file]).with_outcome(Outcome.FAILED) == []


def test_commit_order_other_than_id_order(
    actors: tuple[Actor, Actor, Journal], store: PostgresStore
) -> None:
    """Every log whose positions come from a sequence or identity column: who takes the lower number
    may commit later, and a reader who saw the higher one never looks back. Marten's high-water mark
    and axon-framework's gap tracking are repairs of it, with timeouts after which they give up.

    Here the later one cannot even take its number before the first has committed.
    """
    first, second, journal = actors
    tail = Tail(store)
    first.begin(early_id=False)
    second.begin(early_id=False)
    first.append(request(write(ONE, 0, "first")), journal)
    second.append(request(write(TWO, 0, "second")), journal)
    assert [first.point, second.point] == [Point.BEFORE_COMMIT, Point.WAITING]
    assert tail.read() == 0
    first.end(journal, commit=True)
    second.settle()
    assert [first.point, second.point] == [Point.IDLE, Point.BEFORE_COMMIT]
    assert tail.read() == 1
    second.end(journal, commit=True)
    assert tail.read() == 1
    assert [(event.position, event.stream) for event in tail.seen] == [(1, ONE), (2, TWO)]


def test_in_flight_lower_id(actors: tuple[Actor, Actor, Journal], store: PostgresStore) -> None:
    """A number that was taken and never used: readers that wait for it stall, readers that do not
    lose it when it was only slow. `eventsourcing` with its database functions, which take no table
    lock, lets a reader pass an event that is still in flight.

    Here a rollback gives the number back: there is nothing to wait for and nothing to pass.
    """
    slow, quick, journal = actors
    tail = Tail(store)
    slow.begin(early_id=False)
    slow.append(request(write(ONE, 0, "given up")), journal)
    quick.begin(early_id=False)
    quick.append(request(write(TWO, 0, "kept")), journal)
    slow.end(journal, commit=False)
    quick.settle()
    quick.end(journal, commit=True)
    tail.read()
    assert [(event.position, event.stream) for event in tail.seen] == [(1, TWO)]


def test_early_transaction_id(actors: tuple[Actor, Actor, Journal], store: PostgresStore) -> None:
    """Logs that are read in the order of transaction ids (message stores that keep `xid8` and stop
    at `pg_snapshot_xmin`, such as Emmett's): a transaction that got its id early and appends late
    puts its events before older ones, also within a stream.

    Here ids mean nothing; the order is that of the lane's lock.
    """
    early, late, journal = actors
    early.begin(early_id=True)
    late.begin(early_id=True)
    late.append(request(write(ONE, 0, "older")), journal)
    late.end(journal, commit=True)
    early.append(request(write(ONE, 1, "newer")), journal)
    early.end(journal, commit=True)
    assert tags(store.page(0, 0, 10)) == ["older", "newer"]
    assert [event.version for event in store.page(0, 0, 10)] == [1, 2]


def test_an_open_transaction_elsewhere_holds_nobody_up(
    database_url: str, store: PostgresStore
) -> None:
    """The price of reading up to `pg_snapshot_xmin`: any transaction that is open in the whole
    server, a backup or a forgotten session, stops all readers for as long as it lasts.
    """
    tail = Tail(store)
    with connected(database_url) as other, other.transaction():
        other.execute("SELECT pg_current_xact_id()")
        store.append(request(write(ONE, 0, "a")))
        assert tail.read() == 1


def test_an_event_between_first_poll_and_listen(database_url: str, store: PostgresStore) -> None:
    """A subscription that reads what is there, then begins to listen, and is told of nothing that
    came in between: `eventsourcing` 9.5 stalls until the next event.

    Here the wait looks again by itself, and the bell rings once when it begins to listen.
    """
    with Bell(database_url) as bell, open_pool(database_url, 1) as pool:
        reader = PostgresStore(pool, bell)
        before = reader.head()
        store.append(request(write(ONE, 0, "in between")))  # without a bell of its own
        assert reader.wait(before, timeout=60)
    with open_pool(database_url, 1) as pool, ThreadPoolExecutor(1) as thread:
        deaf = PostgresStore(pool)
        before = deaf.head()
        waiting = thread.submit(deaf.wait, before, 60)
        store.append(request(write(ONE, 1, "nobody rings")))
        assert waiting.result()


def test_an_acknowledgement_lost_after_the_commit(database_url: str, store: PostgresStore) -> None:
    """The connection breaks between commit and answer. Whoever retries is told of a conflict with
    their own write (all stores that know a command only by its expected version), or writes it
    twice (those that append to any version).

    Here the same command id gets the first answer.
    """
    asked = request(write(ONE, 0, "a"), write(TWO, 0, "x"))
    with proxy(database_url) as wire, open_pool(wire.url(database_url), 1) as pool:
        client = PostgresStore(pool)
        client.layout()  # asked once; the next answer is that to the append
        wire.lose_answer()
        with pytest.raises(StoreUnavailable):
            client.append(asked)
        assert wire.lost == 1
        assert tags(store.page(0, 0, 10)) == ["a", "x"], "it was written, and nobody was told"
        again = client.append(asked)
        assert again.repeated
        assert tags(again.events) == ["a", "x"]
    assert tags(store.page(0, 0, 10)) == ["a", "x"]


def test_two_applications_in_one_schema(empty_database_url: str) -> None:
    """Two programs that make, or bring up to date, the same tables at once, and then write the same
    streams, each with a memory of its own: `CREATE TABLE IF NOT EXISTS` fails in one of two that do
    it at the same moment, and a cached aggregate of one hides what the other wrote.
    """
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: migrate(empty_database_url, 2), range(4)))
        with open_pool(empty_database_url, 2) as one, open_pool(empty_database_url, 2) as other:
            stores = [PostgresStore(one), PostgresStore(other)]
            asked = [request(write(ticket(n // 2), n % 2, f"{n}")) for n in range(20)]
            for n, each in enumerate(asked):
                stores[n % 2].append(each)
            assert {tuple(tags(store.load(HERE, ticket(3)))) for store in stores} == {("6", "7")}


def test_a_filtered_wait_that_never_ends(database_url: str, store: PostgresStore) -> None:
    """To wait until a view has an event that the view does not want: its position counts only what
    passed the filter, and stands still for ever (subscriptions that are filtered by category or
    topic, and whoever waits for their tracking, in `eventsourcing` among others).

    Here a view's position is that of the lane, and a page of what it does not want moves it.
    """
    assert "organisation" not in LEDGER.wants
    with open_pool(database_url, 2) as pool:
        rows = PostgresRowStore(pool)
        progress = Progress(rows)
        runner = Runner(store, rows, [LEDGER], progress=progress)
        runner.step()
        written = store.append(request(write(StreamId("organisation:acme"), 0, "unwanted")))
        assert not progress.wait(written.position, [LEDGER.name], timeout=0.1)
        runner.step()
        assert progress.wait(written.position, [LEDGER.name], timeout=60)


def test_a_wait_for_what_never_comes_ends(store: PostgresStore) -> None:
    began = monotonic()
    assert not store.wait(store.head(), timeout=0.2)
    assert monotonic() - began < 60
