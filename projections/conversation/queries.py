"""What is read of the conversation: its pages, and who may open which file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from projections.ports import Reader

MOST_ENTRIES = 500
"""The longest page."""

Place = tuple[datetime, str, int]
"""`at`, `ticket` and `version` of the last entry of a page: the next one begins after it."""

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
_TIMELINE = f"""{_SHOWN}, entry AS (
    SELECT {_COLUMNS}, m.into_ticket AS moved_to
    FROM shown JOIN read.conversation_entry e USING (ticket)
    LEFT JOIN read.conversation_moved m
        ON m.source = e.ticket AND m.message = e.message AND m.at <= %(as_of)s
    UNION ALL
    SELECT {_COLUMNS}, NULL
    FROM shown JOIN read.conversation_moved m ON m.into_ticket = shown.ticket
        AND m.at <= %(as_of)s AND m.source NOT IN (SELECT ticket FROM shown)
    JOIN read.conversation_entry e ON e.ticket = m.source AND e.message = m.message
)
SELECT * FROM entry WHERE at <= %(as_of)s {{more}} ORDER BY at, ticket, version LIMIT %(limit)s
"""  # noqa: S608 - literals above


def timeline(
    reader: Reader,
    ticket: str,
    *,
    public_only: bool = False,
    as_of: datetime | None = None,
    at_version: int | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of the timeline, oldest first, and where the next one begins (None: nowhere).

    `public_only` is the requester's view: no notes, no internal events, no details. `as_of` shows
    it as it was at an instant; `at_version` leaves out the ticket's own entries after a version.
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
        more += " AND public"
    if at_version is not None:
        more += " AND (ticket <> %(ticket)s OR version <= %(at_version)s)"
        params["at_version"] = at_version
    if after is not None:
        more += " AND (at, ticket, version) > (%(at)s, %(after_ticket)s, %(after_version)s)"
        params["at"], params["after_ticket"], params["after_version"] = after
    found = reader.fetch(_TIMELINE.format(more=more), params)
    shown = found[:limit]
    if public_only:
        for entry in shown:
            entry["details"] = {}
    last = shown[-1] if len(found) > limit else None
    return shown, (last["at"], last["ticket"], last["version"]) if last else None


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
SELECT f.ticket, f.version, f.message, f.name, f.media_type, f.size
FROM read.conversation_attached f LEFT JOIN read.conversation_moved m
    ON m.source = f.ticket AND m.message = f.message
WHERE f.blob = %(blob)s AND (f.public OR %(inner)s)
    AND (f.ticket IN (SELECT ticket FROM shown) OR m.into_ticket IN (SELECT ticket FROM shown))
ORDER BY f.version
"""  # noqa: S608 - literals above


def files(reader: Reader, ticket: str, blob: str, *, public_only: bool) -> list[dict[str, Any]]:
    """The entries that the ticket shows now and that have this file: ticket, message, file's facts.

    `public_only`: those alone that the requester may see.
    """
    params = {"ticket": ticket, "as_of": "infinity", "blob": blob, "inner": not public_only}
    return reader.fetch(_FILE, params)
