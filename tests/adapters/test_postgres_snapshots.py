"""Snapshots: a head start for a fold, which changes nothing about its result."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from psycopg_pool import ConnectionPool

from adapters.postgres.pool import open_pool
from adapters.postgres.snapshots import Due, PostgresSnapshots, code_digest
from adapters.postgres.store import PostgresStore
from commands.ports import Loaded
from domain.ids import SLA_BOOK, StreamId
from domain.sla.book import Book
from domain.sla.starter import STARTER
from domain.states import FOLDS, fold_stream
from domain.ticket.state import Ticket
from tests.contracts.requests import ELSEWHERE, HERE, request, ticket, write
from tests.given import Log
from tests.strategies import histories

Pool = ConnectionPool[Any]
NUMBERS = count()


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    """Connections with the rights that programs have."""
    with open_pool(database_url, 2, role="chronodesk_writer") as pool:
        yield pool


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories())
def test_a_snapshot_and_the_events_after_it_are_the_fold_from_zero(
    pool: Pool, history: tuple[Log, datetime]
) -> None:
    log, _ = history
    snapshots = PostgresSnapshots(pool, digest=str(next(NUMBERS)))
    for stream, happened in log.streams.items():
        for version in range(1, len(happened) + 1):
            taken = Loaded(state=fold_stream(stream, happened[:version]), version=version)
            assert snapshots.take(HERE, stream, taken, epoch=0)
            found = snapshots.load(HERE, [stream])[stream]
            assert found == taken
            whole = fold_stream(stream, happened)
            assert fold_stream(stream, happened[version:], found.state) == whole


@pytest.mark.parametrize("category", FOLDS)
def test_every_kind_of_state_comes_back(pool: Pool, category: str) -> None:
    stream = StreamId(f"{category}:1")
    taken = Loaded(state=FOLDS[category].initial, version=1)
    snapshots = PostgresSnapshots(pool)
    assert snapshots.take(HERE, stream, taken, epoch=0)
    assert snapshots.load(HERE, [stream]) == {stream: taken}


def test_what_a_state_has_worked_out_meanwhile_is_no_part_of_it(pool: Pool) -> None:
    book = Book()
    assert book.policy_version(STARTER.id, 0) == STARTER  # it keeps an index from now on
    snapshots = PostgresSnapshots(pool)
    assert snapshots.take(HERE, SLA_BOOK, Loaded(state=book, version=1), epoch=0)
    assert snapshots.load(HERE, [SLA_BOOK])[SLA_BOOK].state == book


def test_the_last_one_of_each_stream_is_loaded(pool: Pool) -> None:
    snapshots = PostgresSnapshots(pool)
    for version in (2, 30, 4):
        snapshots.take(HERE, ticket(1), _state(version), epoch=0)
    snapshots.take(HERE, ticket(2), _state(5), epoch=0)
    snapshots.take(ELSEWHERE, ticket(1), _state(90), epoch=0)
    found = snapshots.load(HERE, [ticket(1), ticket(2), ticket(3)])
    assert {stream: one.version for stream, one in found.items()} == {ticket(1): 30, ticket(2): 5}


def test_a_process_knows_of_its_own_and_at_its_next_look_of_others(pool: Pool) -> None:
    here, elsewhere = PostgresSnapshots(pool), PostgresSnapshots(pool)
    here.take(HERE, ticket(1), _state(2), epoch=0)
    PostgresSnapshots(pool, digest="older code").take(HERE, ticket(2), _state(2), epoch=0)
    assert [here.has(HERE, ticket(n)) for n in (1, 2)] == [True, False]
    assert not elsewhere.has(HERE, ticket(1))
    elsewhere.look()
    assert [elsewhere.has(HERE, ticket(n)) for n in (1, 2)] == [True, False]
    assert not elsewhere.has(ELSEWHERE, ticket(1))


def test_other_code_does_not_see_it(pool: Pool) -> None:
    PostgresSnapshots(pool, digest="older code").take(HERE, ticket(1), _state(2), epoch=0)
    snapshots = PostgresSnapshots(pool)
    assert snapshots.load(HERE, [ticket(1)]) == {}
    snapshots.take(HERE, ticket(1), _state(2), epoch=0)
    assert snapshots.load(HERE, [ticket(1)]) == {ticket(1): _state(2)}


def test_the_digest_is_the_same_in_every_process_of_the_same_code() -> None:
    before = code_digest()
    code_digest.cache_clear()
    assert code_digest() == before


def test_what_would_not_come_back_as_it_was_is_not_kept(pool: Pool) -> None:
    broken, changed = Ticket(), Ticket()
    object.__setattr__(broken, "reopened", timedelta(days=1))
    object.__setattr__(changed, "tags", ["a", "a"])
    snapshots = PostgresSnapshots(pool)
    for state in (broken, changed):
        assert not snapshots.take(HERE, ticket(1), Loaded(state=state, version=1), epoch=0)
    assert snapshots.load(HERE, [ticket(1)]) == {}


def test_old_ones_are_deleted(pool: Pool) -> None:
    snapshots = PostgresSnapshots(pool)
    PostgresSnapshots(pool, digest="older code").take(HERE, ticket(1), _state(50), epoch=0)
    for version in (1, 2, 3):
        snapshots.take(HERE, ticket(1), _state(version), epoch=0)
    snapshots.take(HERE, ticket(2), _state(1), epoch=0)
    assert snapshots.prune(keep=2) == 2
    assert snapshots.prune() == 1
    assert snapshots.prune() == 0
    found = snapshots.load(HERE, [ticket(1), ticket(2)])
    assert [one.version for one in found.values()] == [3, 1]


def test_streams_that_have_grown_are_named(pool: Pool) -> None:
    store, snapshots = PostgresStore(pool), PostgresSnapshots(pool)
    store.append(request(write(ticket(1), 0, *"abcdefgh"), write(ticket(2), 0, *"abcde")))
    store.append(request(write(ticket(3), 0, "a")))
    assert snapshots.due(5) == [Due(HERE, ticket(1), 0), Due(HERE, ticket(2), 0)]
    snapshots.take(HERE, ticket(1), _state(3), epoch=0)
    snapshots.take(HERE, ticket(2), _state(1), epoch=0)
    assert snapshots.due(5) == [Due(HERE, ticket(1), 3)]


def _state(version: int) -> Loaded:
    return Loaded(state=FOLDS["ticket"].initial, version=version)
