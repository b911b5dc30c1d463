"""Which tickets a list shows, as conditions over ticket rows: of the live queue and of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from domain.record import record
from domain.sla.clock import ClockState
from domain.ticket.words import FieldValue, Status

WAITING = "waiting_since IS NOT NULL AND status_category = 'active'"
"""SQL: the requester waits for an answer."""

_BACKLOG = frozenset(status for status in Status if status.is_backlog)

_BEYOND_BIGINT = 2**63


@record
class TicketFilter:
    """Which tickets to show; whatever is left at its default does not restrict.

    A tuple lists the values of which one must match; None in it stands for "none" (no agent, no
    queue ...). `tags` must all be there. `fields` must each have one of the given values (None: be
    empty). `text` is looked for in the subject, ignoring case; a number also finds the ticket with
    it. A span of instants includes `_from` and excludes `_until`. With `also`, that holds, too.

    `sla` and `due` are about the clock that lists show beside a ticket: its state (None: there is
    none), and when it runs out. They can only be asked of the queue as it is now.
    """

    tickets: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    status_categories: tuple[str, ...] = ()
    backlog: bool | None = None
    requesters: tuple[str, ...] = ()
    organisations: tuple[str | None, ...] = ()
    agents: tuple[str | None, ...] = ()
    teams: tuple[str | None, ...] = ()
    queues: tuple[str | None, ...] = ()
    priorities: tuple[str, ...] = ()
    impacts: tuple[str | None, ...] = ()
    urgencies: tuple[str | None, ...] = ()
    categories: tuple[str | None, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str | None, ...] = ()
    regions: tuple[str | None, ...] = ()
    segments: tuple[str | None, ...] = ()
    vip: bool | None = None
    escalation_levels: tuple[int, ...] = ()
    escalation_level_from: int | None = None
    reopened: tuple[int, ...] = ()
    reopened_from: int | None = None
    resolution_codes: tuple[str | None, ...] = ()
    satisfaction: tuple[int | None, ...] = ()
    sources: tuple[str | None, ...] = ()
    source_cases: tuple[str | None, ...] = ()
    merged_into: tuple[str | None, ...] = ()
    tags: tuple[str, ...] = ()
    fields: Mapping[str, tuple[FieldValue, ...]] = field(default_factory=dict)
    follower: str | None = None
    waiting: bool | None = None
    acknowledged: bool | None = None
    answered: bool | None = None
    text: str | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    updated_from: datetime | None = None
    updated_until: datetime | None = None
    resolved_from: datetime | None = None
    resolved_until: datetime | None = None
    closed_from: datetime | None = None
    closed_until: datetime | None = None
    waiting_from: datetime | None = None
    waiting_until: datetime | None = None
    wake_from: datetime | None = None
    wake_until: datetime | None = None
    sla: tuple[ClockState | None, ...] = ()
    due_from: datetime | None = None
    due_until: datetime | None = None
    also: "TicketFilter | None" = None


_LISTS = {
    "tickets": "ticket",
    "numbers": "number",
    "statuses": "status",
    "status_categories": "status_category",
    "requesters": "requester",
    "organisations": "organisation",
    "agents": "agent",
    "teams": "team",
    "queues": "queue",
    "priorities": "priority",
    "impacts": "impact",
    "urgencies": "urgency",
    "categories": "category",
    "channels": "channel",
    "languages": "language",
    "regions": "region",
    "segments": "segment",
    "escalation_levels": "escalation_level",
    "reopened": "reopened",
    "resolution_codes": "resolution_code",
    "satisfaction": "satisfaction",
    "sources": "source",
    "source_cases": "source_case",
    "merged_into": "merged_into",
}
_FLAGS = {
    "vip": "vip",
    "waiting": WAITING,
    "acknowledged": "acknowledged_at IS NOT NULL",
    "answered": "first_response_at IS NOT NULL",
}
_BOUNDS = {
    "opened_from": "opened_at >=",
    "opened_until": "opened_at <",
    "updated_from": "updated_at >=",
    "updated_until": "updated_at <",
    "resolved_from": "resolved_at >=",
    "resolved_until": "resolved_at <",
    "closed_from": "closed_at >=",
    "closed_until": "closed_at <",
    "waiting_from": "waiting_since >=",
    "waiting_until": "waiting_since <",
    "wake_from": "wake_at >=",
    "wake_until": "wake_at <",
    "escalation_level_from": "escalation_level >=",
    "reopened_from": "reopened >=",
}


def conditions(wanted: TicketFilter) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions over a ticket table and their parameters."""
    where: list[str] = []
    params: dict[str, Any] = {}
    for name, column in _LISTS.items():
        values = getattr(wanted, name)
        if values:
            where.append(_one_of(column, name, values, params))
    for name, comparison in _BOUNDS.items():
        value = getattr(wanted, name)
        if value is not None:
            where.append(f"{comparison} %({name})s")
            params[name] = value
    if _only_backlog(wanted):
        where.append("backlog")  # of statuses, it says the same again: the words of the indexes
    elif wanted.backlog is not None:
        where.append("NOT backlog")
    for name, test in _FLAGS.items():
        value = getattr(wanted, name)
        if value is not None:
            where.append(f"({test})" if value else f"NOT ({test})")
    if wanted.tags:
        where.append("tags @> %(tags)s::text[]")
        params["tags"] = list(wanted.tags)
    if wanted.follower is not None:
        where.append("%(follower)s = ANY (followers)")
        params["follower"] = wanted.follower
    _add_fields(wanted.fields, where, params)
    if wanted.text:
        _add_text(wanted.text, where, params)
    where += _clock(wanted, params)
    if wanted.also is not None:
        more, values = renamed(conditions(wanted.also), "also_")
        return where + more, params | values
    return where, params


