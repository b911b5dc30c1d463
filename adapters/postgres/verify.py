"""Checks that the log is what it promises to be: no hole, no contradiction, every event readable.

The database keeps these promises by itself while it works. This is for after a crash, a restore,
a broken disk, or somebody with a superuser's rights and good intentions.
"""

from collections.abc import Callable, Iterator
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, IsolationLevel

from adapters.codec import decode
from adapters.lanes import lane_of
from domain.ids import StreamId, WorkspaceId
from domain.record import record
from domain.ticket.events import TicketOpened

OnProgress = Callable[[int, int], None]
"""Hears how many events were looked at, of how many."""

MOST = 20
"""Findings listed per rule; damage rarely comes alone, and the first places tell where to look."""

_PAGE = 5_000


@record
class Fault:
    """A promise that does not hold, and where."""

    rule: str
    place: str
    detail: str


@record
class _Rule:
    """`query` gives (place, detail) rows for whatever breaks the rule."""

    name: str
    query: LiteralString


_RULES = (
    _Rule(
        name="positions of a lane have no gap",
        query="""
        SELECT format('lane %%s', lane),
               format('nothing between positions %%s and %%s', before, position)
        FROM (SELECT lane, position, lag(position, 1, 0::bigint)
                OVER (PARTITION BY lane ORDER BY position) AS before
              FROM chronodesk.recorded) AS placed
        WHERE position <> before + 1 ORDER BY lane, position LIMIT %(most)s""",
    ),
    _Rule(
        name="a lane's head is its last position",
        query="""
        SELECT format('lane %%s', lane),
               format('head is %%s, last event is %%s', head, coalesce(last, 0))
        FROM chronodesk.lane FULL JOIN
             (SELECT lane, max(position) AS last FROM chronodesk.recorded GROUP BY lane) AS found
             USING (lane)
        WHERE head IS DISTINCT FROM coalesce(last, 0) ORDER BY lane LIMIT %(most)s""",
    ),
    _Rule(
        name="versions of a stream have no gap and follow the log's order",
        query="""
        SELECT format('%%s %%s', workspace, stream),
               format('version %%s at position %%s follows version %%s at position %%s',
                      version, position, before, earlier)
        FROM (SELECT workspace, stream, version, position, command_id,
                     lag(version) OVER line AS before, lag(position) OVER line AS earlier,
                     lag(lane) OVER line AS lane_before, lane
              FROM chronodesk.recorded
              WINDOW line AS (PARTITION BY workspace, stream ORDER BY version)) AS placed
        WHERE version <> before + 1 OR position <= earlier OR lane <> lane_before
           OR (before IS NULL AND version <> 1 AND command_id IS NOT NULL)
        ORDER BY workspace, stream, version LIMIT %(most)s""",
    ),
    _Rule(
        name="a stream's version is that of its last event",
        query="""
        SELECT format('%%s %%s', workspace, stream),
               format('version is %%s, last event is %%s', s.version, coalesce(found.version, 0))
        FROM chronodesk.stream AS s FULL JOIN
             (SELECT workspace, stream, max(version) AS version, min(lane) AS lane
              FROM chronodesk.recorded GROUP BY workspace, stream) AS found
             USING (workspace, stream)
        WHERE s.version IS DISTINCT FROM found.version OR s.lane IS DISTINCT FROM found.lane
        ORDER BY workspace, stream LIMIT %(most)s""",
    ),
    _Rule(
        name="a command id points to its events, and they to it",
        query="""
        SELECT format('lane %%s, position %%s', lane, position),
               format('command %%s points here, the event is of %%s', c.command_id, e.command_id)
        FROM (SELECT workspace, command_id, place.lane, place.first + n AS position
              FROM chronodesk.command, unnest(lanes, firsts, counts) AS place (lane, first, count),
                   generate_series(0, place.count - 1) AS n) AS c
        FULL JOIN (SELECT workspace, command_id, lane, position
                   FROM chronodesk.recorded WHERE command_id IS NOT NULL) AS e USING (lane, position)
        WHERE c.command_id IS DISTINCT FROM e.command_id OR c.workspace IS DISTINCT FROM e.workspace
        ORDER BY lane, position LIMIT %(most)s""",
    ),
    _Rule(
        name="a command's answer names a version that its stream has reached",
        query="""
        SELECT format('%%s command %%s', workspace, command_id),
               format('%%s at version %%s, which is at %%s',
                      stream, c.version, coalesce(s.version, 0))
        FROM chronodesk.command AS c LEFT JOIN chronodesk.stream AS s USING (workspace, stream)
        WHERE c.version > coalesce(s.version, 0)
        ORDER BY workspace, command_id LIMIT %(most)s""",
    ),
)


