"""Files beside messages, messages in HTML, and agents who are mentioned in a note."""

from typing import Any

import pytest

from commands.add_note import MENTIONS_LIMIT, AddNote
from commands.open_ticket import OpenTicket
from commands.receive_message import ReceiveMessage
from commands.reply import Reply
from domain.errors import Invalid, NotFound, Refused
from domain.ids import AgentId, MessageId, RequesterId, TicketId, derived, ticket_stream
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketClosed,
    TicketFollowed,
    TicketOpened,
    TicketResolved,
)
from domain.ticket.state import fold
from domain.ticket.words import Channel, ClosedBecause, Format
from tests.given import COMMAND, MINA, OPENED, TICKET, given, happened
from tests.strategies import FILES

MESSAGE = MessageId(derived(COMMAND, "message"))
FOLLOW_UP = TicketId(derived(COMMAND, "follow-up"))
RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed")
CLOSED = happened(TicketClosed, because=ClosedBecause.TIMER)
FILE, OTHER_FILE = FILES


@pytest.mark.parametrize("command", [AddNote, Reply, ReceiveMessage])
def test_a_message_carries_its_files_each_once(command: Any) -> None:
    more: dict[str, Any] = {"channel": Channel.WEB} if command is ReceiveMessage else {}
    asked = command(
        ticket=TICKET,
        body="<b>Look</b>",
        format=Format.HTML,
        attachments=(FILE, OTHER_FILE, FILE),
        **more,
    )
    (event,) = given(OPENED).when(asked).decision[ticket_stream(TICKET)]
    assert isinstance(event, NoteAdded | ReplySent | MessageReceived)
    assert (event.format, event.attachments) == (Format.HTML, (FILE, OTHER_FILE))


def test_a_file_needs_no_words() -> None:
    asked = AddNote(ticket=TICKET, body="", attachments=(FILE,))
    decided = given(OPENED).when(asked).decision[ticket_stream(TICKET)]
    assert [e.attachments for e in decided if isinstance(e, NoteAdded)] == [(FILE,)]


def test_a_request_and_what_follows_up_on_it_carry_files() -> None:
    opening = OpenTicket(requester=RequesterId("mina"), subject="Look", attachments=(FILE, FILE))
    when = given().when(opening, by=MINA)
    (opened,) = when.decision[when.stream]
    assert isinstance(opened, TicketOpened)
    assert opened.attachments == (FILE,)
    assert fold([opened]).described, "to move all messages would leave the file behind"
    late = ReceiveMessage(
        ticket=TICKET,
        body="<b>Again</b>",
        channel=Channel.EMAIL,
        format=Format.HTML,
        attachments=(FILE,),
    )
    decision = given(OPENED, RESOLVED, CLOSED).when(late, by=MINA).decision
    (follow_up,) = decision[ticket_stream(FOLLOW_UP)]
    assert isinstance(follow_up, TicketOpened)
    assert (follow_up.format, follow_up.attachments) == (Format.HTML, (FILE,))


def test_who_is_mentioned_follows_the_ticket_from_the_same_append_on() -> None:
    asked = AddNote(ticket=TICKET, body="Lee?", mentions=(AgentId("lee"), AgentId("lee")))
    note = happened(
        NoteAdded,
        message=MESSAGE,
        requester=RequesterId("mina"),
        body="Lee?",
        mentions=(AgentId("lee"),),
    )
    followed = happened(TicketFollowed, agent=AgentId("lee"))
    given(OPENED).when(asked).then(note, followed)
    given(OPENED, followed).when(asked).then(note)
    given(OPENED, RESOLVED, CLOSED).when(asked).then(note)


@pytest.mark.parametrize(
    ("who", "refusal"), [(["nobody"], NotFound), (["gone"], Invalid), (["kim"] * 51, None)]
)
def test_only_active_agents_are_mentioned(who: list[str], refusal: type[Refused] | None) -> None:
    asked = AddNote(ticket=TICKET, body="You?", mentions=tuple(map(AgentId, who)))
    when = given(OPENED).when(asked)
    if refusal is None:
        assert when.refusal is None, "the same one many times is one"
    else:
        when.then_refused(refusal, field="mentions")


def test_a_note_does_not_call_everybody() -> None:
    everybody = tuple(AgentId(f"agent-{n}") for n in range(MENTIONS_LIMIT + 1))
    asked = AddNote(ticket=TICKET, body="You?", mentions=everybody)
    given(OPENED).when(asked).then_refused(Invalid, field="mentions", limit=MENTIONS_LIMIT)
