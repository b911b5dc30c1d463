"""What every bulk store does, whatever it is made of.

A store's own test module gives the fixture `store` (BulkStore, EventStore and Feed in one) and
inherits the tests.
"""

from collections.abc import Sequence
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory import MemoryStore
from adapters.packing import pack
from commands.ports import Append, BulkStore, EventStore, Receipt, VersionConflict
from domain.errors import CommandIdReused
from domain.position import Position
from domain.recorded import Source
from projections.ports import Feed
from tests.contracts.requests import ELSEWHERE, HERE, new_command, request, tags, ticket, write

ONE, TWO, THREE = ticket(1), ticket(2), ticket(3)


class Store(BulkStore, EventStore, Feed, Protocol):
    """Both ways in, and the way out."""


def told(store: BulkStore, *requests: Append) -> list[Receipt | VersionConflict]:
    return store.append_history([pack(one) for one in requests])


def all_of(store: Feed) -> dict[int, list[object]]:
    return {
        lane: [(r.position, r.workspace, r.stream, r.version, r.event, r.command_id) for r in page]
        for lane in store.lanes()
        for page in [store.page(lane, 0, 10_000)]
    }


class BulkStoreContract:
    def test_what_is_brought_is_loaded_as_an_append_would_have_left_it(self, store: Store) -> None:
        source = Source(system="old desk", case="INC1", row=7)
        one = request(write(ONE, 0, "a", "b", source=source), causation="cause")
        two = request(write(TWO, 0, "c"), write(THREE, 0), workspace=ELSEWHERE)
        assert told(store, one, two) == [Receipt(version=2), Receipt(version=1)]
        beside = MemoryStore(len(store.lanes()))
        beside.append_many([one, two])
        assert store.load(HERE, ONE) == beside.load(HERE, ONE)
        assert store.load(ELSEWHERE, TWO) == beside.load(ELSEWHERE, TWO)
        assert store.head() == beside.head()

    def test_positions_follow_the_order_given_and_have_no_gap(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "first")))
        told(store, *(request(write(ticket(n), 0, "x", "y")) for n in range(10, 60)))
        told(store, *(request(write(ticket(n), 2, "z")) for n in range(59, 9, -1)))
        for lane in store.lanes():
            found = store.page(lane, 0, 1_000)
            assert [r.position for r in found] == list(range(1, len(found) + 1))
            brought = [int(r.stream.partition(":")[2]) for r in found if tags([r]) == ["z"]]
            assert brought == sorted(brought, reverse=True)
        assert sum(at for _, at in store.head().lanes) == 151

    def test_later_requests_go_on_where_earlier_ones_of_the_same_call_ended(
        self, store: Store
    ) -> None:
        outcomes = told(
            store,
            request(write(ONE, 0, "a")),
            request(write(TWO, 0, "b"), write(ONE, 1, "c", "d")),
            request(write(ONE, 3)),
            request(write(ONE, 3, "e"), write(TWO, 1, "f")),
        )
        assert outcomes == [Receipt(version=n) for n in (1, 1, 3, 4)]
        assert tags(store.load(HERE, ONE)) == ["a", "c", "d", "e"]
        assert tags(store.load(HERE, TWO)) == ["b", "f"]

    def test_a_known_command_changes_nothing_and_its_neighbours_are_written(
        self, store: Store
    ) -> None:
        known = request(write(ONE, 0, "a"))
        store.append(known)
        store.append(request(write(ONE, 1, "later")))
        outcomes = told(store, request(write(TWO, 0, "b")), known, request(write(ONE, 2, "c")))
        assert outcomes == [
            Receipt(version=1),
            Receipt(version=1, repeated=True),
            Receipt(version=3),
        ]
        assert tags(store.load(HERE, ONE)) == ["a", "later", "c"]

    def test_the_same_command_twice_in_a_call_is_written_once(self, store: Store) -> None:
        once = request(write(ONE, 0, "a"))
        assert told(store, once, once) == [Receipt(version=1), Receipt(version=1, repeated=True)]
        assert tags(store.load(HERE, ONE)) == ["a"]

    def test_the_same_call_again_is_all_known(self, store: Store) -> None:
        requests = [request(write(ticket(n), 0, "a", "b")) for n in range(20)]
        told(store, *requests)
        before = all_of(store)
        assert set(told(store, *requests)) == {Receipt(version=2, repeated=True)}
        assert all_of(store) == before

    def test_a_conflict_is_that_of_its_request_alone(self, store: Store) -> None:
        outcomes = told(
            store,
            request(write(ONE, 0, "a")),
            request(write(TWO, 0, "b"), write(ONE, 0, "never")),
            request(write(TWO, 0, "c")),
        )
        assert [type(outcome) for outcome in outcomes] == [Receipt, VersionConflict, Receipt]
        conflict = outcomes[1]
        assert isinstance(conflict, VersionConflict)
        assert (conflict.stream, conflict.expected, conflict.actual) == (ONE, 0, 1)
        assert tags(store.load(HERE, TWO)) == ["c"]

    def test_a_reused_command_id_is_refused_after_the_others_were_written(
        self, store: Store
    ) -> None:
        command = new_command()
        store.append(request(write(ONE, 0, "a"), command=command))
        with pytest.raises(CommandIdReused):
            told(
                store,
                request(write(TWO, 0, "b")),
                request(write(THREE, 0, "never"), command=command, fingerprint="other"),
                request(write(TWO, 1, "c")),
            )
        assert tags(store.load(HERE, TWO)) == ["b", "c"]
        assert store.load(HERE, THREE) == ()

    def test_a_command_that_writes_nothing_is_remembered(self, store: Store) -> None:
        nothing = request(write(ONE, 0))
        assert told(store, nothing) == [Receipt(version=0)]
        assert told(store, nothing) == [Receipt(version=0, repeated=True)]
        answered = store.answered(HERE, nothing.command_id, nothing.fingerprint)
        assert answered is not None
        assert answered.events == ()

    def test_an_append_finds_what_was_brought(self, store: Store) -> None:
        brought = request(write(ONE, 0, "a", "b"), write(TWO, 0, "c"))
        told(store, brought)
        answer = store.append(brought)
        assert answer.repeated
        assert tags(answer.events) == ["a", "b", "c"]
        assert answer.position == Position.of(
            {r.lane: r.position for r in sorted(answer.events, key=lambda r: r.position)}
        )
        assert store.append(request(write(ONE, 2, "d"))).version == 3

    def test_no_requests_no_outcomes(self, store: Store) -> None:
        assert told(store) == []

    @given(calls=st.data())
    @settings(
        max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_any_calls_leave_what_appends_would_have_left(
        self, store: Store, calls: st.DataObject
    ) -> None:
        """Streams of this example are its own, so that all examples can share the store."""
        example = new_command()
        beside = MemoryStore()
        versions: dict[str, int] = {}
        given: list[Append] = []
        for _ in range(calls.draw(st.integers(1, 3), label="calls")):
            requests = [
                _any(calls, example, versions, given)
                for _ in range(calls.draw(st.integers(1, 6), label="requests"))
            ]
            assert _outcome(store, requests) == _outcome(beside, requests)
            for n in range(3):
                stream = ticket(f"{example}-{n}")
                found, expected = store.load(HERE, stream), beside.load(HERE, stream)
                assert [(r.version, r.event, r.command_id) for r in found] == [
                    (r.version, r.event, r.command_id) for r in expected
                ]
        for lane in store.lanes():
            positions = [r.position for r in store.page(lane, 0, 100_000)]
            assert positions == list(range(1, len(positions) + 1))


def _any(
    calls: st.DataObject, example: object, versions: dict[str, int], given: list[Append]
) -> Append:
    """A request that mostly fits, or one that was given before, or one with its command id."""
    again = calls.draw(st.integers(0, 9), label="again")
    if given and again == 0:
        return calls.draw(st.sampled_from(given))
    writes = []
    for n in calls.draw(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)):
        stream = ticket(f"{example}-{n}")
        wrong = calls.draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, -1, 1]))
        expected = max(0, versions.get(stream, 0) + wrong)
        events = [str(k) for k in range(calls.draw(st.integers(0, 3)))]
        versions[stream] = expected + len(events)
        writes.append(write(stream, expected, *events))
    command = calls.draw(st.sampled_from(given)).command_id if given and again == 1 else None
    given.append(request(*writes, command=command, fingerprint=f"digest {len(given)}"))
    return given[-1]


def _outcome(store: BulkStore, requests: Sequence[Append]) -> object:
    try:
        outcomes = told(store, *requests)
    except CommandIdReused as refusal:
        return refusal.code
    return [
        (one.stream, one.expected, one.actual) if isinstance(one, VersionConflict) else one
        for one in outcomes
    ]
