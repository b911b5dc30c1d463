"""The tables of the SLA board, and the clocks' state as rows and back."""

from datetime import datetime
from typing import Any

from domain.record import record
from domain.sla.changes import Change, What
from domain.sla.clock import Because, Reason, Terms, Track, Tracked, state_of
from domain.sla.policy import CALENDARS, DEFAULT_POLICY, ClockName, Target
from domain.ticket.words import Priority, Status
from projections.columns import columns_of
from projections.kpi.facts import dimensions_of
from projections.kpi.rows import Dimensions, fact_table
from projections.ports import Table

TERMS = Terms(policy=DEFAULT_POLICY, calendars=CALENDARS)
"""What tickets are judged by."""


@record
class SlaTicketRow(Dimensions):
    """A ticket's attributes, and the changes that its clocks heard of: four arrays side by side."""

    workspace: str
    ticket: str
    number: int
    status: str
    last_at: datetime
    change_versions: tuple[int, ...]
    change_instants: tuple[datetime, ...]
    change_whats: tuple[str, ...]
    change_values: tuple[str, ...]


@record
class SlaClockRow(Dimensions):
    """One clock as its last event left it; seconds are open ones on the target's calendar.

    `state` is that of the last event: a running clock whose `due_at` has passed is breached.
    `next_at` is when something will happen to it by itself, None while nothing will. `elapsed` and
    `remaining` were true at `since` when it runs, and still are when it does not. The events that
    did something to it stand in `versions`, `instants` and `reasons`, side by side.
    `decided_version` is the event that showed how it ended.
    """

    workspace: str
    ticket: str
    clock: str
    number: int
    version: int
    state: str
    policy: str
    policy_version: int
    target: float | None = None
    calendar: str | None = None
    started_at: datetime
    since: datetime | None = None
    elapsed: float
    remaining: float | None = None
    due_at: datetime | None = None
    next_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    cancelled: bool
    decided_version: int | None = None
    versions: tuple[int, ...]
    instants: tuple[datetime, ...]
    reasons: tuple[str, ...]


TICKET = Table(
    name="sla_ticket",
    row=SlaTicketRow,
    key=("workspace", "ticket"),
    ddl=columns_of(SlaTicketRow),
)
CLOCK = Table(
    name="sla_clock",
    row=SlaClockRow,
    key=("workspace", "ticket", "clock"),
    ddl=columns_of(SlaClockRow),
    indexes=(
        "(workspace, due_at, ticket, clock)",
        "(workspace, state, due_at, ticket, clock)",
        "(workspace, queue, due_at, ticket, clock)",
        "(workspace, agent, due_at, ticket, clock)",
        "(workspace, next_at) INCLUDE (clock) WHERE next_at IS NOT NULL",
        "(workspace, queue, due_at) WHERE next_at IS NOT NULL",
        "(workspace, agent, due_at) WHERE next_at IS NOT NULL",
    ),
)


@record
class SlaClockCount:
    """How many clocks of a name their last events left in a state."""

    workspace: str
    clock: str
    state: str
    clocks: int


CLOCK_COUNT = Table(
    name="sla_clock_count",
    row=SlaClockCount,
    key=("workspace", "clock", "state"),
    ddl=columns_of(SlaClockCount),
    summed=("clocks",),
)
DECISION = fact_table("sla_decision", counted=("score",))
"""`what` is the clock's name, `at` when it was decided, `score` 1 for met and 0 for breached."""


def tracked(ticket: SlaTicketRow, clocks: list[SlaClockRow], *, remembered: bool) -> Tracked:
    """The clocks' state from rows; with the changes before it if they are to be `remembered`."""
    return Tracked(
        status=Status(ticket.status),
        priority=Priority(ticket.priority),
        at=ticket.last_at,
        changes=_changes(ticket) if remembered else (),
        tracks=tuple(track_of(clock) for clock in clocks),
    )


def _changes(ticket: SlaTicketRow) -> tuple[Change, ...]:
    return tuple(
        Change(version=version, at=at, what=What(what), value=value)
        for version, at, what, value in zip(
            ticket.change_versions,
            ticket.change_instants,
            ticket.change_whats,
            ticket.change_values,
            strict=True,
        )
    )


def track_of(row: SlaClockRow) -> Track:
    """One clock's state from its row."""
    target = None
    if row.target is not None and row.calendar is not None:
        target = Target(seconds=row.target, calendar=row.calendar)
    return Track(
        name=ClockName(row.clock),
        started_at=row.started_at,
        target=target,
        elapsed=row.elapsed,
        since=row.since,
        due_at=row.due_at,
        breached_at=row.breached_at,
        stopped_at=row.stopped_at,
        cancelled=row.cancelled,
        reasons=tuple(
            Reason(version=version, at=at, what=Because(what))
            for version, at, what in zip(row.versions, row.instants, row.reasons, strict=True)
        ),
    )


def change_columns(state: Tracked) -> dict[str, Any]:
    """The changes as columns of the ticket's row."""
    return {
        "change_versions": tuple(change.version for change in state.changes),
        "change_instants": tuple(change.at for change in state.changes),
        "change_whats": tuple(change.what.value for change in state.changes),
        "change_values": tuple(str(change.value) for change in state.changes),
    }


def added_columns(ticket: SlaTicketRow, state: Tracked) -> dict[str, Any]:
    """The same for a state that remembers only what was added to the ticket's changes."""
    return {name: getattr(ticket, name) + added for name, added in change_columns(state).items()}


def clock_row(track: Track, ticket: SlaTicketRow, decided_version: int | None) -> SlaClockRow:
    """A clock's state as its row."""
    runs = track.since is not None and track.breached_at is None
    target = track.target
    return SlaClockRow(
        **dimensions_of(ticket),
        workspace=ticket.workspace,
        ticket=ticket.ticket,
        clock=track.name.value,
        number=ticket.number,
        version=track.reasons[-1].version,
        state=state_of(track).value,
        policy=TERMS.policy.name,
        policy_version=TERMS.policy.version,
        target=None if target is None else target.seconds,
        calendar=None if target is None else target.calendar,
        started_at=track.started_at,
        since=track.since,
        elapsed=track.elapsed,
        remaining=None if target is None else round(target.seconds - track.elapsed, 6),
        due_at=track.due_at,
        next_at=track.due_at if runs else None,
        breached_at=track.breached_at,
        stopped_at=track.stopped_at,
        cancelled=track.cancelled,
        decided_version=decided_version,
        versions=tuple(reason.version for reason in track.reasons),
        instants=tuple(reason.at for reason in track.reasons),
        reasons=tuple(reason.what.value for reason in track.reasons),
    )
