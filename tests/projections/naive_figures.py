"""The figures once more, the slow way: through a ticket's events, as the definitions say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from domain.ids import ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.sla.clock import ClockState
from domain.sla.judge import clocks
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from domain.ticket.words import Category


@record
class Seen:
    """An event that stands, with the ticket before and after it."""

    version: int
    at: datetime
    effective_at: datetime
    event: Any
    before: Ticket
    after: Ticket


@record
class Counted:
    """What a figure counts: enough to compare it with an Observation and to group it."""

    ticket: str
    at: datetime
    value: float
    agent: str | None
    queue: str | None
    tags: frozenset[str]


def standing(history: Sequence[Recorded[Any]], as_of: datetime) -> list[Seen]:
    """The events up to an instant, without those undone by then and without the undoing."""
    known: list[tuple[Recorded[Any], datetime]] = []
    for recorded in history:
        effective_at = max(recorded.event.at, known[-1][1]) if known else recorded.event.at
        if effective_at <= as_of:
            known.append((recorded, effective_at))
    undone = {recorded.event.undoes for recorded, _ in known}
    seen: list[Seen] = []
    ticket = Ticket()
    for recorded, effective_at in known:
        if recorded.event.undoes is None and recorded.event_id not in undone:
            after = evolve(ticket, recorded.event)
            seen.append(
                Seen(
                    version=recorded.version,
                    at=recorded.event.at,
                    effective_at=effective_at,
                    event=recorded.event,
                    before=ticket,
                    after=after,
                )
            )
            ticket = after
    return seen


def figure(
    name: str,
    histories: Sequence[Sequence[Recorded[Any]]],
    start: datetime,
    end: datetime,
    as_of: datetime,
) -> list[Counted]:
    """What `name` counts in [start, end)."""
    found = []
    for history in histories:
        seen = standing(history, as_of)
        if seen:
            moment = min(end - timedelta(microseconds=1), as_of)
            found += [
                counted
                for counted in _of(name, history, seen, moment, as_of)
                if start <= counted.at < end
            ]
    if name == "reopen_rate":
        return _once_per_ticket(found)
    return found


def _of(
    name: str,
    history: Sequence[Recorded[Any]],
    seen: list[Seen],
    moment: datetime,
    as_of: datetime,
) -> list[Counted]:
    ticket = ident_of(history[0].stream)

    def one(at: Seen, value: float = 1.0, instant: datetime | None = None) -> Counted:
        return Counted(
            ticket=ticket,
            at=instant or at.at,
            value=value,
            agent=at.after.agent,
            queue=at.after.queue,
            tags=at.after.tags,
        )

    def of(kind: type[Any]) -> list[Seen]:
        return [s for s in seen if isinstance(s.event, kind)]

    def gap(begin: datetime, end: datetime) -> float:
        return max(0.0, (end - begin).total_seconds())

    opening = seen[0]
    resolved = of(e.TicketResolved)
    flows = {
        "opened": e.TicketOpened,
        "resolved": e.TicketResolved,
        "closed": e.TicketClosed,
        "reopened": e.TicketReopened,
        "cancelled": e.TicketCancelled,
        "merged": e.TicketMerged,
    }
    if name in flows:
        return [one(s) for s in of(flows[name])]
    match name:
        case "backlog" | "backlog_age":
            before = [s for s in seen if s.effective_at <= moment]
            if not before or not before[-1].after.status.is_backlog:
                return []
            reopened = [s for s in before if isinstance(s.event, e.TicketReopened)]
            age = gap((reopened or before[:1])[-1].effective_at, moment)
            return [one(before[-1], 1.0 if name == "backlog" else age, moment)]
        case "time_to_acknowledge":
            touches = [s for s in seen if _touches(s.event)]
            return [one(s, gap(opening.at, s.at)) for s in touches[:1]]
        case "first_response_time" | "next_response_time":
            return [one(s, gap(since, s.at)) for s, since in _responses(seen, name)]
        case "first_resolution_time":
            return [one(s, gap(opening.at, s.at)) for s in resolved[:1]]
        case "full_resolution_time":
            return [one(s, gap(opening.at, s.at)) for s in resolved[-1:]]
        case "requester_wait_time":
            wanted = (Category.ACTIVE, Category.WAITING_THIRD_PARTY)
            return [one(s, _spent(seen, s, *wanted)) for s in resolved[-1:]]
        case "agent_work_time":
            return [one(s, _spent(seen, s, Category.ACTIVE)) for s in resolved[-1:]]
        case "pending_time":
            return [one(s, _spent(seen, s, Category.WAITING_REQUESTER)) for s in resolved[-1:]]
        case "on_hold_time":
            return [one(s, _spent(seen, s, Category.WAITING_THIRD_PARTY)) for s in resolved[-1:]]
        case "first_contact_resolution":
            week = timedelta(days=7)
            return [
                one(s, float(_at_first_contact(seen, s, week)))
                for s in resolved
                if s.at + week <= as_of
            ]
        case "reopen_rate":
            reopenings = [s.version for s in of(e.TicketReopened)]
            return [one(s, float(any(v > s.version for v in reopenings))) for s in resolved]
        case "reassignments":
            return [one(opening, _reassignments(of(e.TicketAssigned)))]
        case "queue_changes":
            moved = [s for s in of(e.TicketQueued) if s.before.queue != s.after.queue]
            return [one(opening, len(moved))]
        case "queue_returns":
            held = [opening.after.queue, *(s.after.queue for s in of(e.TicketQueued))]
            visits = [queue for queue, _ in groupby(queue for queue in held if queue)]
            return [one(opening, len(visits) - len(set(visits)))]
        case "csat":
            return [one(s, float(s.event.score >= 4)) for s in _last_ratings(seen)]
        case "csat_response_rate":
            return [one(s, float(answered)) for s, answered in _surveys(seen)]
        case _ if name.endswith("_attainment"):
            return [
                one(opening, float(clock.state is ClockState.MET), clock.decided_at)
                for clock in clocks(history, Book(), as_of)
                if clock.decided_at is not None and name == f"{clock.name}_attainment"
            ]
        case _:
            raise AssertionError(name)


def _touches(event: Any) -> bool:
    return isinstance(event, e.TicketAcknowledged) or (
        isinstance(event, e.TicketAssigned | e.ReplySent | e.NoteAdded) and event.by.is_agent
    )


def _responses(seen: list[Seen], name: str) -> list[tuple[Seen, datetime]]:
    first: list[tuple[Seen, datetime]] = []
    later: list[tuple[Seen, datetime]] = []
    asked: datetime | None = None
    waiting: datetime | None = None
    for s in seen:
        opened_by_requester = isinstance(s.event, e.TicketOpened) and (
            s.event.by.is_requester or s.event.messages
        )
        if opened_by_requester or isinstance(s.event, e.MessageReceived):
            asked, waiting = asked or s.at, waiting or s.at
        elif isinstance(s.event, e.TicketResolved):
            waiting = None
        elif isinstance(s.event, e.ReplySent) and s.event.by.is_agent:
            if asked and not first:
                first.append((s, asked))
            elif waiting:
                later.append((s, waiting))
            waiting = None
    return first if name == "first_response_time" else later


def _spent(seen: list[Seen], until: Seen, *wanted: Category) -> float:
    total = timedelta()
    for s, following in pairwise(seen):
        if following.version <= until.version and s.after.status.category in wanted:
            total += following.effective_at - s.effective_at
    return total.total_seconds()


def _at_first_contact(seen: list[Seen], resolved: Seen, days: timedelta) -> bool:
    replies = [
        s
        for s in seen
        if isinstance(s.event, e.ReplySent) and s.event.by.is_agent and s.version < resolved.version
    ]
    reopened = [
        s
        for s in seen
        if isinstance(s.event, e.TicketReopened)
        and (s.version < resolved.version or s.at < resolved.at + days)
    ]
    return len(replies) == 1 and not reopened


def _reassignments(assigned: list[Seen]) -> int:
    agent = team = None
    count = 0
    for s in assigned:
        other_agent = s.event.agent and agent and s.event.agent != agent
        other_team = s.event.team and team and s.event.team != team
        count += bool(other_agent or other_team)
        agent, team = s.event.agent or agent, s.event.team or team
    return count


def _last_ratings(seen: list[Seen]) -> list[Seen]:
    last: list[Seen] = []
    for s in seen:
        if isinstance(s.event, e.SatisfactionRated):
            if last and not _resolved_between(seen, last[-1], s):
                last.pop()
            last.append(s)
    return last


def _surveys(seen: list[Seen]) -> list[tuple[Seen, bool]]:
    """The latest survey of a resolution is answered by the first rating after it."""
    found: list[tuple[Seen, bool]] = []
    for n, s in enumerate(seen):
        if isinstance(s.event, e.SatisfactionAsked):
            later = seen[n + 1 :]
            ended = (e.TicketResolved, e.SatisfactionAsked, e.SatisfactionRated)
            first = next((x for x in later if isinstance(x.event, ended)), None)
            found.append((s, first is not None and isinstance(first.event, e.SatisfactionRated)))
    return found


def _resolved_between(seen: list[Seen], first: Seen, last: Seen) -> bool:
    return any(
        isinstance(s.event, e.TicketResolved) and first.version < s.version < last.version
        for s in seen
    )


def _once_per_ticket(found: list[Counted]) -> list[Counted]:
    """The resolution that was reopened, or else the last one."""
    best: dict[str, Counted] = {}
    for counted in found:
        held = best.get(counted.ticket)
        if held is None or counted.value >= held.value:
            best[counted.ticket] = counted
    return list(best.values())
