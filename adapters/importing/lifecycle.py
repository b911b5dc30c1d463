"""From one status to the next, as events: what the source's states say, never what is allowed."""

from dataclasses import replace
from datetime import datetime

from adapters.importing.findings import Anomaly
from adapters.importing.mapping import Kind
from adapters.importing.snapshot import Row
from domain.actor import Actor
from domain.ids import RequesterId
from domain.record import record
from domain.ticket.events import (
    TicketCancelled,
    TicketClosed,
    TicketEvent,
    TicketHeld,
    TicketPended,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
)
from domain.ticket.words import ClosedBecause, Status

_LEADS_TO: dict[type[TicketEvent], Status] = {
    TicketPended: Status.PENDING,
    TicketHeld: Status.ON_HOLD,
    TicketResumed: Status.OPEN,
    TicketReopened: Status.OPEN,
    TicketCancelled: Status.CANCELLED,
}
_DONE = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.MERGED})


@record
class Ending:
    """When the source says that a case was resolved, or closed.

    `told` says whether the source has a column for it at all; if not, the states alone say when
    it happened. `at` is None when there is no value in it.
    """

    told: bool = False
    at: datetime | None = None

    @property
    def is_withheld(self) -> bool:
        """The source records such instants, but not this one."""
        return self.told and self.at is None

    def falls(self, after: datetime | None, until: datetime) -> bool:
        """Whether the instant lies in (after, until]."""
        return self.at is not None and self.at <= until and (after is None or self.at > after)


@record
class Step:
    """One row as the lifecycle sees it. `before` is the instant of the row before it."""

    row: Row
    wanted: Status
    by: Actor
    requester: RequesterId
    code: str
    kind: Kind
    before: datetime | None
    resolved: Ending
    closed: Ending
    closed_because: ClosedBecause


@record
class Standing:
    """Where the lifecycle of a case stands: its status and when it was last resolved, closed."""

    status: Status = Status.NEW
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


@record
class Advanced:
    """What a row led to: events, where the case stands after them, and what was odd."""

    events: list[TicketEvent]
    standing: Standing
    odd: list[Anomaly]


def advance(now: Standing, step: Step) -> Advanced:
    """Lead from where the case stands to what the row says."""
    match step.wanted:
        case Status.RESOLVED:
            events, odd = _resolve(now, step)
        case Status.CLOSED:
            events, odd = _close(now, step)
        case Status.CANCELLED:
            cancelled = TicketCancelled(reason=step.row.state, by=step.by, at=step.row.at)
            events, odd = [] if now.status is Status.CANCELLED else [cancelled], []
        case _:
            events, odd = _work(now, step)
    for event in events:
        now = _after(now, event)
    return Advanced(events=events, standing=now, odd=odd)


def _after(now: Standing, event: TicketEvent) -> Standing:
    """As the domain folds it; a test holds the two together."""
    match event:
        case TicketResolved(at=at):
            return replace(now, status=Status.RESOLVED, resolved_at=at)
        case TicketClosed(at=at):
            return replace(now, status=Status.CLOSED, closed_at=at)
        case TicketStatusRestored(status=status, resolved_at=resolved_at):
            return replace(now, status=status, resolved_at=resolved_at)
        case _:
            return replace(now, status=_LEADS_TO[type(event)])


def _work(now: Standing, step: Step) -> tuple[list[TicketEvent], list[Anomaly]]:
    """The row shows somebody at work on it, or waiting."""
    reason, by, at = step.row.state, step.by, step.row.at
    events: list[TicketEvent] = []
    odd: list[Anomaly] = []
    status = now.status
    if status in _DONE:
        events.append(TicketReopened(reason=reason, by=by, at=at))
        if status is not Status.RESOLVED:
            odd.append(Anomaly.LEFT_FINAL)
        status = Status.OPEN
    match step.wanted:
        case Status.PENDING if status is not Status.PENDING:
            events.append(TicketPended(reason=reason, by=by, at=at))
        case Status.ON_HOLD if status is not Status.ON_HOLD:
            events.append(TicketHeld(reason=reason, by=by, at=at))
        # A source's "new" says that work goes on or has yet to begin; ours that nobody touched it.
        case Status.NEW | Status.OPEN if status in (Status.PENDING, Status.ON_HOLD):
            events.append(TicketResumed(reason=reason, by=by, at=at))
        case Status.OPEN if status is Status.NEW:
            events.append(_shown(Status.OPEN, status, step))
        case _:
            pass
    return events, odd


def _resolve(now: Standing, step: Step) -> tuple[list[TicketEvent], list[Anomaly]]:
    odd = [Anomaly.LEFT_FINAL] if now.status in (Status.CLOSED, Status.CANCELLED) else []
    if step.resolved.is_withheld:
        if now.status is Status.RESOLVED:
            return [], odd
        return [_shown(Status.RESOLVED, now.status, step)], [*odd, Anomaly.RESOLUTION_UNKNOWN]
    if restated := _resolved_in_between(now, step):
        return [restated], odd
    if now.status is Status.RESOLVED and step.kind is Kind.SNAPSHOT_LOG:
        return [], odd
    return [_resolved(step, step.row.at)], odd


def _close(now: Standing, step: Step) -> tuple[list[TicketEvent], list[Anomaly]]:
    events: list[TicketEvent] = []
    odd: list[Anomaly] = []
    if now.status is not Status.CLOSED:
        if restated := _resolved_in_between(now, step):
            events.append(restated)
        elif now.status is not Status.RESOLVED:
            odd.append(Anomaly.CLOSED_UNRESOLVED)
    at = step.row.at
    if step.closed.falls(step.before, at) and step.closed.at is not None:
        if step.closed.at != now.closed_at:
            events.append(_closed(step, step.closed.at))
    elif now.status is not Status.CLOSED or step.kind is Kind.ACTIVITY_LOG:
        events.append(_closed(step, at))
    return events, odd


def _resolved_in_between(now: Standing, step: Step) -> TicketResolved | None:
    """The resolution that the source names, when it fell between the last row and this one.

    Agents save a case again while it is resolved, and the source counts the last time. So a case
    may be resolved twice without a reopening; the last one is the one that the source names.
    """
    at = step.resolved.at
    if at is None or at == now.resolved_at or not step.resolved.falls(step.before, step.row.at):
        return None
    return _resolved(step, at)


def _resolved(step: Step, at: datetime) -> TicketResolved:
    return TicketResolved(requester=step.requester, code=step.code, by=step.by, at=at)


def _closed(step: Step, at: datetime) -> TicketClosed:
    return TicketClosed(because=step.closed_because, by=step.by, at=at)


def _shown(status: Status, previous: Status, step: Step) -> TicketStatusRestored:
    """The source shows the status, but nothing that our lifecycle knows led there."""
    return TicketStatusRestored(status=status, previous=previous, by=step.by, at=step.row.at)
