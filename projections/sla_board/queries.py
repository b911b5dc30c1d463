"""Finds clocks: pages of the board, the clocks of a ticket, how many are in each state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.record import record
from domain.recorded import Recorded
from domain.sla.clock import Clock, ClockState, Tracked, clocks, reading
from domain.sla.policy import ClockName
from projections.ports import Reader
from projections.sla_board.rows import TERMS, SlaClockRow, track_of

MOST_ROWS = 200
"""The longest page."""


@record
class ClockFilter:
    """Which clocks to show; what is left empty does not restrict. None stands for "none"."""

    states: tuple[ClockState, ...] = ()
    clocks: tuple[ClockName, ...] = ()
    queues: tuple[str | None, ...] = ()
    agents: tuple[str | None, ...] = ()
    teams: tuple[str | None, ...] = ()
    priorities: tuple[str, ...] = ()


ClockKey = tuple[datetime | None, str, str]
"""The due instant, ticket and clock of the last row of a page: the next one begins after it."""


@record
class BoardRow:
    """A clock at the instant asked about, and the ticket it belongs to."""

    ticket: str
    number: int
    queue: str | None
    agent: str | None
    team: str | None
    priority: str
    clock: Clock


@record
class BoardPage:
    """`next` is None on the last page."""

    rows: list[BoardRow]
    next: ClockKey | None


_STATE = "CASE WHEN state = 'running' AND due_at < %(now)s THEN 'breached' ELSE state END"
_LISTS = {
    "clocks": "clock",
    "queues": "queue",
    "agents": "agent",
    "teams": "team",
    "priorities": "priority",
}


def page(
    reader: Reader,
    wanted: ClockFilter,
    now: datetime,
    *,
    after: ClockKey | None = None,
    limit: int = 50,
) -> BoardPage:
    """Clocks by due instant, those that stand still last. Raises ValueError for a bad `limit`."""
    if not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} rows, not {limit}")
    params: dict[str, Any] = {"now": now, "limit": limit + 1}
    where = [_one_of(column, getattr(wanted, name), params) for name, column in _LISTS.items()]
    where += [_one_of(_STATE, wanted.states, params, key="state")]
    if wanted.states and set(wanted.states) == {ClockState.RUNNING}:
        where.append("next_at >= %(now)s")  # says the same again, in the words of the index
    if after is not None:
        where.append(_beyond(after, params))
    found = reader.fetch(
        f"SELECT * FROM read.sla_clock WHERE {' AND '.join(where)}"  # noqa: S608 - literals
        " ORDER BY due_at, ticket, clock LIMIT %(limit)s",
        params,
    )
    shown = [_row(row) for row in found[:limit]]
    following = None
    if len(found) > limit:
        following = (shown[-1].due_at, shown[-1].ticket, shown[-1].clock)
    return BoardPage(rows=[_board_row(row, now) for row in shown], next=following)


def clocks_of(reader: Reader, ticket: str, now: datetime) -> tuple[Clock, ...]:
    """The clocks of one ticket now."""
    found = reader.fetch(
        "SELECT * FROM read.sla_clock WHERE ticket = %(ticket)s ORDER BY started_at, clock DESC",
        {"ticket": ticket},
    )
    return tuple(_board_row(_row(row), now).clock for row in found)


def clocks_as_of(events: Iterable[Recorded[Any]], instant: datetime) -> tuple[Clock, ...]:
    """The clocks of one ticket as they stood at an instant, from its events in their order."""
    return clocks(events, TERMS.policy, TERMS.calendars, instant)


def counts(reader: Reader, now: datetime) -> dict[ClockName, dict[ClockState, int]]:
    """How many clocks are in each state."""
    found = reader.fetch(
        f"SELECT clock, {_STATE} AS state, count(*) AS n FROM read.sla_clock GROUP BY 1, 2",  # noqa: S608 - literals
        {"now": now},
    )
    numbers = {name: dict.fromkeys(ClockState, 0) for name in ClockName}
    for row in found:
        numbers[ClockName(row["clock"])][ClockState(row["state"])] = row["n"]
    return numbers


def _one_of(
    expression: str, values: Sequence[str | None], params: dict[str, Any], key: str | None = None
) -> str:
    if not values:
        return "true"
    name = key or expression
    params[name] = [str(value) for value in values if value is not None]
    test = f"{expression} = ANY (%({name})s::text[])"
    return f"({test} OR {expression} IS NULL)" if None in values else test


def _beyond(after: ClockKey, params: dict[str, Any]) -> str:
    due_at, ticket, clock = after
    params |= {"after_ticket": ticket, "after_clock": clock}
    if due_at is None:
        return "(due_at IS NULL AND (ticket, clock) > (%(after_ticket)s, %(after_clock)s))"
    params["after_due"] = due_at
    return (
        "((due_at, ticket, clock) > (%(after_due)s, %(after_ticket)s, %(after_clock)s)"
        " OR due_at IS NULL)"
    )


def _row(found: dict[str, Any]) -> SlaClockRow:
    arrays = {name: tuple(found[name]) for name in ("tags", "versions", "instants", "reasons")}
    return SlaClockRow(**{**found, **arrays})


def _board_row(row: SlaClockRow, now: datetime) -> BoardRow:
    state = Tracked(tracks=(track_of(row),))
    return BoardRow(
        ticket=row.ticket,
        number=row.number,
        queue=row.queue,
        agent=row.agent,
        team=row.team,
        priority=row.priority,
        clock=reading(state, TERMS, now)[0],
    )
