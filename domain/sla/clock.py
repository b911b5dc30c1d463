"""A clock: what it stands at (Clock), and what is kept of it between events (Track)."""

from datetime import datetime
from enum import StrEnum

from domain.conditions import Attributes
from domain.ids import CalendarId, PolicyId, TicketId
from domain.record import record, with_changes
from domain.sla.book import Term
from domain.sla.policy import ClockName
from domain.ticket.words import Priority, Status


class ClockState(StrEnum):
    """What a clock is doing, or how it ended."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    """Still running or stopped late."""
    CANCELLED = "cancelled"


class Because(StrEnum):
    """What something did to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    RETARGETED = "retargeted"
    RESTARTED = "restarted"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    BACKDATED = "backdated"
    """It counts from an earlier start, that of a ticket which was merged into this one."""
    UNDONE = "undone"
    """What started it, or promised it, was undone; a breach that happened stays one."""


_RULINGS = (Because.STARTED, Because.RETARGETED, Because.RESTARTED, Because.UNDONE)


@record
class Reason:
    """What did this to the clock: the ticket's event of that version, or else the book's.

    Of a start and a new target, it says what judges from then on; `target` is in seconds.
    """

    at: datetime
    what: Because
    version: int | None = None
    book_version: int | None = None
    policy: PolicyId | None = None
    policy_version: int | None = None
    calendar: CalendarId | None = None
    calendar_version: int | None = None
    target: float | None = None


@record
class Reached:
    """A step of the promise, or the breach, and the true instant at which that was."""

    name: str
    at: datetime


@record
class Clock:
    """One clock at one instant. Instants are UTC, spans are open seconds on the target's calendar.

    `instance` is the version of the event that started it. `elapsed` leaves out pauses and closed
    hours. `remaining` is below zero when the target is exceeded. `due_at` is when the clock runs
    out, ran out, or would have when it stopped; None while it stands still. A breached clock goes
    on counting until it stops. `noted` are the steps and the breach that the log has as events.
    """

    name: ClockName
    instance: int
    queue: str | None
    state: ClockState
    policy: PolicyId
    policy_version: int
    target: float | None
    calendar: CalendarId | None
    calendar_version: int | None
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    elapsed: float
    remaining: float | None
    due_at: datetime | None
    reached: tuple[Reached, ...]
    noted: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def decided_at(self) -> datetime | None:
        """When it was settled whether the promise was kept; None while that is open."""
        return self.breached_at or (self.stopped_at if self.state is ClockState.MET else None)


class Mode(StrEnum):
    """Whether a clock counts."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


Stretch = tuple[datetime, datetime]
"""From, until."""


@record
class Track:
    """One clock between events. `elapsed` is up to `since`, or for good when `since` is None.

    While nothing is promised it counts no seconds but remembers the stretches in which it would
    have (`idle`), for the calendar of a promise that comes later. `term` is the latest that it had,
    `first_priority` the one by which its target was chosen. `borrowed` are the seconds before its
    `own_start` that it took over from another ticket.
    """

    clock: ClockName
    instance: int
    queue: str | None = None
    started_at: datetime
    own_start: datetime | None = None
    borrowed: float = 0.0
    first_priority: Priority
    term: Term | None = None
    mode: Mode = Mode.RUNNING
    promised: bool = False
    elapsed: float = 0.0
    idle: tuple[Stretch, ...] = ()
    since: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    reached: tuple[Reached, ...] = ()
    noted: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def key(self) -> tuple[ClockName, int]:
        return self.clock, self.instance

    @property
    def counts(self) -> bool:
        """Seconds are counted now, on the calendar of a promise."""
        return self.mode is Mode.RUNNING and self.promised

    @property
    def is_live(self) -> bool:
        """Something may still happen to it. Of a stopped total resolution, a reopening."""
        return self.mode is not Mode.STOPPED

    @property
    def state(self) -> ClockState:
        """What it is called, once settled up to the instant of interest."""
        if self.breached_at is not None:
            return ClockState.BREACHED
        match self.mode:
            case Mode.STOPPED:
                return ClockState.MET if self.promised else ClockState.CANCELLED
            case Mode.CANCELLED:
                return ClockState.CANCELLED
            case Mode.PAUSED:
                return ClockState.PAUSED
            case Mode.RUNNING:
                return ClockState.RUNNING

    @property
    def is_only_evidence(self) -> bool:
        """It breached, and nothing but what was undone since had ever promised it."""
        rulings = (reason.what for reason in reversed(self.reasons) if reason.what in _RULINGS)
        return next(rulings, None) is Because.UNDONE

    def because(self, reason: Reason, **changes: object) -> "Track":
        """The same with one reason more."""
        return with_changes(self, reasons=(*self.reasons, reason), **changes)


@record
class Absorbed:
    """A ticket that lives on in this one since the event of that `version`.

    It was opened then, and its requester waits for a first answer since then.
    """

    ticket: TicketId
    version: int
    opened_at: datetime | None
    asked_at: datetime | None


@record
class Tracked:
    """The clocks of one ticket between events, and what of the ticket they need to know.

    `version` is that of the last event, `at` when it took effect. `on_behalf`: nobody had asked
    anything when it was opened; `asked`: somebody has since, or had. `answered`: the first response
    is behind us, or there is to be none. `origin` is the start of the ticket that this one goes on
    from, if its clocks count from then. `merge_settled`: what it was merged into is resolved.
    """

    version: int = 0
    at: datetime | None = None
    opened_at: datetime | None = None
    status: Status = Status.NEW
    attributes: Attributes
    on_behalf: bool = False
    asked: bool = False
    answered: bool = False
    origin: datetime | None = None
    absorbed: tuple[Absorbed, ...] = ()
    merge_settled: bool = False
    tracks: tuple[Track, ...] = ()


NOT_OPENED = Tracked(attributes={})
"""Before the first event."""
