"""What is promised: targets per clock and priority, on which calendar, and what counts how.

A policy says for which tickets it holds (a condition), what it promises, and how it decides what
help desks disagree on: each of those questions is an option with a name and a default
(docs/reference/sla.md has the table).
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.conditions import ALWAYS as EVERY_TICKET
from domain.conditions import Condition
from domain.ids import CalendarId, PolicyId, QueueId
from domain.record import record
from domain.ticket.words import Category, Priority


class ClockName(StrEnum):
    """What can be promised; docs/reference/sla.md says when each one starts, stops and pauses."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    """One instance for each time that the requester waits for an answer after the first one."""
    UPDATE = "update"
    """One instance for each public reply: when the next one is due."""
    RESOLUTION = "resolution"
    """The first one; what happens after a reopening does not touch it."""
    TOTAL_RESOLUTION = "total_resolution"
    """The last one: it goes on where it stood when the ticket is reopened."""
    HANDLING = "handling"
    """Internal, for one queue: an instance for each stay in it."""


class OnChange(StrEnum):
    """What a clock does when another target holds, as the ticket or the matching policy changed."""

    SWAP_TARGET = "swap_target"
    """Elapsed time is kept, and the new target counts from that instant."""
    KEEP_FIRST = "keep_first_target"
    RESTART = "restart"
    """Elapsed time begins anew; a breach that happened stays one."""


class OnReopen(StrEnum):
    """What becomes of the total resolution when a resolved ticket comes back."""

    RESUME = "resume"
    NEW_INSTANCE = "new_instance"


class OnMerge(StrEnum):
    """What becomes of the clocks of a ticket that is merged into another."""

    CANCEL = "cancel"
    RUN_ON = "run_on"
    """They run until the ticket that it was merged into is resolved."""


class FollowUp(StrEnum):
    """From when the clocks of a follow-up ticket count."""

    FRESH = "fresh"
    INHERIT_START = "inherit_start"
    """From the opening of the ticket that it follows."""


class BotReply(StrEnum):
    """Whether a public reply by a rule answers the requester."""

    IGNORED = "ignored"
    STOPS = "stops"


class OnBehalf(StrEnum):
    """When the first response starts of a ticket that an agent opened for a requester."""

    FIRST_MESSAGE = "first_message"
    OPENING = "opening"
    EXEMPT = "exempt"
    """There is none."""


class AppliesTo(StrEnum):
    """Which tickets take a new version of a policy or a calendar."""

    RUNNING = "running"
    """All, from its effective instant on; what was settled before stays as it was judged."""
    NEW_TICKETS = "new_tickets"
    """Those that are opened at its effective instant or later."""


class Recipient(StrEnum):
    """Whom an escalation step tells."""

    ASSIGNEE = "assignee"
    QUEUE_LEAD = "queue_lead"
    MANAGER = "manager"
    """The lead of the team that has the ticket."""


@record
class Target:
    """So many open seconds on the calendar of that id."""

    seconds: float
    calendar: CalendarId


@record
class Step:
    """Something to be done when a clock reaches a point; just a warning unless it says more.

    The point is one of: a `share` of the target (0.75), open seconds `before` it is used up, or
    open seconds `after` that. `priority` is raised to, never lowered; `queue` is moved to; `level`
    is escalated to, never down.
    """

    name: str
    share: float | None = None
    before: float | None = None
    after: float | None = None
    notify: tuple[Recipient, ...] = ()
    priority: Priority | None = None
    queue: QueueId | None = None
    level: int | None = None

    def point(self, target: float) -> float:
        """Elapsed seconds of a clock with this target at which the step is reached."""
        if self.share is not None:
            return target * self.share
        return target - self.before if self.before is not None else target + (self.after or 0.0)


PAUSES: Mapping[ClockName, frozenset[Category]] = {
    ClockName.ACKNOWLEDGE: frozenset(),
    ClockName.FIRST_RESPONSE: frozenset(),
    ClockName.NEXT_RESPONSE: frozenset(),
    ClockName.UPDATE: frozenset({Category.WAITING_REQUESTER}),
    ClockName.RESOLUTION: frozenset({Category.WAITING_REQUESTER}),
    ClockName.TOTAL_RESOLUTION: frozenset({Category.WAITING_REQUESTER}),
    ClockName.HANDLING: frozenset({Category.WAITING_REQUESTER}),
}
"""In which categories a clock stands still unless its promise says otherwise."""


@record
class Promise:
    """What is promised for one clock. A priority without a target has no such clock.

    `queues` are for handling: those in which this holds, or none for all the others. The clock
    stands still while the ticket is in one of the categories `paused_in`; where they are left out,
    in those that are usual for it. `counts_resolved`: time spent resolved before a reopening counts
    for the total resolution.
    """

    clock: ClockName
    targets: Mapping[Priority, Target]
    queues: tuple[QueueId, ...] = ()
    paused_in: frozenset[Category] | None = None
    counts_resolved: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def pauses(self) -> frozenset[Category]:
        """The categories in which the clock stands still."""
        return PAUSES[self.clock] if self.paused_in is None else self.paused_in


@record
class Options:
    """What help desks disagree on, and what they agree on least first."""

    on_change: OnChange = OnChange.SWAP_TARGET
    on_reopen: OnReopen = OnReopen.RESUME
    on_merge: OnMerge = OnMerge.CANCEL
    follow_up: FollowUp = FollowUp.FRESH
    bot_reply: BotReply = BotReply.IGNORED
    on_behalf: OnBehalf = OnBehalf.FIRST_MESSAGE


@record
class Policy:
    """A version of a policy; policies are tried by `rank`, the lowest first, and then by id."""

    id: PolicyId
    version: int
    name: str
    rank: int
    condition: Condition = EVERY_TICKET
    promises: tuple[Promise, ...]
    options: Options = Options()

    def promise(self, clock: ClockName, queue: str | None) -> Promise | None:
        """What is promised for a clock; `queue` matters to the handling only."""
        general = None
        for promise in self.promises:
            if promise.clock is clock:
                if not promise.queues:
                    general = promise
                elif queue in promise.queues:
                    return promise
        return general
