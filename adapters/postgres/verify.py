"""Checks that the log is what it promises to be: no hole, no contradiction, every event readable.

The database keeps these promises by itself while it works. This is for after a crash, a restore,
a broken disk, or somebody with a superuser's rights and good intentions.
"""

from collections.abc import Callable, Iterator
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, IsolationLevel

from adapters.codec import decode
from domain.record import record
from domain.ticket.events import TicketOpened

OnProgress = Callable[[int, int], None]
"""Hears how many events were looked at, of how many."""

MOST = 20
"""Findings listed per rule; damage rarely comes alone, and the first places tell where to look."""

_PAGE = 5_000

_WORK_MEMORY = "256MB"  # sorting a long log in pieces on the disk would take most of the time


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
              FROM chronodesk.event) AS placed
        WHERE position <> before + 1 ORDER BY lane, position LIMIT %(most)s""",
    ),
    _Rule(
        name="a lane's head is its last position",
        query="""
        SELECT format('lane %%s', lane),
               format('head is %%s, last event is %%s', head, coalesce(last, 0))
        FROM chronodesk.lane FULL JOIN
             (SELECT lane, max(position) AS last FROM chronodesk.event GROUP BY lane) AS found
             USING (lane)
        WHERE head IS DISTINCT FROM coalesce(last, 0) ORDER BY lane LIMIT %(most)s""",
    ),
    _Rule(
        # No index of the whole log guards this, see sql/03_event.sql.
        name="versions of a stream have no gap and follow the log's order",
        query="""
        SELECT coalesce(format('%%s %%s', workspace, stream), format('stream %%s', stream_id)),
               format('version %%s at position %%s follows version %%s at position %%s',
                      placed.version, position, before, earlier)
        FROM (SELECT stream_id, version, position, command_id,
                     lag(version) OVER line AS before, lag(position) OVER line AS earlier
              FROM chronodesk.event
              WINDOW line AS (PARTITION BY stream_id ORDER BY version, position)) AS placed
             LEFT JOIN chronodesk.stream AS s ON s.id = placed.stream_id
        WHERE placed.version <> before + 1 OR position <= earlier
           OR (before IS NULL AND placed.version <> 1 AND command_id IS NOT NULL)
        ORDER BY stream_id, placed.version LIMIT %(most)s""",
    ),
    _Rule(
        name="a stream's version, lane and beginning are those of its events",
        query="""
        SELECT coalesce(format('%%s %%s', workspace, stream), format('stream %%s', stream_id)),
               format('version %%s in lane %%s from position %%s, its events say %%s, %%s, %%s',
                      s.version, s.lane, s.first_position, found.version, found.lane, found.first)
        FROM chronodesk.stream AS s FULL JOIN
             (SELECT stream_id, max(version) AS version, min(position) AS first,
                     min(lane) AS lane, max(lane) AS other
              FROM chronodesk.event GROUP BY stream_id) AS found
             ON found.stream_id = s.id
        WHERE (s.version, s.lane, s.lane, s.first_position)
              IS DISTINCT FROM (found.version, found.lane, found.other, found.first)
        ORDER BY coalesce(s.id, stream_id) LIMIT %(most)s""",
    ),
    _Rule(
        name="an event's topic has a name",
        query="""
        SELECT format('topic %%s', topic), format('%%s events have it', count(*))
        FROM chronodesk.event WHERE topic NOT IN (SELECT id FROM chronodesk.topic)
        GROUP BY topic ORDER BY topic LIMIT %(most)s""",
    ),
    _Rule(
        # Later, new streams have gone to other lanes than the number of lanes now says.
        name="a stream is in the lane that its name says, if the lanes were never changed",
        query="""
        SELECT format('%%s %%s', workspace, stream), format('it is in lane %%s', lane)
        FROM chronodesk.stream,
             (SELECT count(*) AS lanes FROM chronodesk.lane HAVING max(epoch) = 0) AS known
        WHERE lane <> mod(
            (('x' || left(encode(sha256(convert_to(workspace || '/' || stream, 'UTF8')), 'hex'), 15)
             )::bit(60)::bigint::numeric * 16
            + ('x' || substr(encode(sha256(convert_to(workspace || '/' || stream, 'UTF8')), 'hex'),
                             16, 1))::bit(4)::integer), known.lanes)
        ORDER BY id LIMIT %(most)s""",
    ),
    _Rule(
        name="a command id points to its events, and they to it",
        query="""
        SELECT format('lane %%s, position %%s', lane, position),
               format('command %%s points here, the event is of %%s', c.command_id, e.command_id)
        FROM (SELECT workspace, command_id, place.lane, place.first + n AS position
              FROM chronodesk.command, unnest(lanes, firsts, counts) AS place (lane, first, count),
                   generate_series(0, place.count - 1) AS n) AS c
        FULL JOIN (SELECT s.workspace, command_id, e.lane, position
                   FROM chronodesk.event AS e JOIN chronodesk.stream AS s ON s.id = e.stream_id
                   WHERE command_id IS NOT NULL) AS e USING (lane, position)
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

    The first half of the progress is the database's work, rule by rule; the second is reading every
    event. Harmless while others write. Raises psycopg.OperationalError when the database is away.
    """
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SELECT set_config('work_mem', %s, true)", [_WORK_MEMORY])
        (total,) = connection.execute("SELECT sum(head)::bigint FROM chronodesk.lane").fetchall()[0]
        numbers = _Numbers()
        faults = []
        for done, rule in enumerate(_RULES):
            progress(total * done // len(_RULES) // 2, total)
            faults += _broken(connection, rule)
        for done in _unreadable(connection, numbers, faults):
            progress((total + done) // 2, total)
        faults += _taken_numbers(connection, numbers)
        progress(total, total)
    return faults


def _broken(connection: Connection[Any], rule: _Rule) -> list[Fault]:
    return [
        Fault(rule=rule.name, place=place, detail=detail)
        for place, detail in connection.execute(rule.query, {"most": MOST})
    ]


def _unreadable(
    connection: Connection[Any], numbers: "_Numbers", faults: list[Fault]
) -> Iterator[int]:
    """Add events that no program can read, and ticket numbers that were given twice, to `faults`.

    Gives how many events were read, now and then.
    """
    found = 0
    with connection.cursor("events", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(
            "SELECT lane, position, workspace, stream, topic, data FROM chronodesk.recorded"
        )
        for done, (lane, position, workspace, stream, topic, data) in enumerate(cursor, start=1):
            if done % _PAGE == 0:
                yield done
            for rule, detail in _faults(workspace, topic, data, numbers):
                found += 1
                if found <= MOST:
                    place = f"lane {lane}, position {position}, {stream}"
                    faults.append(Fault(rule=rule, place=place, detail=detail))


def _taken_numbers(connection: Connection[Any], numbers: "_Numbers") -> Iterator[Fault]:
    """Workspaces whose next ticket number is taken."""
    for workspace, last in connection.execute(
        "SELECT workspace, last FROM chronodesk.ticket_number"
    ):
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
