"""What a test needs at the desk before it looks at the page, done by the API."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from commands.ports import Append, NewEvent, StreamWrite
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, MessageId, RequesterId, TicketId, ticket_stream
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketEvent,
    TicketRenamed,
)
from domain.ticket.words import Channel
from tests.api.desk import WORKSPACE
from tests.browser.site import Site


def done(site: Site, who: str, path: str, body: Any = None) -> dict[str, Any]:
    """Ask for a change as a person; the answer, once all lists show it."""
    person = site.as_(who)
    answer = person.post(path, body)
    assert answer.is_success, answer.text
    headers = {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}
    for listed in ("/tickets", "/canned-responses", "/macros", "/fields"):
        assert site.desk.agent.get(listed, headers=headers).is_success
    found: dict[str, Any] = answer.json()
    return found


_KIM = Actor(kind=ActorKind.AGENT, id="kim")
_MINA = RequesterId("mina")


def talk(site: Site, ticket: dict[str, Any], length: int) -> None:
    """Let a ticket have a long conversation: `line 1` to `line <length>`, some of them notes.

    After every ten lines it is renamed, so there are entries of each kind. It is written at once,
    as an import would, and the views show it when this returns.
    """
    services = site.desk.services
    now = services.clock.now()
    events: list[TicketEvent] = []
    for n in range(1, length + 1):
        events.append(_line(n, MessageId(f"{ticket['id']}-{n}"), now))
        if n % 10 == 0:
            events.append(_renamed(n, now))
    write = StreamWrite(
        stream=ticket_stream(TicketId(ticket["id"])),
        expected_version=ticket["version"],
        events=tuple(NewEvent(event=event) for event in events),
    )
    asked = Append(
        workspace=WORKSPACE,
        command_id=CommandId(uuid4()),
        fingerprint="",
        correlation_id="test",
        recorded_at=now,
        writes=(write,),
    )
    services.store.append(asked)
    done(site, "kim", f"/tickets/{ticket['id']}/rename", {"subject": "A long talk"})


def _line(n: int, message: MessageId, at: datetime) -> TicketEvent:
    body = f"line {n}\n" + "It prints. " * (n % 40)
    if n % 3 == 0:
        return NoteAdded(message=message, requester=_MINA, body=body, by=_KIM, at=at)
    said: type[ReplySent | MessageReceived] = ReplySent
    by = _KIM
    if n % 2 == 0:
        said, by = MessageReceived, Actor(kind=ActorKind.REQUESTER, id="mina")
    return said(message=message, requester=_MINA, body=body, channel=Channel.WEB, by=by, at=at)


def _renamed(n: int, at: datetime) -> TicketEvent:
    subject, previous = f"A talk of {n} lines", f"A talk of {n - 10} lines"
    return TicketRenamed(requester=_MINA, subject=subject, previous=previous, by=_KIM, at=at)
