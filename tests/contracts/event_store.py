"""What every event store does, whatever it is made of: EventStore and Feed in one.

A store's own test module gives the fixture `store` and inherits the tests:

    class TestMemoryStore(EventStoreContract): ...
"""

from dataclasses import replace
from typing import Any

import pytest

from commands.ports import Appended, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import RequesterId, TicketNumber
from domain.position import Position
from domain.recorded import Recorded, Source
from domain.ticket.events import TicketOpened
from tests.contracts.feed import FeedContract, Store
from tests.contracts.requests import (
    AT,
    ELSEWHERE,
    HERE,
    KIM,
    RECORDED_AT,
    new_command,
    request,
    tagged,
    tags,
    ticket,
    write,
)

ONE, TWO, THREE = ticket(1), ticket(2), ticket(3)


class EventStoreContract(FeedContract):
    # ── Writing and reading back ─────────────────────────────────────────────────────────────────

    def test_what_is_appended_is_loaded_as_it_was(self, store: Store) -> None:
        source = Source(system="old desk", case="INC1", row=7)
        command = new_command()
        answer = store.append(
            request(write(ONE, 0, "a", "b", source=source), command=command, causation="cause")
        )
        first, second = store.load(HERE, ONE)
        assert (first, second) == answer.events
        assert first == Recorded(
            workspace=HERE,
            stream=ONE,
            version=1,
            lane=first.lane,
            position=1,
            event=tagged("a"),
            recorded_at=RECORDED_AT,
            command_id=command,
            correlation_id="correlation",
            causation_id="cause",
            schema_version=1,
            source=source,
        )
        assert second == replace(first, version=2, position=2, event=tagged("b"))
        assert (answer.stream, answer.version, answer.repeated) == (ONE, 2, False)
        assert answer.position == Position.of({first.lane: 2})

    def test_a_stream_is_loaded_from_where_the_reader_is(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a", "b", "c")))
        assert tags(store.load(HERE, ONE, after=1)) == ["b", "c"]
        assert [store.load(HERE, ONE, after=after) for after in (3, 4)] == [(), ()]

    def test_a_stream_that_nobody_wrote_is_empty(self, store: Store) -> None:
        assert store.load(HERE, ONE) == ()

    def test_several_streams_are_loaded_at_once(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a", "b"), write(TWO, 0, "c")))
        store.append(request(write(TWO, 0, "e"), workspace=ELSEWHERE))
        expected = {ONE: store.load(HERE, ONE, after=1), TWO: store.load(HERE, TWO)}
        assert store.load_many(HERE, {TWO: 0, ONE: 1, THREE: 0}) == expected

    def test_workspaces_share_nothing(self, store: Store) -> None:
        command = new_command()
        store.append(request(write(ONE, 0, "here"), command=command))
        store.append(request(write(ONE, 0, "there"), command=command, workspace=ELSEWHERE))
        assert tags(store.load(HERE, ONE)) == ["here"]
        assert tags(store.load(ELSEWHERE, ONE)) == ["there"]

    # ── Expected versions ────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("expected", [0, 1, 3])
    def test_another_version_than_expected_is_a_conflict(self, store: Store, expected: int) -> None:
        store.append(request(write(ONE, 0, "a", "b")))
        with pytest.raises(VersionConflict) as conflict:
            store.append(request(write(ONE, expected, "c")))
        found = conflict.value
        assert (found.stream, found.expected, found.actual) == (ONE, expected, 2)
        assert tags(store.load(HERE, ONE)) == ["a", "b"]

    def test_a_new_stream_is_at_version_nought(self, store: Store) -> None:
        with pytest.raises(VersionConflict) as conflict:
            store.append(request(write(ONE, 1, "a")))
        assert conflict.value.actual == 0

    def test_the_version_is_checked_although_nothing_is_written(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a")))
        with pytest.raises(VersionConflict):
            store.append(request(write(TWO, 0, "x"), write(ONE, 0)))
        assert store.load(HERE, TWO) == ()
        answer = store.append(request(write(TWO, 0, "x"), write(ONE, 1)))
        assert tags(answer.events) == ["x"]

    def test_after_a_conflict_the_same_command_may_try_again(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a")))
        command = new_command()
        with pytest.raises(VersionConflict):
            store.append(request(write(ONE, 0, "b"), command=command))
        answer = store.append(request(write(ONE, 1, "b"), command=command))
        assert (answer.version, answer.repeated) == (2, False)

    def test_what_a_decision_looked_at_must_still_be_so(self, store: Store) -> None:
        store.append(request(write(TWO, 0, "a", "b")))
        for version, actual, stream in ((1, 2, TWO), (3, 2, TWO), (1, 0, THREE)):
            with pytest.raises(VersionConflict) as conflict:
                store.append(request(write(ONE, 0, "x"), looked_at={stream: version}))
            found = conflict.value
            assert (found.stream, found.expected, found.actual) == (stream, version, actual)
        assert store.load(HERE, ONE) == ()
        answer = store.append(request(write(ONE, 0, "x"), looked_at={TWO: 2, THREE: 0}))
        assert [(e.stream, e.version) for e in answer.events] == [(ONE, 1)]
        assert (answer.stream, answer.version) == (ONE, 1)
        assert tags(store.load(HERE, TWO)) == ["a", "b"]

    def test_what_was_looked_at_counts_as_the_requests_before_left_it(self, store: Store) -> None:
        wrote, refused, accepted = store.append_many(
            [
                request(write(ONE, 0, "a")),
                request(write(TWO, 0, "x"), looked_at={ONE: 0}),
                request(write(THREE, 0, "y"), looked_at={ONE: 1}),
            ]
        )
        assert isinstance(wrote, Appended)
        assert isinstance(refused, VersionConflict)
        assert (refused.stream, refused.actual) == (ONE, 1)
        assert isinstance(accepted, Appended)

    # ── Several streams at once ──────────────────────────────────────────────────────────────────

    def test_several_streams_are_written_together(self, store: Store) -> None:
        store.append(request(write(TWO, 0, "x")))
        answer = store.append(request(write(ONE, 0, "a"), write(TWO, 1, "y"), write(THREE, 0, "z")))
        assert tags(answer.events) == ["a", "y", "z"]
        assert (answer.stream, answer.version) == (ONE, 1)
        assert [event.version for event in answer.events] == [1, 2, 1]
        assert answer.position.covered_by(store.head())
        last = {event.lane: event.position for event in answer.events}
        assert answer.position == Position.of(last)

    def test_several_streams_are_written_together_or_not_at_all(self, store: Store) -> None:
        store.append(request(write(TWO, 0, "x")))
        before = store.head()
        with pytest.raises(VersionConflict) as conflict:
            store.append(request(write(ONE, 0, "a"), write(TWO, 0, "y"), write(THREE, 0, "z")))
        assert conflict.value.stream == TWO
        assert store.load(HERE, ONE) == store.load(HERE, THREE) == ()
        assert store.head() == before

    def test_a_request_names_each_stream_once_and_one_at_least(self, store: Store) -> None:
        with pytest.raises(ValueError, match="once"):
            store.append(request(write(ONE, 0, "a"), write(ONE, 1, "b")))
        with pytest.raises(ValueError, match="at least one"):
            store.append(request())

    # ── Command ids ──────────────────────────────────────────────────────────────────────────────

    def test_a_repeated_command_gets_the_first_answer(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"), write(TWO, 0, "x", "y"))
        first = store.append(asked)
        assert store.append(asked) == replace(first, repeated=True)
        assert tags(store.load(HERE, TWO)) == ["x", "y"]

    def test_it_gets_it_also_when_the_streams_have_moved_on(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"))
        first = store.append(asked)
        store.append(request(write(ONE, 1, "b")))
        assert store.append(asked) == replace(first, repeated=True)
        # A retry decides again, so it may expect another version and bring other events.
        again = request(write(ONE, 2, "c", "d"), command=asked.command_id)
        assert store.append(again) == replace(first, repeated=True)
        assert tags(store.load(HERE, ONE)) == ["a", "b"]

    def test_it_gets_it_also_when_it_changed_nothing(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a")))
        asked = request(write(ONE, 1))
        first = store.append(asked)
        assert (first.version, first.events, first.repeated) == (1, (), False)
        store.append(request(write(ONE, 1, "b")))
        assert store.append(asked) == replace(first, repeated=True)

    def test_what_a_command_was_answered_can_be_asked_for(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"))
        assert store.answered(HERE, asked.command_id, asked.fingerprint) is None
        first = store.append(asked)
        assert store.answered(HERE, asked.command_id, asked.fingerprint) == replace(
            first, repeated=True
        )
        assert store.answered(ELSEWHERE, asked.command_id, asked.fingerprint) is None

    def test_a_command_id_is_for_one_request(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"))
        store.append(asked)
        other = request(write(TWO, 0, "x"), command=asked.command_id, fingerprint="another")
        with pytest.raises(CommandIdReused):
            store.append(other)
        with pytest.raises(CommandIdReused):
            store.answered(HERE, asked.command_id, "another")
        assert store.load(HERE, TWO) == ()

    # ── Many requests at once ────────────────────────────────────────────────────────────────────

    def test_of_many_requests_each_has_its_own_outcome_in_order(self, store: Store) -> None:
        again = request(write(THREE, 0, "z"))
        first = store.append(again)
        outcomes = store.append_many(
            [
                request(write(ONE, 0, "a")),
                request(write(TWO, 5, "x")),
                request(write(ONE, 1, "b"), write(TWO, 0, "y")),
                again,
                request(write(ONE, 1, "c")),
                request(write(ONE, 2)),
            ]
        )
        assert [_brief(outcome) for outcome in outcomes] == [
            (ONE, 1, ["a"]),
            "ticket:2 is at version 0, expected 5",
            (ONE, 2, ["b", "y"]),
            (THREE, 1, ["z"]),
            "ticket:1 is at version 2, expected 1",
            (ONE, 2, []),
        ]
        assert outcomes[3] == replace(first, repeated=True)

    def test_a_command_id_twice_among_many_is_written_once(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"))
        first, second = store.append_many([asked, asked])
        assert isinstance(first, Appended)
        assert second == replace(first, repeated=True)
        assert tags(store.load(HERE, ONE)) == ["a"]

    def test_a_reused_command_id_among_many_does_not_hold_up_the_others(self, store: Store) -> None:
        asked = request(write(ONE, 0, "a"))
        store.append(asked)
        reused = replace(asked, fingerprint="another")
        with pytest.raises(CommandIdReused):
            store.append_many([request(write(TWO, 0, "x")), reused, request(write(THREE, 0, "y"))])
        assert tags(store.load(HERE, TWO)) == ["x"]
        assert tags(store.load(HERE, THREE)) == ["y"]

    def test_no_request_at_all_has_no_outcome(self, store: Store) -> None:
        assert store.append_many([]) == []

    # ── What cannot be stored ────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize(
        "broken",
        [
            TicketOpened(
                number=TicketNumber(2**70),
                requester=RequesterId("mina"),
                subject="Beyond 64 bits",
                by=KIM,
                at=AT,
            ),
            tagged("half a pair: \ud83d"),
        ],
        ids=["big integer", "lone surrogate"],
    )
    def test_what_cannot_be_stored_refuses_the_whole_request(
        self, store: Store, broken: Any
    ) -> None:
        asked = request(write(ONE, 0, "a"), write(TWO, 0, "x", broken))
        with pytest.raises(TypeError):
            store.append(asked)
        assert store.load(HERE, ONE) == store.load(HERE, TWO) == ()
        assert store.answered(HERE, asked.command_id, asked.fingerprint) is None
        assert sum(position for _, position in store.head().lanes) == 0


def _brief(outcome: Appended | VersionConflict) -> object:
    if isinstance(outcome, VersionConflict):
        return str(outcome)
    return outcome.stream, outcome.version, tags(outcome.events)
