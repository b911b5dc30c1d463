"""What agents are told of: who called them, gave them work, or wrote on a ticket of theirs.

An agent hears of tickets that they own or follow, and never of what they did themselves. What came
from another system with its history is news to nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.ids import ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.events import (
    AgentNotified,
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketAssigned,
    TicketFollowed,
    TicketReopened,
    TicketUnfollowed,
)
from domain.ticket.messages import excerpt
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table

MOST_NOTIFICATIONS = 100
"""The longest page."""

MOST_COUNTED = 1_000
"""A count of unread ones stops here."""

_LONGEST_TEXT = 200


class NotificationKind(StrEnum):
    """Why an agent is told."""

    MENTION = "mention"
    SLA = "sla"
    ASSIGNED = "assigned"
    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"
    REOPENED = "reopened"


@record
class Notification:
    """One agent is told of one event, `id`, by which `version` of its ticket it came about.

    `text` is the beginning of what was said, or what a clock reached; nothing for other kinds.
    """

    workspace: str
    person: str
    id: str
    kind: str
    ticket: str
    version: int
    text: str
    actor_kind: str
    actor: str
    at: datetime


@record
class Watched:
    """Who hears of a ticket. `messaged` is the version of the requester's last message."""

    workspace: str
    ticket: str
    agent: str | None = None
    followers: tuple[str, ...] = ()
    messaged: int = 0


NOTIFICATION = Table(
    name="notification",
    row=Notification,
    key=("workspace", "id", "person"),
    ddl=columns_of(Notification),
    indexes=("(workspace, person, at DESC, id DESC)",),
)
WATCHED = Table(
    name="notification_watched",
    row=Watched,
    key=("workspace", "ticket"),
    ddl=columns_of(Watched),
    by_stream=True,
)

_HEARD = (
    TicketAssigned,
    TicketFollowed,
    TicketUnfollowed,
    NoteAdded,
    ReplySent,
    MessageReceived,
    TicketReopened,
)
"""Events whose ticket's row is looked at."""


