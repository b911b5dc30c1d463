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
    found: list[dict[str, Any]] = []
    if after is None or after[0] is not None:
        found = _fetch(reader, wanted, now, after=after, limit=limit + 1, still=False)
        after = None
    if len(found) <= limit:
        left = limit + 1 - len(found)
        found += _fetch(reader, wanted, now, after=after, limit=left, still=True)
    shown = [_row(row) for row in found[:limit]]
    following = None
    if len(found) > limit:
        following = (shown[-1].due_at, shown[-1].ticket, shown[-1].clock)
    return BoardPage(rows=[_board_row(row, now) for row in shown], next=following)


def _fetch(
    reader: Reader,
    wanted: ClockFilter,
    now: datetime,
    *,
    after: ClockKey | None,
    limit: int,
    still: bool,
) -> list[dict[str, Any]]:
    """Clocks that have a due instant, or those that stand `still`, by index from `after` on."""
    params: dict[str, Any] = {"now": now, "limit": limit}
    where = [_one_of(column, getattr(wanted, name), params) for name, column in _LISTS.items()]
    where += [_in_state(wanted.states), f"due_at IS {'' if still else 'NOT '}NULL"]
    if after is not None:
        params["after_due"], params["after_ticket"], params["after_clock"] = after
        where.append(
            "(ticket, clock) > (%(after_ticket)s, %(after_clock)s)"
            if still
            else "(due_at, ticket, clock) > (%(after_due)s, %(after_ticket)s, %(after_clock)s)"
        )
    return reader.fetch(
        f"SELECT * FROM read.sla_clock WHERE {' AND '.join(where)}"  # noqa: S608 - literals
        " ORDER BY due_at, ticket, clock LIMIT %(limit)s",
        params,
    )


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
    """How many clocks are in each state: as their last events left them, and run out since."""
    numbers = {name: dict.fromkeys(ClockState, 0) for name in ClockName}
    for row in reader.fetch(_COUNTS, {"now": now}):
        of_clock = numbers[ClockName(row["clock"])]
        if row["state"] is None:
            of_clock[ClockState.RUNNING] -= row["n"]
            of_clock[ClockState.BREACHED] += row["n"]
        else:
            of_clock[ClockState(row["state"])] += row["n"]
    return numbers


_COUNTS = """
SELECT clock, state, clocks AS n FROM read.sla_clock_count
UNION ALL
SELECT clock, NULL, count(*) FROM read.sla_clock WHERE next_at < %(now)s GROUP BY clock
"""


def _in_state(states: Sequence[ClockState]) -> str:
    """A condition; a running clock whose due instant is over is a breached one."""
    return f"({' OR '.join(_STATES[state] for state in states)})" if states else "true"


_STATES = {state: f"state = '{state}'" for state in ClockState} | {
    ClockState.RUNNING: "(state = 'running' AND next_at >= %(now)s)",
    ClockState.BREACHED: "(state = 'breached' OR (state = 'running' AND next_at < %(now)s))",
}


def _one_of(column: str, values: Sequence[str | None], params: dict[str, Any]) -> str:
    if not values:
        return "true"
    given = [str(value) for value in values if value is not None]
    if len(values) == 1:  # one value leaves an index on (column, due_at) in the order of the page
        params[column] = given[0] if given else None
        return f"{column} = %({column})s" if given else f"{column} IS NULL"
    params[column] = given
    test = f"{column} = ANY (%({column})s::text[])"
    return f"({test} OR {column} IS NULL)" if None in values else test


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
