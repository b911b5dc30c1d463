"""What every figure means, in one sentence each: the only place where that is written.

A change of meaning is a new version of the definition, never an edit of the sentence alone.
"""

from enum import StrEnum

from domain.record import record
from domain.sla.policy import ClockName

FIRST_CONTACT_DAYS = 7
"""After so many days without a reopening, the first contact has settled the matter."""

POSITIVE_SCORE = 4
"""CSAT: a rating of at least this, out of 5, is a positive one."""


class Unit(StrEnum):
    """What a figure is counted in, which says how to read its cells."""

    COUNT = "count"
    """`n` is the figure; there is nothing to average."""
    SECONDS = "seconds"
    SHARE = "share"
    """`mean` is the figure, between 0 and 1: `total` out of `n`."""
    TIMES = "times"
    """How often, per ticket."""


@record
class Definition:
    """`version` goes up whenever the same events would give another number than before."""

    id: str
    version: int
    unit: Unit
    sentence: str


_CLOCKS: dict[ClockName, str] = {
    ClockName.ACKNOWLEDGE: "acknowledge",
    ClockName.FIRST_RESPONSE: "first-response",
    ClockName.NEXT_RESPONSE: "next-response",
    ClockName.UPDATE: "update",
    ClockName.RESOLUTION: "first-resolution",
    ClockName.TOTAL_RESOLUTION: "total-resolution",
    ClockName.HANDLING: "handling",
}


def _define(ident: str, unit: Unit, sentence: str) -> Definition:
    return Definition(id=ident, version=1, unit=unit, sentence=sentence)


_ALL = (
    _define("opened", Unit.COUNT, "Tickets opened in the window."),
    _define("resolved", Unit.COUNT, "Resolutions in the window."),
    _define("closed", Unit.COUNT, "Tickets closed in the window."),
    _define("reopened", Unit.COUNT, "Reopenings in the window."),
    _define("cancelled", Unit.COUNT, "Tickets cancelled in the window."),
    _define("merged", Unit.COUNT, "Tickets merged into another one in the window."),
    _define(
        "backlog",
        Unit.COUNT,
        "Tickets in an active or waiting status at the last instant of the window, or as of now"
        " where the window is not over.",
    ),
    _define(
        "backlog_age",
        Unit.SECONDS,
        "For each ticket of the backlog, the time since it was opened or last reopened.",
    ),
    _define(
        "time_to_acknowledge",
        Unit.SECONDS,
        "First touch by an agent (acknowledgement, assignment, reply or note) minus opening, for"
        " touches in the window.",
    ),
    _define(
        "first_response_time",
        Unit.SECONDS,
        "First public reply by a human agent after the requester first wrote, minus that message,"
        " for replies in the window.",
    ),
    _define(
        "next_response_time",
        Unit.SECONDS,
        "Public reply by a human agent minus the oldest message that it answers, for every later"
        " reply in the window that answers one; a resolution leaves nothing unanswered.",
    ),
    _define(
        "first_resolution_time",
        Unit.SECONDS,
        "First resolution minus opening, for tickets first resolved in the window.",
    ),
    _define(
        "full_resolution_time",
        Unit.SECONDS,
        "Last resolution minus opening, for tickets last resolved in the window.",
    ),
    _define(
        "requester_wait_time",
        Unit.SECONDS,
        "Time in active statuses and in those that wait for a third party, from the opening until"
        " the last resolution, for tickets last resolved in the window.",
    ),
    _define(
        "agent_work_time",
        Unit.SECONDS,
        "Time in active statuses from the opening until the last resolution, for tickets last"
        " resolved in the window.",
    ),
    _define(
        "pending_time",
        Unit.SECONDS,
        "Time in statuses that wait for the requester, from the opening until the last resolution,"
        " for tickets last resolved in the window.",
    ),
    _define(
        "on_hold_time",
        Unit.SECONDS,
        "Time in statuses that wait for a third party, from the opening until the last resolution,"
        " for tickets last resolved in the window.",
    ),
    _define(
        "first_contact_resolution",
        Unit.SHARE,
        "Of the resolutions in the window that are at least"
        f" {FIRST_CONTACT_DAYS} days old, those after exactly one public reply by a human agent"
        f" with no reopening before or within {FIRST_CONTACT_DAYS} days.",
    ),
    _define(
        "reopen_rate",
        Unit.SHARE,
        "Of the tickets resolved in the window, those reopened later, whenever that was.",
    ),
    _define(
        "reassignments",
        Unit.TIMES,
        "How often the work went from one agent to another, or from one team to another, for"
        " tickets opened in the window.",
    ),
    _define(
        "queue_changes",
        Unit.TIMES,
        "How often the ticket was put in another queue, or in its first, for tickets opened in the"
        " window.",
    ),
    _define(
        "queue_returns",
        Unit.TIMES,
        "How often the ticket came back to a queue that it had left for another one, for tickets"
        " opened in the window.",
    ),
    _define(
        "csat",
        Unit.SHARE,
        f"Of the resolutions rated in the window, those rated {POSITIVE_SCORE} or 5; a second"
        " rating replaces the first.",
    ),
    _define(
        "csat_response_rate",
        Unit.SHARE,
        "Of the surveys offered in the window, those that were answered, whenever that was.",
    ),
    *(
        _define(
            f"{clock}_attainment",
            Unit.SHARE,
            f"Of the {words} clocks decided in the window, those met; a clock is decided when it"
            " stops in time or when it runs out.",
        )
        for clock, words in _CLOCKS.items()
    ),
)

DEFINITIONS: dict[str, Definition] = {definition.id: definition for definition in _ALL}
