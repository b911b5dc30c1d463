"""The board keeps up with its book: what was counted stays, what is foreseen changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory_rows import MemoryRowStore
from domain.calendar import WHOLE_DAY
from domain.conditions import ALWAYS as EVERY_TICKET
from domain.conditions import Comparison, Condition, Op
from domain.happened import Happened
from domain.ids import SLA_BOOK, CalendarId, PolicyId, RequesterId
from domain.record import with_changes
from domain.sla import judge
from domain.sla.book import Book, fold
from domain.sla.book_events import (
    BookEvent,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.clock import ClockState
from domain.sla.policy import PAUSES, AppliesTo, ClockName, Options, Promise, Step, Target
from domain.ticket.events import TicketResolved
from domain.ticket.words import Priority
from projections import sla_board
from projections.ports import Build
from projections.run import Runner
from projections.sla_board import ClockFilter, page
from projections.verify import verify
from tests import given as house
from tests.projections.log import HOME, KIM, Log, minute, opened, ticket
from tests.projections.postgres import Views
from tests.strategies import histories

HOUR = 3600
ROUND_THE_CLOCK = CalendarId("24x7")


def policy(
    hours: float,
    at: datetime,
    *,
    ident: str = "gold",
    rank: int = 1,
    condition: Condition = EVERY_TICKET,
    calendar: CalendarId = ROUND_THE_CLOCK,
    effective_at: datetime | None = None,
    applies_to: AppliesTo = AppliesTo.RUNNING,
) -> PolicySet:
    """All seven clocks, with a warning at half of the time."""
    targets = {priority: Target(seconds=hours * HOUR, calendar=calendar) for priority in Priority}
    return PolicySet(
        policy=PolicyId(ident),
        name=ident.title(),
        rank=rank,
        condition=condition,
        promises=tuple(
            Promise(
                clock=clock,
                targets=targets,
                paused_in=PAUSES[clock],
                steps=(Step(name="half", share=0.5),),
            )
            for clock in ClockName
        ),
        options=Options(),
        effective_at=effective_at or at,
        applies_to=applies_to,
        by=KIM,
        at=at,
    )


def calendar(at: datetime, zone: str, effective_at: datetime | None = None) -> CalendarSet:
    weekly = ((0, 12 * HOUR), WHOLE_DAY[0:1], (), WHOLE_DAY[0:1], WHOLE_DAY[0:1], (), ())
    return CalendarSet(
        calendar=CalendarId("shifts"),
        name="Shifts",
        zone=zone,
        weekly=(weekly[0:1], *weekly[1:]),
        effective_at=effective_at or at,
        by=KIM,
        at=at,
    )


class Desk:
    """A log, its board in memory, and the worker that keeps it."""

    def __init__(self) -> None:
        self.log = Log()
        self.store = MemoryRowStore()
        self.runner = Runner(self.log, self.store, (sla_board.PROJECTION,), page=3)

    def catch_up(self) -> None:
        self.runner._look_at = 0.0
        while self.runner.step():
            self.runner._look_at = 0.0

    def problems(self) -> Sequence[Any]:
        found = verify(sla_board.PROJECTION, self.log, self.store)
        assert found is not None
        return [*found.differences, *found.parked]


def resolved(at: float) -> TicketResolved:
    return TicketResolved(requester=RequesterId("ann"), code="fixed", by=KIM, at=minute(at))


def first_response(views: Views, book: Book, now: datetime) -> Any:
    wanted = ClockFilter(clocks=(ClockName.FIRST_RESPONSE,))
    (row,) = page(views.reader(), wanted, now, book).rows
    return row.clock


def book_of(log: Log) -> Book:
    return fold(recorded.event for recorded in log.load(HOME, SLA_BOOK))


def due_in_rows(views: Views, read: str = "due_at") -> Any:
    ((at,),) = views.rows(f"SELECT {read} FROM read.sla_clock WHERE clock = 'first_response'")
    return at


def test_a_running_clock_takes_an_edit_from_its_instant_without_an_event(views: Views) -> None:
    log = Log()
    log.write(SLA_BOOK, policy(2, minute(-10)))
    log.write(ticket("runs"), opened(1, 0))
    views.catch_up(log, (sla_board.PROJECTION,))
    assert due_in_rows(views) == minute(120)
    assert due_in_rows(views, "watch_at") == minute(60)
    log.write(SLA_BOOK, policy(1, minute(20), effective_at=minute(40)))
    views.catch_up(log, (sla_board.PROJECTION,))
    assert due_in_rows(views) == minute(60)
    # At its effective instant half of the new time is behind the clock already.
    assert due_in_rows(views, "watch_at") == minute(40)
    assert first_response(views, book_of(log), minute(39)).target == 2 * HOUR
    assert first_response(views, book_of(log), minute(41)).target == 1 * HOUR


def test_an_edit_leaves_alone_what_was_decided(views: Views) -> None:
    log = Log()
    log.write(SLA_BOOK, policy(2, minute(-10)))
    log.write(ticket("done"), opened(1, 0), resolved(30))
    views.catch_up(log, (sla_board.PROJECTION,))
    before = views.rows("SELECT * FROM read.sla_decision ORDER BY what")
    log.write(SLA_BOOK, policy(0.1, minute(60)))
    views.catch_up(log, (sla_board.PROJECTION,))
    assert views.rows("SELECT * FROM read.sla_decision ORDER BY what") == before


def test_a_rejudgement_changes_the_past_and_remembers_what_was_known(views: Views) -> None:
    log = Log()
    log.write(SLA_BOOK, policy(2, minute(-10)))
    log.write(ticket("done"), opened(1, 0), resolved(30))
    log.write(SLA_BOOK, policy(0.1, minute(60)))
    anew = HistoryRejudged(since=minute(-5), reason="The contract said so.", by=KIM, at=minute(90))
    log.write(SLA_BOOK, anew)
    views.catch_up(log, (sla_board.PROJECTION,))
    assert views.rows(
        "SELECT score, at, known_from, known_until, known_version FROM read.sla_decision"
        " WHERE what = 'resolution' ORDER BY known_from"
    ) == [
        (1, minute(30), minute(30), minute(90), 2),
        (0, minute(6), minute(90), None, -3),
    ]
    found = verify(sla_board.PROJECTION, log, views.store)
    assert found is not None
    assert found.sound


EDITS = st.sampled_from(
    ["shorter", "longer", "urgent", "later", "new", "shifts", "moved", "retire", "anew", "cheap"]
)


def edit(kind: str, at: datetime, before: datetime) -> BookEvent:
    """One of the things that people do to a book."""
    hour = timedelta(hours=1)
    urgent = Comparison(attribute="priority", op=Op.IS, values=("urgent", "high"))
    match kind:
        case "shorter":
            return policy(1, at)
        case "longer":
            return policy(100, at, rank=3)
        case "urgent":
            return policy(3, at, ident="vip", rank=0, condition=urgent)
        case "later":
            return policy(20, at, effective_at=at + 30 * hour)
        case "new":
            return policy(6, at, effective_at=at + hour, applies_to=AppliesTo.NEW_TICKETS)
        case "shifts":
            return policy(8, at, ident="night", rank=0, calendar=CalendarId("shifts"))
        case "moved":
            return calendar(at, "Asia/Seoul", at + hour)
        case "retire":
            return PolicyRetired(policy=PolicyId("gold"), effective_at=at, by=KIM, at=at)
        case "cheap":
            return policy(
                0.5, at, ident="queue", condition=Comparison(attribute="queue", op=Op.IS_SET)
            )
        case _:
            return HistoryRejudged(since=before, reason="tried", by=KIM, at=at)


def interleaved(made: house.Log) -> list[tuple[Any, Happened]]:
    """The events of all tickets by their instants."""
    streams = [s for s in made.streams if s.startswith("ticket:")]
    events = [(stream, event) for stream in streams for event in made.streams[stream]]
    return sorted(events, key=lambda pair: pair[1].at)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=histories(steps=14),
    edits=st.lists(st.tuples(st.integers(0, 30), EDITS), max_size=6),
    stops=st.sets(st.integers(0, 40), max_size=5),
)
def test_a_board_that_went_along_is_the_one_built_from_the_log(
    history: tuple[house.Log, datetime], edits: list[tuple[int, str]], stops: set[int]
) -> None:
    made, last = history
    desk, tick = Desk(), timedelta(microseconds=1)
    events = interleaved(made)
    start = now = events[0][1].at
    desk.log.write(SLA_BOOK, calendar(start, "Australia/Lord_Howe"))
    for n, (stream, event) in enumerate(events):
        for kind in (kind for place, kind in edits if place == n):
            now = max(now + tick, event.at)  # no two things happen at once
            desk.log.write(SLA_BOOK, edit(kind, now, start + (now - start) / 2))
        now = max(now + tick, event.at)
        tell_what_took_effect(desk.log, now)
        now += tick
        desk.log.write(stream, with_changes(event, at=now))
        if n in stops:
            desk.catch_up()
    now = last + timedelta(hours=5)
    tell_what_took_effect(desk.log, now)
    desk.catch_up()
    assert desk.problems() == []
    agrees_with_the_judge(desk, now)


def tell_what_took_effect(log: Log, now: datetime) -> None:
    """What the timers do."""
    for edit in book_of(log).awaited(now):
        log.write(SLA_BOOK, EditTookEffect(edit=edit, by=KIM, at=now))


def agrees_with_the_judge(desk: Desk, now: datetime) -> None:
    """The rows say what the judge says of the whole history, by the book as it is."""
    book = book_of(desk.log)
    copy = desk.store._copies[sla_board.PROJECTION.name, Build.LIVE]
    for stream in {r.stream for r in desk.log.all() if r.stream != SLA_BOOK}:
        clocks = judge.clocks(desk.log.load(HOME, stream), book, now)
        rows = {
            (row.clock, row.instance): row
            for row in copy.tables["sla_clock"].values()
            if stream.endswith(row.ticket)
        }
        assert set(rows) == {(clock.name.value, clock.instance) for clock in clocks}
        for clock in clocks:
            row = rows[clock.name.value, clock.instance]
            if clock.state in (ClockState.MET, ClockState.CANCELLED):
                assert row.state == clock.state
            if clock.breached_at is not None:
                assert row.due_at == clock.breached_at