TELLING = (AgentNotified, TicketAssigned, NoteAdded, ReplySent, MessageReceived, TicketReopened)
"""Events that somebody may be told of."""


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's owner and followers, for events that they may be told of."""
    if isinstance(recorded.event, _HEARD):
        yield WATCHED, (recorded.workspace, ident_of(recorded.stream))


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Note who hears of the ticket, and tell those who should know of the event."""
    event = recorded.event
    if isinstance(event, AgentNotified):
        _tell(rows, recorded, NotificationKind.SLA, event.about, [event.agent])
    elif isinstance(event, _HEARD):
        key = (recorded.workspace, ident_of(recorded.stream))
        nobody = Watched(workspace=recorded.workspace, ticket=key[1])
        watched: Watched = rows.get(WATCHED, key) or nobody
        _hear(rows, recorded, watched)
        after = _after(recorded, watched)
        if after != watched:
            rows.put(WATCHED, after)


def _hear(rows: Rows, recorded: Recorded[Any], watched: Watched) -> None:
    """Whom an event concerns, by what was so before it."""
    event = recorded.event
    concerned = [*([watched.agent] if watched.agent else []), *watched.followers]
    match event:
        case TicketAssigned(agent=agent) if agent is not None:
            _tell(rows, recorded, NotificationKind.ASSIGNED, "", [agent])
        case NoteAdded(mentions=mentions):
            text = excerpt(event.body, event.format, _LONGEST_TEXT)
            _tell(rows, recorded, NotificationKind.MENTION, text, mentions)
            others = [person for person in concerned if person not in mentions]
            _tell(rows, recorded, NotificationKind.NOTE, text, others)
        case ReplySent() if event.by.is_agent:
            text = excerpt(event.body, event.format, _LONGEST_TEXT)
            _tell(rows, recorded, NotificationKind.REPLY, text, concerned)
        case MessageReceived():
            text = excerpt(event.body, event.format, _LONGEST_TEXT)
            _tell(rows, recorded, NotificationKind.MESSAGE, text, concerned)
        case TicketReopened() if event.by.is_requester and watched.messaged < recorded.version - 1:
            _tell(rows, recorded, NotificationKind.REOPENED, "", concerned)
        case _:
            pass  # who follows by now is all there is to it


def _after(recorded: Recorded[Any], watched: Watched) -> Watched:
    match recorded.event:
        case TicketAssigned(agent=agent):
            return replace(watched, agent=agent)
        case TicketFollowed(agent=agent) if agent not in watched.followers:
            return replace(watched, followers=(*watched.followers, agent))
        case TicketUnfollowed(agent=agent):
            left = tuple(one for one in watched.followers if one != agent)
            return replace(watched, followers=left)
        case MessageReceived():
            return replace(watched, messaged=recorded.version)
        case _:
            return watched


def _tell(
    rows: Rows, recorded: Recorded[Any], kind: NotificationKind, text: str, people: Iterable[str]
) -> None:
    by = recorded.event.by
    if recorded.source is not None:
        return
    for person in dict.fromkeys(people):
        if by.is_agent and by.id == person:
            continue
        rows.put(
            NOTIFICATION,
            Notification(
                workspace=recorded.workspace,
                person=person,
                id=recorded.event_id,
                kind=kind,
                ticket=ident_of(recorded.stream),
                version=recorded.version,
                text=text,
                actor_kind=by.kind,
                actor=by.id,
                at=recorded.event.at,
            ),
        )


PROJECTION = Projection(
    name="notifications",
    version=1,
    tables=(WATCHED, NOTIFICATION),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)

Place = tuple[datetime, str]
"""`at` and `id` of the last notification of a page: the next one begins after it."""

_SHOWN = """
SELECT n.person, n.id, n.kind, n.ticket, n.version, t.number, t.subject, n.text, n.actor_kind,
    n.actor, n.at
FROM read.notification n JOIN read.ticket t USING (ticket)
"""


def page(
    reader: Reader, person: str, *, after: Place | None = None, limit: int
) -> tuple[list[dict[str, Any]], Place | None]:
    """What a person was told, latest first, and where the next page begins (None: nowhere)."""
    params: dict[str, Any] = {"person": person, "limit": limit + 1}
    more = ""
    if after is not None:
        more = " AND (n.at, n.id) < (%(at)s, %(id)s)"
        params["at"], params["id"] = after
    found = reader.fetch(
        f"{_SHOWN} WHERE n.person = %(person)s{more} ORDER BY n.at DESC, n.id DESC LIMIT %(limit)s",
        params,
    )
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return shown, (last["at"], last["id"]) if last else None


def of_events(reader: Reader, events: Sequence[str]) -> list[dict[str, Any]]:
    """Whom these events were told, by their ids; each as on a page, in order."""
    return reader.fetch(
        f"{_SHOWN} WHERE n.id = ANY (%(ids)s) ORDER BY n.at, n.id, n.person", {"ids": list(events)}
    )


def instants(reader: Reader, person: str, ids: Sequence[str]) -> dict[str, datetime]:
    """Those of the notifications that are this person's, and when each was."""
    rows = reader.fetch(
        "SELECT id, at FROM read.notification WHERE person = %(person)s AND id = ANY (%(ids)s)",
        {"person": person, "ids": list(ids)},
    )
    return {row["id"]: row["at"] for row in rows}


def count_since(reader: Reader, person: str, instant: datetime) -> int:
    """How many came after an instant, up to MOST_COUNTED."""
    (counted,) = reader.fetch(
        "SELECT count(*) AS n FROM (SELECT FROM read.notification"
        " WHERE person = %(person)s AND at > %(at)s LIMIT %(most)s) AS counted",
        {"person": person, "at": instant, "most": MOST_COUNTED},
    )
    count: int = counted["n"]
    return count
