"""The tables of figures: facts with the interval in which they were known, and each ticket now.

A fact says when it happened (`at`) and from when until when it was so in the light of the log
(`known_from`, `known_until`, half-open). What an undo took back was known until the undo; so a
report as of an earlier instant still sees it, and one as of a later instant never does.

Facts lie in a few tables by size, so that a report reads little more than what it counts.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from domain.record import record
from domain.ticket.words import FieldValue
from projections.columns import columns_of
from projections.ports import Table


@record
class Dimensions:
    """What figures can be grouped by, as it was at the instant of the fact."""

    queue: str | None = None
    agent: str | None = None
    team: str | None = None
    channel: str = ""
    category: str | None = None
    priority: str = ""
    region: str | None = None
    language: str | None = None
    organisation: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, FieldValue]


DIMENSIONS = tuple(field.name for field in fields(Dimensions))


@record
class FactRow(Dimensions):
    """One fact; `version` is the event that made it, `versions` are all that its value rests on.

    `seconds`: the duration that ended here. `nth`: the how-many-eth of its kind on the ticket.
    `latest`: none of its kind followed. `later_at`: what came of it - a resolution was reopened,
    a survey was answered, a spell ended. `score`: the rating; 1 for a return to an earlier queue;
    whether an SLA was met. `replies` and `reopens` count up to the fact; the four sums of seconds
    are what a resolved ticket had spent in each category of statuses until then.
    `known_version` is the event that made the row what it is.
    """

    workspace: str
    ticket: str
    what: str
    version: int
    known_version: int
    at: datetime
    known_from: datetime
    known_until: datetime | None = None
    versions: tuple[int, ...]
    seconds: float | None = None
    nth: int = 1
    latest: bool = True
    later_at: datetime | None = None
    later_version: int | None = None
    score: int | None = None
    replies: int | None = None
    reopens: int | None = None
    active_seconds: float | None = None
    requester_seconds: float | None = None
    third_party_seconds: float | None = None
    status_category: str | None = None
    age_from: datetime | None = None
    age_version: int | None = None


@record
class TicketFacts(Dimensions):
    """A ticket as it stands: its firsts, lasts and counts, and the spell that it is in.

    A spell is a time in which neither the category of the status nor a dimension changes; the
    open one began at `since`. `last_at` is when the latest event took effect; no later event takes
    effect before it. `version` is the latest event that counted. `revised` names the facts whose
    current row a later event made. `steps` has what each event that counts meant to figures, by
    version (see steps.py), so that the ticket can be counted again without one of them.
    """

    workspace: str
    ticket: str
    number: int
    version: int
    last_at: datetime
    opened_at: datetime
    opened_version: int
    acknowledged_at: datetime | None = None
    first_message_at: datetime | None = None
    first_message_version: int | None = None
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    waiting_version: int | None = None
    first_resolved_at: datetime | None = None
    last_resolved_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    merged_at: datetime | None = None
    resolutions: int = 0
    resolved_version: int | None = None
    reopens: int = 0
    reassignments: int = 0
    queue_changes: int = 0
    queue_returns: int = 0
    replies: int = 0
    surveys: int = 0
    survey_version: int | None = None
    ratings: int = 0
    rating_version: int | None = None
    score: int | None = None
    status: str
    status_category: str
    since: datetime
    since_version: int
    known_from: datetime
    known_version: int
    age_from: datetime
    age_version: int
    active_seconds: float = 0.0
    requester_seconds: float = 0.0
    third_party_seconds: float = 0.0
    done_seconds: float = 0.0
    status_versions: tuple[int, ...]
    last_agent: str | None = None
    last_team: str | None = None
    last_queue: str | None = None
    queues: tuple[str, ...] = ()
    revised: dict[str, int]
    steps: dict[str, Any]


_COVERED = tuple(name for name in DIMENSIONS if name not in ("tags", "fields"))


def fact_table(name: str, *indexes: str, counted: tuple[str, ...]) -> Table:
    """A table of facts, with the index that finds those of one kind in a span of time, and more.

    That index holds all that a report looks at, with `counted` the columns that its figures need:
    a year of facts is read from it alone, a fifth of what the rows take.
    """
    covered = ", ".join(("known_from", "known_until", *counted, *_COVERED))
    return Table(
        name=name,
        row=FactRow,
        key=("workspace", "ticket", "what", "version", "known_version"),
        ddl=columns_of(FactRow),
        indexes=(f"(workspace, what, at) INCLUDE ({covered})", *indexes),
    )


OPENED = fact_table("kpi_opened", counted=("ticket", "version"))
RESPONSE = fact_table("kpi_response", counted=("seconds",))
RESOLVED = fact_table(
    "kpi_resolved",
    counted=(
        "ticket",
        "version",
        "seconds",
        "nth",
        "latest",
        "later_at",
        "replies",
        "reopens",
        "active_seconds",
        "requester_seconds",
        "third_party_seconds",
    ),
)
CHANGE = fact_table("kpi_change", counted=("ticket", "version", "score", "latest", "later_at"))
SPELL = fact_table("kpi_spell", "(workspace, later_at)", counted=())

TICKET = Table(
    name="kpi_ticket",
    row=TicketFacts,
    key=("workspace", "ticket"),
    ddl=columns_of(TicketFacts),
    indexes=("(workspace, since) WHERE status_category NOT IN ('done', 'final')",),
)
