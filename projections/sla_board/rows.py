"""The tables of the SLA board, and a clock as its row."""

from datetime import datetime

from domain.record import record
from domain.sla.clock import ClockState, Mode, Track
from projections.columns import columns_of
from projections.kpi.facts import dimensions_of
from projections.kpi.rows import Dimensions, fact_table
from projections.ports import Table
from projections.sla_board.state_text import track_text


@record
class SlaTicketRow(Dimensions):
    """A ticket and the state of its clocks between events (see state_text.py).

    `book` is the version of the workspace's book by which they were judged last; of a ticket that
    is over, the latest that could matter. `live`: it is not over, so that an edit of the book may
    concern it. `known_at` is when the log heard of the ticket, `imported` whether its status is
    what an imported history says: nothing is announced of what lies before the one, or because of
    the other. The rest tells of the clock that lists show (see next_clock.py); `dues` are the ends
    of all clocks that count, ascending.
    """

    workspace: str
    ticket: str
    lane: int
    number: int
    version: int
    status: str
    last_at: datetime
    known_at: datetime
    imported: bool
    live: bool
    book: int
    state: str
    next_clock: str | None = None
    next_state: str | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    target: float | None = None
    remaining: float | None = None
    since: datetime | None = None
    calendar: str | None = None
    calendar_version: int | None = None
    dues: tuple[datetime, ...] = ()


@record
class SlaClockRow(Dimensions):
    """One clock as its last event left it; seconds are open ones on the target's calendar.

    `instance` is the version of the event that started it. `state` is that of the last event: a
    running clock whose `due_at` has passed is breached. `elapsed` and `remaining` were true at
    `since` when it runs, and still are when it does not. `watch_at` is the next instant that is to
    be announced: a step or the breach, perhaps one that is over. `decided_version` is the event
    that showed how it ended, `versions` are all that did something to it. `body` is the whole
    clock, once it is over for good; until then the ticket's row has it.
    """

    workspace: str
    ticket: str
    clock: str
    instance: int
    number: int
    stay: str | None = None
    version: int
    state: str
    policy: str
    policy_version: int
    target: float | None = None
    calendar: str | None = None
    calendar_version: int | None = None
    started_at: datetime
    since: datetime | None = None
    elapsed: float
    remaining: float | None = None
    due_at: datetime | None = None
    watch_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    decided_version: int | None = None
    versions: tuple[int, ...]
    body: str | None = None


@record
class SlaClockCount:
    """How many clocks of a name their last events left in a state."""

    workspace: str
    clock: str
    state: str
    clocks: int


@record
class SlaBookRow:
    """The newest version of a workspace's book that this view has heard of."""

    workspace: str
    version: int


@record
class SlaRefreshedRow:
    """Up to which version of the book all tickets of a lane were looked at."""

    workspace: str
    lane: int
    version: int


TICKET = Table(
    name="sla_ticket",
    row=SlaTicketRow,
    key=("workspace", "ticket"),
    ddl=columns_of(SlaTicketRow),
    indexes=(
        "(workspace, lane, live, book, last_at)",
        "(workspace, number) WHERE live",
        "(workspace, due_at, number) WHERE due_at IS NOT NULL",
        "(workspace, next_state) WHERE next_clock IS NOT NULL",
    ),
    by_stream=True,
)
CLOCK = Table(
    name="sla_clock",
    row=SlaClockRow,
    key=("workspace", "ticket", "clock", "instance"),
    ddl=columns_of(SlaClockRow),
    indexes=(
        "(workspace, due_at, ticket, clock, instance)",
        "(workspace, state, due_at, ticket, clock, instance)",
        "(workspace, queue, due_at, ticket, clock, instance)",
        "(workspace, agent, due_at, ticket, clock, instance)",
        "(workspace, due_at) INCLUDE (clock) WHERE state = 'running'",
        "(workspace, watch_at, ticket) WHERE watch_at IS NOT NULL",
    ),
)
CLOCK_COUNT = Table(
    name="sla_clock_count",
    row=SlaClockCount,
    key=("workspace", "clock", "state"),
    ddl=columns_of(SlaClockCount),
    summed=("clocks",),
)
DECISION = fact_table("sla_decision", counted=("score",))
"""`what` is the clock's name, `at` when it was decided, `score` 1 for met and 0 for breached.

A `known_version` below zero is that of the book, not of the ticket: history was judged anew.
"""

BOOK = Table(name="sla_book", row=SlaBookRow, key=("workspace",), ddl=columns_of(SlaBookRow))
REFRESHED = Table(
    name="sla_refreshed",
    row=SlaRefreshedRow,
    key=("workspace", "lane"),
    ddl=columns_of(SlaRefreshedRow),
)


@record
class Instants:
    """What is foreseen of a clock: when it runs out, and what is to be announced next."""

    due_at: datetime | None
    watch_at: datetime | None


def clock_row(
    track: Track, ticket: SlaTicketRow, instants: Instants, decided_version: int | None
) -> SlaClockRow:
    """A clock's state as its row. Of a clock that was promised at some time."""
    term = track.term
    if term is None:
        raise ValueError("a clock that was never promised has no row")
    target = term.target if track.promised else None
    versions = [reason.version for reason in track.reasons if reason.version is not None]
    return SlaClockRow(
        **dimensions_of(ticket),
        workspace=ticket.workspace,
        ticket=ticket.ticket,
        clock=track.clock.value,
        instance=track.instance,
        number=ticket.number,
        stay=track.queue,
        version=max(versions, default=track.instance),
        state=track.state.value,
        policy=term.policy.id,
        policy_version=term.policy.version,
        target=None if target is None else target.seconds,
        calendar=None if target is None else target.calendar,
        calendar_version=None if target is None else term.calendar_version,
        started_at=track.started_at,
        since=track.since if track.counts else None,
        elapsed=track.elapsed,
        remaining=None if target is None else round(target.seconds - track.elapsed, 6),
        due_at=instants.due_at,
        watch_at=instants.watch_at,
        breached_at=track.breached_at,
        stopped_at=track.stopped_at,
        decided_version=decided_version,
        versions=tuple(dict.fromkeys(versions)),
        body=track_text(track) if track.mode is Mode.STOPPED else None,
    )


Decision = tuple[datetime, bool]
"""When it was settled whether the promise was kept, and whether it was."""


def decision_of(track: Track) -> Decision | None:
    """How a clock was decided, if it was."""
    if track.breached_at is not None:
        return track.breached_at, False
    if track.stopped_at is None or track.state is not ClockState.MET:
        return None
    return track.stopped_at, True


def decision_in(row: SlaClockRow) -> Decision | None:
    """The same by its row."""
    if row.breached_at is not None:
        return row.breached_at, False
    if row.state == ClockState.MET and row.stopped_at is not None:
        return row.stopped_at, True
    return None
