"""The clock beside a ticket is the one that comes due next, and reads as the judge says."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from domain.ids import SLA_BOOK
from domain.recorded import Recorded
from domain.sla import judge
from domain.sla.book import Book, fold
from domain.sla.clock import Because, Clock, ClockState
from domain.sla.policy import ClockName
from domain.ticket.events import TicketPended, TicketReopened, TicketResolved
from domain.ticket.words import Priority
from projections import sla_board
from projections.sla_board import NextClock, next_clocks
from projections.sla_board.rows import TICKET
from tests import given as house
from tests.projections.kept import applied
from tests.projections.log import ANN, KIM, Log, minute, opened, replied, said, ticket
from tests.projections.postgres import Views
from tests.projections.test_sla_book_edits import policy
from tests.strategies import histories

FOR_EVER = timedelta(days=10_000)


class Held:
    """A Reader that gives the rows it was made with."""

    def __init__(self, *rows: Any) -> None:
        self.rows = [asdict(row) for row in rows if row.next_clock is not None]

    def fetch(
        self, query: str, params: Mapping[str, Any] | None = None, *, counts: bool = False
    ) -> list[dict[str, Any]]:
        assert params is not None
        assert not counts
        return [row for row in self.rows if row["ticket"] in params["tickets"]]


def goes_on(clock: Clock) -> bool:
    states = (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)
    if clock.state not in states or clock.stopped_at is not None or clock.target is None:
        return False
    moves = [reason.what for reason in clock.reasons if reason.what is not Because.RETARGETED]
    return moves[-1] is not Because.CANCELLED


def expected(events: Sequence[Recorded[Any]], book: Book, last: datetime) -> Clock | None:
    """Looked for in plain words among all clocks of a ticket, as of its last event."""
    open_ = [clock for clock in judge.clocks(events, book, last) if goes_on(clock)]
    running = [clock for clock in open_ if clock.state is ClockState.RUNNING]
    late = [clock for clock in open_ if clock.state is ClockState.BREACHED]
    if running or late:
        return min(running or late, key=lambda c: (c.due_at or last + FOR_EVER, c.name.value))
    return min(open_, key=lambda c: (c.remaining, c.name.value), default=None)


def reads(events: Sequence[Recorded[Any]], book: Book, found: Clock, at: datetime) -> Clock:
    clocks = judge.clocks(events, book, at)
    return next(c for c in clocks if (c.name, c.instance) == (found.name, found.instance))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(steps=16))
def test_it_is_the_one_the_judge_would_name(history: tuple[house.Log, datetime]) -> None:
    made, last = history
    log = Log()
    (edit,) = log.write(SLA_BOOK, policy(2, last - timedelta(days=400)))
    book = fold([edit.event])
    for stream in (s for s in made.streams if s.startswith("ticket:")):
        events = made.history(stream)
        edit = replace(edit, workspace=events[0].workspace)
        (row,) = applied(sla_board.PROJECTION, [edit, *events], [2, 5])[TICKET.name].values()
        chosen = expected(events, book, row.last_at)
        assert (row.next_clock is None) is (chosen is None)
        if chosen is None:
            continue
        for now in (row.last_at, last + timedelta(hours=1), last + timedelta(hours=5)):
            (shown,) = next_clocks(Held(row), [row.ticket], now, book).values()
            clock = reads(events, book, chosen, now)
            assert (shown.clock, shown.state) == (clock.name.value, clock.state.value)
            assert (shown.due_at, shown.target_seconds) == (clock.due_at, clock.target)
            assert shown.remaining_seconds == clock.remaining
            late = [c for c in judge.clocks(events, book, now) if _is_late(c, events, book, now)]
            assert shown.breached == len(late)
        if chosen.state is ClockState.RUNNING:
            later = reads(events, book, chosen, row.last_at + FOR_EVER)
            assert shown.warn_at == next(reached.at for reached in later.reached)


def _is_late(clock: Clock, events: Sequence[Recorded[Any]], book: Book, now: datetime) -> bool:
    """It is breached and still counts."""
    if clock.state is not ClockState.BREACHED or clock.stopped_at is not None:
        return False
    later = reads(events, book, clock, now + timedelta(days=30))
    return later.elapsed > clock.elapsed


def shown(views: Views, name: str, now: float) -> NextClock | None:
    return next_clocks(views.reader(), [name], minute(now), Book()).get(name)


def test_what_a_list_counts_down(views: Views) -> None:
    """Urgent tickets: half an hour to answer, four to resolve, round the clock."""
    log = Log()
    urgent: dict[str, Any] = {"priority": Priority.URGENT}
    resolved = TicketResolved(requester=opened().requester, code="fixed", by=KIM, at=minute(30))
    log.write(ticket("runs"), opened(1, **urgent))
    log.write(ticket("answered"), opened(2, **urgent), replied("a", 10))
    log.write(ticket("asleep"), opened(3, **urgent), replied("b", 10))
    log.write(ticket("asleep"), TicketPended(reason="asked", by=KIM, at=minute(20)))
    log.write(ticket("done"), opened(4, **urgent), replied("c", 10), resolved)
    views.catch_up(log, (sla_board.PROJECTION,))
    runs = shown(views, "runs", 20)
    assert runs == NextClock(
        clock="first_response",
        state="running",
        due_at=minute(30),
        warn_at=None,
        target_seconds=1800,
        remaining_seconds=600,
        breached=0,
    )
    late = shown(views, "runs", 31)
    assert late is not None
    assert (late.state, late.remaining_seconds, late.breached) == ("breached", -60, 1)
    answered = shown(views, "answered", 20)
    assert answered is not None
    assert (answered.clock, answered.due_at) == ("resolution", minute(240))
    asleep = shown(views, "asleep", 99)
    assert asleep is not None
    assert (asleep.state, asleep.due_at) == ("paused", None)
    assert asleep.remaining_seconds == 220 * 60
    assert shown(views, "done", 99) is None
    assert next_clocks(views.reader(), [], minute(0), Book()) == {}


def test_a_promise_that_can_be_kept_comes_before_one_that_is_broken(views: Views) -> None:
    log = Log()
    log.write(SLA_BOOK, policy(1, minute(-10)))
    log.write(ticket("late"), opened(1), replied("a", 10), said("and?", 50))
    views.catch_up(log, (sla_board.PROJECTION,))
    book = fold(recorded.event for recorded in log.load(opened_in(log), SLA_BOOK))
    (found,) = next_clocks(views.reader(), ["late"], minute(65), book).values()
    assert (found.clock, found.due_at) == ("resolution", minute(60))
    log.write(ticket("late"), TicketReopened(reason="again", by=ANN, at=minute(66)))
    views.catch_up(log, (sla_board.PROJECTION,))
    (found,) = next_clocks(views.reader(), ["late"], minute(70), book).values()
    assert (found.clock, found.due_at) == (ClockName.UPDATE.value, minute(70))
    assert found.breached > 1


def opened_in(log: Log) -> Any:
    return log.all()[0].workspace
