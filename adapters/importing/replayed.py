"""Imported cases replayed from the log: what the figures are computed from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from adapters.importing.mapping import Mapping
from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded
from domain.ticket.events import (
    HistoryRowKept,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)

_PAGE = 5_000


class Feed(Protocol):
    """The part of the read side's feed that is needed here."""

    def head(self) -> Position:
        """The last position of every lane."""

    def page(self, lane: int, after: int, limit: int) -> Iterable[Recorded[Any]]:
        """Events of a lane after a position, in order."""


@dataclass(slots=True)
class ReplayedCase:
    """One case, as far as figures need it.

    `states`, `instants`, `groups` and `made_sla` have one entry per row, in the log's order; an
    unknown value is an empty text. `opened_at` to `reopens` come from lifecycle events.
    """

    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopens: int = 0
    states: list[str] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    made_sla: list[str] = field(default_factory=list)
    priority: str = ""
    reassignments: int = 0
    counted_reopens: int = 0


def everything(feed: Feed) -> Iterator[Recorded[Any]]:
    """All events up to the head of each lane, lane by lane."""
    for lane, head in feed.head().lanes:
        after = 0
        while after < head:
            page = list(feed.page(lane, after, _PAGE))
            if not page:
                break
            yield from page
            after = page[-1].position


def replayed(
    events: Iterable[Recorded[Any]], workspace: WorkspaceId, mapping: Mapping
) -> list[ReplayedCase]:
    """The cases of the mapping's system, in the order of their first events.

    Memory: a few words per row of the history.
    """
    cases: dict[StreamId, ReplayedCase] = {}
    for recorded in events:
        source = recorded.source
        if recorded.workspace != workspace or source is None or source.system != mapping.system:
            continue
        case = cases.setdefault(recorded.stream, ReplayedCase())
        _follow(case, recorded.event, mapping)
    return list(cases.values())


def _follow(case: ReplayedCase, event: Any, mapping: Mapping) -> None:
    match event:
        case HistoryRowKept():
            _row(case, event, mapping)
        case TicketOpened(at=at):
            case.opened_at = at
        case TicketResolved(at=at):
            case.resolved_at = at
        case TicketClosed(at=at):
            case.closed_at = at
        case TicketReopened():
            case.reopens += 1
        case _:
            pass


def _row(case: ReplayedCase, row: HistoryRowKept, mapping: Mapping) -> None:
    changed, attributes, evidence = row.changed, mapping.attributes, mapping.evidence
    case.states.append(row.state)
    case.instants.append(row.at)
    case.groups.append(_cell(changed, attributes.queue, case.groups[-1] if case.groups else ""))
    case.made_sla.append(
        _cell(changed, evidence.made_sla, case.made_sla[-1] if case.made_sla else "")
    )
    if attributes.priority:
        case.priority = changed.get(attributes.priority.column, case.priority)
    if evidence.reassignments:
        case.reassignments = max(case.reassignments, _number(changed, evidence.reassignments))
    if evidence.reopens:
        case.counted_reopens = max(case.counted_reopens, _number(changed, evidence.reopens))


def _cell(changed: dict[str, str], column: str | None, before: str) -> str:
    return changed.get(column, before) if column else ""


def _number(changed: dict[str, str], column: str) -> int:
    text = changed.get(column, "")
    return int(text) if text.isascii() and text.isdigit() else 0
