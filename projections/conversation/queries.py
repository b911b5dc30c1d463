"""What is read of the conversation: its pages, and who may open which file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from projections.ports import Reader

MOST_ENTRIES = 500
"""The longest page."""

Place = tuple[datetime, str, int]
"""`at`, `ticket` and `version` of the last entry of a page: the next page begins beyond it."""

_COLUMNS = (
    "e.ticket, e.version, e.at, e.occurred_at, e.kind, e.event, e.public, e.message,"
    " e.actor_kind, e.actor, e.channel, e.body, e.format, e.attachments, e.mentions, e.details"
)
_SHOWN = """
WITH RECURSIVE shown (ticket) AS (
    SELECT %(ticket)s::text
    UNION
    SELECT a.source FROM read.conversation_absorbed a JOIN shown ON a.target = shown.ticket
    WHERE (SELECT count(*) FROM unnest(a.spans) AS t WHERE t <= %(as_of)s) %% 2 = 1
)"""
_NOT_FOREIGN = "(e.ticket <> ALL(%(foreign)s) OR m.into_ticket = %(ticket)s)"
"""Of somebody else's ticket only the messages that were split off into this one."""

_TIMELINE = f"""{_SHOWN}, entry AS (
    SELECT said.* FROM shown CROSS JOIN LATERAL (
        SELECT {_COLUMNS}, m.into_ticket AS moved_to
        FROM read.conversation_entry e
        LEFT JOIN read.conversation_moved m
            ON m.source = e.ticket AND m.message = e.message AND m.at <= %(as_of)s
        WHERE e.ticket = shown.ticket AND e.at <= %(as_of)s {{more}}
        ORDER BY e.version {{direction}} LIMIT %(limit)s
    ) said
    UNION ALL
    SELECT {_COLUMNS}, NULL
    FROM shown JOIN read.conversation_moved m ON m.into_ticket = shown.ticket
        AND m.at <= %(as_of)s AND m.source NOT IN (SELECT ticket FROM shown)
    JOIN read.conversation_entry e ON e.ticket = m.source AND e.message = m.message
    WHERE e.at <= %(as_of)s {{more}}
)
SELECT * FROM entry
ORDER BY at {{direction}}, ticket {{direction}}, version {{direction}} LIMIT %(limit)s
"""  # noqa: S608 - literals above


def timeline(
    reader: Reader,
    ticket: str,
    *,
    public_only: bool = False,
    foreign: Sequence[str] = (),
    as_of: datetime | None = None,
    at_version: int | None = None,
    after_version: int | None = None,
    newest_first: bool = False,
    after: Place | None = None,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of the timeline, oldest first, and where the next one begins (None: nowhere).

    `public_only` is the requester's view: no notes, no internal events, no details. Of the tickets
    in `foreign` it shows nothing but messages that were split off into this one. `as_of` shows
    it as it was at an instant; `at_version` leaves out the ticket's own entries after a version.
    `after_version` gives those alone: what came since to whom has seen that version. Pages follow
    each other in the order of the entries, `newest_first` or not; `after` is a place in that order.
    Raises ValueError for a limit out of bounds.
    """
    if not 1 <= limit <= MOST_ENTRIES:
        raise ValueError(f"a page has 1 to {MOST_ENTRIES} entries, not {limit}")
    params: dict[str, Any] = {
        "ticket": ticket,
        "as_of": as_of or "infinity",
        "limit": limit + 1,
    }
    more = ""
    if public_only:
        more += " AND e.public"
    if foreign:
        more += f" AND {_NOT_FOREIGN}"
        params["foreign"] = list(foreign)
    if at_version is not None:
        more += " AND (e.ticket <> %(ticket)s OR e.version <= %(at_version)s)"
        params["at_version"] = at_version
    if after_version is not None:
        more += " AND e.ticket = %(ticket)s AND e.version > %(after_version)s"
        params["after_version"] = after_version
    direction, than = ("DESC", "<") if newest_first else ("ASC", ">")
    if after is not None:
        more += f" AND (e.at, e.ticket, e.version) {than} (%(at)s, %(place_ticket)s, %(place)s)"
        params["at"], params["place_ticket"], params["place"] = after
    found = reader.fetch(_TIMELINE.format(more=more, direction=direction), params)
    shown = found[:limit]
    if public_only:
        for entry in shown:
            entry["details"] = {}
    last = shown[-1] if len(found) > limit else None
    return shown, (last["at"], last["ticket"], last["version"]) if last else None


_SPEAKERS = f"""{_SHOWN}
SELECT ticket FROM shown
UNION
SELECT m.source FROM shown JOIN read.conversation_moved m ON m.into_ticket = shown.ticket
    AND m.at <= %(as_of)s
"""  # noqa: S608 - literals above


def speakers(reader: Reader, ticket: str, *, as_of: datetime | None = None) -> set[str]:
    """The tickets of which entries may show in the timeline: itself, merged, split off from."""
    params = {"ticket": ticket, "as_of": as_of or "infinity"}
    return {row["ticket"] for row in reader.fetch(_SPEAKERS, params)}


_SAID = """
SELECT DISTINCT w.place
FROM unnest(%(tickets)s::text[], %(kinds)s::text[], %(bodies)s::text[], %(instants)s::timestamptz[])
    WITH ORDINALITY AS w (ticket, kind, body, since, place)
JOIN read.conversation_entry e USING (ticket, kind)
WHERE e.actor_kind = 'agent' AND e.actor = %(agent)s AND e.occurred_at >= w.since
    AND e.body = w.body
"""


def said(reader: Reader, agent: str, wanted: Sequence[tuple[str, str, str, datetime]]) -> set[int]:
    """Which of these the agent has said: ticket, kind of entry, text, and since when, by place."""
    tickets, kinds, bodies, instants = zip(*wanted, strict=True)
    params = {
        "agent": agent,
        "tickets": list(tickets),
        "kinds": [str(kind) for kind in kinds],
        "bodies": list(bodies),
        "instants": list(instants),
    }
    return {row["place"] - 1 for row in reader.fetch(_SAID, params)}


def referred(reader: Reader, blobs: Sequence[str]) -> set[str]:
    """Those of the files that any entry of any ticket has."""
    rows = reader.fetch(
        "SELECT DISTINCT blob FROM read.conversation_attached WHERE blob = ANY(%(blobs)s)",
        {"blobs": list(blobs)},
    )
    return {row["blob"] for row in rows}


_FILE = f"""{_SHOWN}
SELECT e.ticket, e.version, e.message, e.name, e.media_type, e.size
FROM read.conversation_attached e LEFT JOIN read.conversation_moved m
    ON m.source = e.ticket AND m.message = e.message
WHERE e.blob = %(blob)s AND (e.public OR %(inner)s) AND {_NOT_FOREIGN}
    AND (e.ticket IN (SELECT ticket FROM shown) OR m.into_ticket IN (SELECT ticket FROM shown))
ORDER BY e.version
"""  # noqa: S608 - literals above


def files(
    reader: Reader, ticket: str, blob: str, *, public_only: bool, foreign: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The entries that the ticket shows now and that have this file: ticket, message, file's facts.

    `public_only` and `foreign` as in `timeline`.
    """
    params = {
        "ticket": ticket,
        "as_of": "infinity",
        "blob": blob,
        "inner": not public_only,
        "foreign": list(foreign),
    }
    return reader.fetch(_FILE, params)