def verify_log(url: str, progress: OnProgress = lambda _done, _total: None) -> list[Fault]:
    """What is wrong with the log at `url`, seen at one instant; empty when nothing is.

    Harmless while others write. Raises psycopg.OperationalError when the database is away.
    """
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return [*_broken_rules(connection), *_unreadable(connection, progress)]


def _broken_rules(connection: Connection[Any]) -> Iterator[Fault]:
    for rule in _RULES:
        for place, detail in connection.execute(rule.query, {"most": MOST}):
            yield Fault(rule=rule.name, place=place, detail=detail)


def _unreadable(connection: Connection[Any], progress: OnProgress) -> Iterator[Fault]:
    """Events that no program can read or place, and ticket numbers that were given twice."""
    lanes = dict(connection.execute("SELECT lane, head FROM chronodesk.lane").fetchall())
    total, done, found = sum(lanes.values()), 0, 0
    numbers = _Numbers()
    with connection.cursor("events", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(
            "SELECT lane, position, workspace, stream, topic, data FROM chronodesk.recorded"
            " ORDER BY lane, position"
        )
        for lane, position, workspace, stream, topic, data in cursor:
            done += 1
            if done % _PAGE == 0:
                progress(done, total)
            for rule, detail in _faults(workspace, topic, data, numbers):
                found += 1
                if found <= MOST:
                    place = f"lane {lane}, position {position}, {stream}"
                    yield Fault(rule=rule, place=place, detail=detail)
            if lane != lane_of(WorkspaceId(workspace), StreamId(stream), len(lanes)):
                found += 1
                if found <= MOST:
                    yield Fault(
                        rule="a stream is in the lane that its name says",
                        place=f"{workspace} {stream}",
                        detail=f"it is in lane {lane}",
                    )
    progress(total, total)
    for workspace, last in connection.execute(
        "SELECT workspace, last FROM chronodesk.ticket_number"
    ).fetchall():
        if numbers.highest(workspace) > last:
            yield Fault(
                rule="the next ticket number is free",
                place=workspace,
                detail=f"{last} were given, yet there is a number {numbers.highest(workspace)}",
            )


def _faults(
    workspace: str, topic: str, data: bytes, numbers: "_Numbers"
) -> Iterator[tuple[str, str]]:
    try:
        event = decode(topic, data).event
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        yield "every event can be read", f"{topic}: {type(error).__name__}: {error}"
        return
    if isinstance(event, TicketOpened) and not numbers.take(workspace, event.number):
        yield "a ticket number is given once", f"number {event.number} is taken"


class _Numbers:
    """Ticket numbers seen, a bit each: they are dense, and there may be millions."""

    def __init__(self) -> None:
        self._seen: dict[str, bytearray] = {}
        self._highest: dict[str, int] = {}

    def take(self, workspace: str, number: int) -> bool:
        """False when it was taken before."""
        seen = self._seen.setdefault(workspace, bytearray())
        place, bit = divmod(number, 8)
        if place >= len(seen):
            seen.extend(bytes(place + 1 - len(seen)))
        free = not seen[place] & 1 << bit
        seen[place] |= 1 << bit
        self._highest[workspace] = max(self.highest(workspace), number)
        return free

    def highest(self, workspace: str) -> int:
        return self._highest.get(workspace, 0)
