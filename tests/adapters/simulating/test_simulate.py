from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from adapters.memory import MemoryNumbers, MemoryStore
from adapters.packing import pack, unpack
from adapters.simulating import windows
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import Strand, simulate
from adapters.simulating.write import write
from commands.ports import Append, Packed
from domain.ids import WorkspaceId, category_of
from domain.recorded import Recorded
from domain.ticket.events import (
    FollowUpRequested,
    MessageReceived,
    ReplySent,
    TicketOpened,
    TicketQueued,
)
from domain.ticket.state import Ticket, fold
from domain.ticket.words import Status

START = datetime(2025, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = Plan(
    workspace=WorkspaceId("default"),
    tickets=300,
    seed=7,
    start=START,
    end=START + timedelta(days=30),
)


def unwatched(tickets: int, events: int) -> None:
    """Nobody looks at the progress."""


@cache
def told(plan: Plan = PLAN) -> tuple[Sequence[Append], ...]:
    return tuple(unpacked(simulate(plan, MemoryNumbers(), NOW)))


def unpacked(told: Iterable[Sequence[Packed]]) -> Iterator[Sequence[Append]]:
    for together in told:
        yield [unpack(one) for one in together]


def packed(told: Iterable[Sequence[Append]]) -> Iterator[Sequence[Packed]]:
    for together in told:
        yield [pack(one) for one in together]


@cache
def log() -> MemoryStore:
    store = MemoryStore()
    write(store, packed(told()), unwatched)
    return store


def events() -> list[Recorded[Any]]:
    return list(log().page(0, 0, 1_000_000))


def tickets() -> list[Ticket]:
    streams: dict[str, list[Any]] = {}
    for recorded in events():
        if category_of(recorded.stream) == "ticket":
            streams.setdefault(recorded.stream, []).append(recorded.event)
    return [fold(happened) for happened in streams.values()]


def test_the_same_plan_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert list(simulate(PLAN, MemoryNumbers(), NOW)) == list(packed(told()))
    other = Plan(workspace=PLAN.workspace, tickets=300, seed=8, start=PLAN.start, end=PLAN.end)
    assert told() != told(other)


BUSY = Plan(
    workspace=PLAN.workspace, tickets=600, seed=7, start=START, end=START + timedelta(days=4)
)


@pytest.mark.parametrize("processes", [2, 3])
def test_the_stories_do_not_depend_on_the_number_of_processes(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_TICKETS", 100)
    assert BUSY.strands == 3
    alone = list(simulate(BUSY, MemoryNumbers(), NOW))
    assert list(simulate(BUSY, MemoryNumbers(), NOW, processes)) == alone


def test_strands_share_the_desk_and_nothing_else() -> None:
    store = MemoryStore()
    written = write(store, simulate(BUSY, MemoryNumbers(), NOW), unwatched)
    assert (written.tickets, written.refused, written.known) == (600, 0, 0)
    opened = [r for r in store.page(0, 0, 1_000_000) if isinstance(r.event, TicketOpened)]
    by_time = sorted(opened, key=lambda recorded: recorded.occurred_at)
    assert [recorded.event.number for recorded in by_time] == list(range(1, 601))


def test_exactly_as_many_tickets_as_asked_for() -> None:
    opened = [r for r in events() if isinstance(r.event, TicketOpened)]
    assert len(opened) == PLAN.tickets
    by_time = sorted(opened, key=lambda recorded: recorded.occurred_at)
    numbers = [recorded.event.number for recorded in by_time]
    assert numbers == sorted(set(numbers))


def test_a_ticket_that_has_come_to_its_end_is_written_as_a_whole() -> None:
    seen: set[str] = set()
    for together in told():
        writes = [one for append in together for one in append.writes]
        begun = {one.stream for one in writes if one.expected_version == 0}
        for one in writes:
            # Only who comes back writes on a ticket that was closed before.
            late = all(isinstance(new.event, FollowUpRequested) for new in one.events)
            assert one.stream in begun or late
        assert not begun & seen
        seen |= begun


def test_each_ticket_is_in_the_order_of_time_within_the_window_and_marked() -> None:
    streams: dict[str, list[datetime]] = {}
    for recorded in events():
        streams.setdefault(recorded.stream, []).append(recorded.occurred_at)
    for instants in streams.values():
        assert instants == sorted(instants)
        assert PLAN.start <= instants[0]
        assert instants[-1] < PLAN.end
    assert {r.recorded_at for r in events()} == {NOW}
    assert {r.source.system for r in events() if r.source} == {"simulation"}
    assert all(r.source is not None for r in events())


def test_the_same_simulation_again_adds_nothing() -> None:
    store = MemoryStore()
    first = write(store, packed(told()), unwatched)
    again = write(store, simulate(PLAN, MemoryNumbers(), NOW + timedelta(days=1)), unwatched)
    assert first.refused == first.known == 0
    assert again.events == again.commands == again.refused == 0
    assert again.known == first.commands


def test_an_interrupted_simulation_goes_on_where_it_stopped() -> None:
    store = MemoryStore()
    before = write(store, packed(told()[:200]), unwatched)
    rest = write(store, packed(told()), unwatched)
    assert rest.known == before.commands > 0
    assert [r.event for r in store.page(0, 0, 1_000_000)] == [r.event for r in events()]


def test_a_second_seed_shares_the_agents_and_queues() -> None:
    store = MemoryStore()
    numbers = MemoryNumbers()
    for seed in (1, 2):
        plan = Plan(workspace=PLAN.workspace, tickets=50, seed=seed, start=PLAN.start, end=PLAN.end)
        assert write(store, simulate(plan, numbers, NOW), unwatched).refused == 0
    kinds = Counter(category_of(r.stream) for r in store.page(0, 0, 1_000_000) if r.version == 1)
    assert kinds["ticket"] == 100
    assert kinds["queue"] == kinds["team"] == 7


def test_a_living_desk_is_left_behind() -> None:
    found = Counter(ticket.status for ticket in tickets())
    assert found[Status.CLOSED] > PLAN.tickets / 2
    assert sum(found[status] for status in Status if status.is_backlog) >= 5
    assert found[Status.RESOLVED] >= 10
    last = max(r.occurred_at for r in events())
    assert PLAN.end - last < timedelta(hours=12)


def test_everything_that_happens_on_a_desk_happens() -> None:
    kinds = Counter(r.event.kind for r in events())
    assert {
        "ticket.acknowledged", "ticket.assigned", "ticket.queued", "ticket.pended", "ticket.held",
        "ticket.resumed", "ticket.resolved", "ticket.reopened", "ticket.closed",
        "ticket.cancelled", "ticket.merged", "ticket.absorbed", "ticket.follow_up_requested",
        "ticket.prioritised", "ticket.categorised", "ticket.tagged", "ticket.field_set",
        "ticket.escalated", "ticket.note_added", "ticket.satisfaction_asked",
        "ticket.satisfaction_rated",
    } <= kinds.keys()  # fmt: skip


def test_people_write_in_their_own_languages() -> None:
    opened = [r.event for r in events() if isinstance(r.event, TicketOpened)]
    languages = Counter(event.language for event in opened)
    assert languages["ko"] > languages["en"] > 0
    for event in opened:
        has_hangul = any("가" <= letter <= "힣" for letter in event.description)
        assert has_hangul or event.language == "en"


def test_answers_come_after_questions_and_agents_answer() -> None:
    written = [r.event for r in events() if isinstance(r.event, ReplySent | MessageReceived)]
    assert {event.by.kind for event in written if isinstance(event, ReplySent)} == {"agent"}
    assert {e.by.kind for e in written if isinstance(e, MessageReceived)} == {"requester"}
    assert any(isinstance(r.event, TicketQueued) for r in events())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tickets": -1}, "negative"),
        ({"end": START}, "before"),
        ({"start": START.replace(tzinfo=None)}, "time zone"),
        ({"end": START + timedelta(days=5_000)}, "days"),
    ],
)
def test_a_plan_without_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    given = {name: getattr(PLAN, name) for name in Plan.__dataclass_fields__}
    with pytest.raises(ValueError, match=message):
        Plan(**(given | changes))


def test_no_ticket_is_a_simulation_too() -> None:
    plan = Plan(workspace=PLAN.workspace, tickets=0, seed=1, start=PLAN.start, end=PLAN.end)
    assert all(category_of(w.stream) != "ticket" for t in told(plan) for a in t for w in a.writes)


def test_memory_holds_what_is_going_on_and_not_all_that_ever_was() -> None:
    plan = Plan(
        workspace=PLAN.workspace,
        tickets=900,
        seed=3,
        start=START,
        end=START + timedelta(days=200),
    )
    running = Strand(plan, NOW, strand=0)
    for window in windows.windows(plan, MemoryNumbers()):
        list(running.tell(window))
    kept = [stream for stream in running._desk._states if category_of(stream) == "ticket"]
    assert len(kept) < 550