def renamed(
    asked: tuple[list[str], dict[str, Any]], prefix: str
) -> tuple[list[str], dict[str, Any]]:
    """The same conditions with other names of parameters, to stand beside others of their kind."""
    where, params = asked
    return (
        [condition.replace("%(", f"%({prefix}") for condition in where],
        {f"{prefix}{name}": value for name, value in params.items()},
    )


def shows_backlog(wanted: TicketFilter) -> bool:
    """Whether only tickets of the backlog can match."""
    return _only_backlog(wanted) or (wanted.also is not None and shows_backlog(wanted.also))


def names_tickets(wanted: TicketFilter) -> bool:
    """Whether only tickets that are listed can match."""
    return bool(wanted.tickets) or (wanted.also is not None and names_tickets(wanted.also))


def _only_backlog(wanted: TicketFilter) -> bool:
    if wanted.backlog is not None:
        return wanted.backlog
    return bool(wanted.statuses) and _BACKLOG.issuperset(wanted.statuses)


def is_of_now(wanted: TicketFilter) -> bool:
    """Whether it asks for what is known of the present alone."""
    asks = bool(wanted.sla or wanted.due_from or wanted.due_until)
    return asks or (wanted.also is not None and is_of_now(wanted.also))


def has_text(wanted: TicketFilter) -> bool:
    """Whether it looks for a text."""
    return bool(wanted.text) or (wanted.also is not None and has_text(wanted.also))


def _clock(wanted: TicketFilter, params: dict[str, Any]) -> list[str]:
    """Conditions on the clock beside a ticket."""
    where = []
    for name, comparison in (("due_from", ">="), ("due_until", "<")):
        value = getattr(wanted, name)
        if value is not None:
            where.append(_with_clock(f"due_at {comparison} %({name})s"))
            params[name] = value
    if wanted.sla:
        tests = [_with_clock(_CLOCK_IS[state]) for state in wanted.sla if state is not None]
        if None in wanted.sla:
            tests.append(f"NOT {_with_clock('next_clock IS NOT NULL')}")
        where.append(f"({' OR '.join(tests)})")
    return where


def _with_clock(test: str) -> str:
    return f"ticket IN (SELECT ticket FROM read.sla_ticket WHERE {test})"  # noqa: S608 - literals


_CLOCK_IS = {
    ClockState.RUNNING: "next_state = 'running' AND (due_at >= now() OR due_at IS NULL)",
    ClockState.BREACHED: "due_at < now()",
    ClockState.PAUSED: "next_state = 'paused'",
}
"""A running clock whose end is over is a breached one, whether or not the log says so yet."""


def _one_of(column: str, name: str, values: Sequence[Any], params: dict[str, Any]) -> str:
    given = [str(v) if isinstance(v, str) else v for v in values if v is not None]
    tests = []
    if len(given) == 1:  # keeps an index on (column, sort order) usable for sorting
        tests.append(f"{column} = %({name})s")
        params[name] = given[0]
    elif given:
        tests.append(f"{column} = ANY (%({name})s)")
        params[name] = given
    if len(given) < len(values):
        tests.append(f"{column} IS NULL")
    return f"({' OR '.join(tests)})"


def _add_fields(
    fields: Mapping[str, tuple[FieldValue, ...]], where: list[str], params: dict[str, Any]
) -> None:
    for n, (name, values) in enumerate(sorted(fields.items())):
        params[f"field_{n}"] = name
        held = f"fields -> %(field_{n})s"
        tests = []
        for m, value in enumerate(values):
            if value is None:
                tests.append(f"coalesce({held}, 'null') = 'null'::jsonb")
            else:
                tests.append(f"{held} = to_jsonb(%(value_{n}_{m})s::{_sql_of(value)})")
                params[f"value_{n}_{m}"] = value
        where.append(f"({' OR '.join(tests)})")


def _sql_of(value: FieldValue) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "numeric"
        case float():
            return "double precision"
        case _:
            return "text"


def _add_text(text: str, where: list[str], params: dict[str, Any]) -> None:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params["text"] = f"%{escaped}%"
    params["text_number"] = number_in(text)
    if params["text_number"] is None:
        where.append("subject ILIKE %(text)s")
    else:
        where.append("(subject ILIKE %(text)s OR number = %(text_number)s)")


def number_in(text: str) -> int | None:
    """The ticket number that a text is, as in `17` and `#17`; None when it is none."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit()) or int(digits) >= _BEYOND_BIGINT:
        return None
    return int(digits)
