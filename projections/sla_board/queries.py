"""Finds clocks: pages of the board, how many are in each state, what is to be announced next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.record import record, with_changes
from domain.sla.book import Book
from domain.sla.clock import Clock, ClockState
from domain.sla.judge import reading
from domain.sla.policy import ClockName
from projections.ports import Reader
from projections.sla_board.state_text import from_text, track_from_text

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
    policies: tuple[str, ...] = ()


ClockKey = tuple[datetime | None, str, str, int]
"""The due instant, ticket, clock and instance of the last row of a page: the next begins after it.
"""


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
    "policies": "policy",
}


def page(
    reader: Reader,
    wanted: ClockFilter,
    now: datetime,
    book: Book,
    *,
    after: ClockKey | None = None,
    limit: int = 50,
) -> BoardPage:
    """Clocks by due instant, those that stand still last; `book` judges them.

    Raises ValueError for a bad `limit`.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} rows, not {limit}")
    found: list[dict[str, Any]] = []
    if after is None or after[0] is not None:
        found = _fetch(reader, wanted, now, after=after, limit=limit + 1, still=False)
        after = None
    if len(found) <= limit:
        left = limit + 1 - len(found)
        found += _fetch(reader, wanted, now, after=after, limit=left, still=True)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = (last["due_at"], last["ticket"], last["clock"], last["instance"])
    rows = [_board_row(row, now, book) for row in found[:limit]]
    return BoardPage(rows=rows, next=following)


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
        due, params["after_ticket"], params["after_clock"], params["after_instance"] = after
        place = "(%(after_ticket)s, %(after_clock)s, %(after_instance)s)"
        if still:
            where.append(f"(ticket, clock, instance) > {place}")
        else:
            params["after_due"] = due
            where.append(f"(due_at, ticket, clock, instance) > (%(after_due)s, {place[1:]}")
    return reader.fetch(
        "SELECT c.*, t.state AS tracked FROM (SELECT * FROM read.sla_clock"  # noqa: S608 - literals
        f" WHERE {' AND '.join(where)} ORDER BY due_at, ticket, clock, instance LIMIT %(limit)s) c"
        " JOIN read.sla_ticket t USING (ticket) ORDER BY c.due_at, c.ticket, c.clock, c.instance",
        params,
    )


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
SELECT clock, NULL, count(*) FROM read.sla_clock
WHERE state = 'running' AND due_at < %(now)s GROUP BY clock
"""


@record
class DueClock:
    """A clock that has something to be announced, and the version at which that was seen."""

    ticket: str
    clock: str
    instance: int
    version: int
    policy: str
    policy_version: int
    watch_at: datetime


def due_clocks(reader: Reader, now: datetime, limit: int) -> list[DueClock]:
    """Up to `limit` clocks with something to be announced before `now`, the oldest first."""
    return [
        DueClock(**row)
        for row in reader.fetch(
            "SELECT c.ticket, c.clock, c.instance, t.version, c.policy, c.policy_version,"
            " c.watch_at FROM read.sla_clock c"
            " JOIN read.sla_ticket t USING (ticket)"
            " WHERE c.watch_at < %(now)s ORDER BY c.watch_at, c.ticket LIMIT %(limit)s",
            {"now": now, "limit": limit},
        )
    ]


def next_due(reader: Reader, since: datetime | None = None) -> datetime | None:
    """The next instant at which a clock has something to be announced; None: there is none.

    With `since`, what is due before that is passed over.
    """
    if since is None:
        found = reader.fetch(
            "SELECT min(watch_at) AS at FROM read.sla_clock WHERE watch_at IS NOT NULL"
        )
    else:
        found = reader.fetch(
            "SELECT min(watch_at) AS at FROM read.sla_clock WHERE watch_at >= %(since)s",
            {"since": since},
        )
    at: datetime | None = found[0]["at"]
    return at


def _in_state(states: Sequence[ClockState]) -> str:
    """A condition; a running clock whose due instant is over is a breached one."""
    return f"({' OR '.join(_STATES[state] for state in states)})" if states else "true"


_STATES = {state: f"state = '{state}'" for state in ClockState} | {
    ClockState.RUNNING: "(state = 'running' AND (due_at >= %(now)s OR due_at IS NULL))",
    ClockState.BREACHED: "(state = 'breached' OR (state = 'running' AND due_at < %(now)s))",
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


def _board_row(row: dict[str, Any], now: datetime, book: Book) -> BoardRow:
    key = (ClockName(row["clock"]), row["instance"])
    state, _ = from_text(row["tracked"], book)
    tracks = tuple(track for track in state.tracks if track.key == key)
    if not tracks and row["body"] is not None:  # it is over for good
        tracks = (track_from_text(row["body"], book),)
    (clock,) = reading(with_changes(state, tracks=tracks), book, now)
    return BoardRow(
        ticket=row["ticket"],
        number=row["number"],
        queue=row["queue"],
        agent=row["agent"],
        team=row["team"],
        priority=row["priority"],
        clock=clock,
    )
