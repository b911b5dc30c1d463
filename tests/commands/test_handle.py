"""The one handler, on the log in memory: repeats, conflicts, and what commutes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from adapters.memory import MemoryStore
from commands.add_note import AddNote
from commands.assign import Assign
from commands.close import Close
from commands.envelope import Command
from commands.link import Link
from commands.merge import Merge
from commands.open_ticket import OpenTicket
from commands.pend import Pend
from commands.people.agent import RenameAgent
from commands.ports import Append, Appended, StoreUnavailable
from commands.receive_message import ReceiveMessage
from commands.rename import Rename
from commands.reply import Reply
from commands.resolve import Resolve
from commands.tag import Tag
from commands.undo import Undo
from commands.unmerge import Unmerge
from domain.errors import (
    CommandIdReused,
    Invalid,
    NotAllowed,
    NotFound,
    TicketChanged,
)
from domain.ids import AgentId, RequesterId, TicketId, ident_of, ticket_stream
from domain.ticket.events import NoteAdded, TicketPended
from domain.ticket.words import Channel, Relation, Status
from tests.commands.desk import Desk
from tests.given import LEE, WORKSPACE


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_opened_ticket_has_its_number_and_its_version(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.ticket(ticket).number == 1
    assert desk.ticket(desk.open()).number == 2


def test_the_same_command_id_gives_the_first_answer_again(desk: Desk) -> None:
    ticket = desk.open()
    resolve = Resolve(ticket=ticket, code="fixed")
    first = desk.ask(resolve, name="resolve")
    desk.ask(Close(ticket=ticket))
    again = desk.ask(resolve, name="resolve")
    assert again.repeated
    assert not first.repeated
    assert (again.events, again.version, again.position) == (
        first.events,
        first.version,
        first.position,
    )


def test_opening_twice_under_one_command_id_opens_once_and_takes_one_number(desk: Desk) -> None:
    opening = OpenTicket(requester=RequesterId("mina"), subject="Help")
    first, again = desk.ask(opening, name="open"), desk.ask(opening, name="open")
    assert first.stream == again.stream
    assert again.repeated
    assert desk.ticket(desk.open()).number == 2


def test_a_command_id_is_not_lent_to_another_request(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Tag(ticket=ticket, tag="a"), name="tag")
    with pytest.raises(CommandIdReused):
        desk.ask(Tag(ticket=ticket, tag="b"), name="tag")


def test_a_command_that_changed_nothing_is_remembered_too(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Tag(ticket=ticket, tag="a"))
    nothing = desk.ask(Tag(ticket=ticket, tag="a"), name="again")
    assert nothing.events == ()
    desk.ask(Undo(ticket=ticket, event=desk.store.load(WORKSPACE, nothing.stream)[-1].event_id))
    repeat = desk.ask(Tag(ticket=ticket, tag="a"), name="again")
    assert repeat.repeated
    assert repeat.events == ()
    assert desk.ticket(ticket).tags == frozenset()


def test_what_was_overtaken_is_refused_with_what_happened(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Pend(ticket=ticket, reason="Which?"), by=LEE)
    with pytest.raises(TicketChanged) as refused:
        desk.ask(Resolve(ticket=ticket, code="fixed"), seen=1)
    assert refused.value.details["changed"] == ["status"]
    between = refused.value.details["events"]
    assert isinstance(between, tuple)
    assert [type(recorded.event) for recorded in between] == [TicketPended]
    assert desk.ticket(ticket).status is Status.PENDING


def test_what_was_overtaken_is_refused_so_even_where_the_lifecycle_would_refuse(
    desk: Desk,
) -> None:
    ticket = desk.open()
    desk.ask(Resolve(ticket=ticket, code="fixed"), by=LEE)
    with pytest.raises(TicketChanged):
        desk.ask(Pend(ticket=ticket, reason="Which?"), seen=1)
    with pytest.raises(NotAllowed):
        desk.ask(Pend(ticket=ticket, reason="Which?"), seen=2)


def test_a_version_that_is_yet_to_come_was_never_seen(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(TicketChanged, match="no version 7"):
        desk.ask(Rename(ticket=ticket, subject="Other"), seen=7)
    assert desk.ticket(ticket).subject == "Help"
    desk.ask(AddNote(ticket=ticket, body="It overwrites nothing."), seen=7)


def test_two_who_ask_for_the_same_both_get_it(desk: Desk) -> None:
    ticket = desk.open()
    resolve = Resolve(ticket=ticket, code="fixed")
    desk.ask(resolve, by=LEE, seen=1)
    assert desk.ask(resolve, seen=1).events == ()


@pytest.mark.parametrize("touching", ["resolve", "reply", "pend"])
def test_nobody_answers_or_rests_a_ticket_without_having_seen_the_latest_message(
    desk: Desk, touching: str
) -> None:
    ticket = desk.open()
    desk.ask(ReceiveMessage(ticket=ticket, body="Wait!", channel=Channel.EMAIL))
    command: Command = {
        "resolve": Resolve(ticket=ticket, code="fixed"),
        "reply": Reply(ticket=ticket, body="Done."),
        "pend": Pend(ticket=ticket, reason="?"),
    }[touching]
    with pytest.raises(TicketChanged, match="requester's messages"):
        desk.ask(command, seen=1)
    assert desk.ask(command, seen=2).events


def test_what_commutes_is_let_through(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(AddNote(ticket=ticket, body="One"), seen=1)
    desk.ask(AddNote(ticket=ticket, body="Two"), seen=1)
    desk.ask(Assign(ticket=ticket, agent=AgentId("kim")), seen=1)
    desk.ask(Pend(ticket=ticket, reason="Which?"), seen=1)
    desk.ask(Tag(ticket=ticket, tag="a"), seen=1)
    desk.ask(Tag(ticket=ticket, tag="b"), seen=1)
    desk.ask(Rename(ticket=ticket, subject="Other"), seen=1)
    state = desk.ticket(ticket)
    assert (state.version, state.agent, state.status) == (8, "kim", Status.PENDING)
    with pytest.raises(TicketChanged):
        desk.ask(Rename(ticket=ticket, subject="Third"), seen=1)


def test_small_things_are_not_overwritten_unseen_either(desk: Desk) -> None:
    desk.ask(RenameAgent(agent=AgentId("kim"), display_name="Kim A."), seen=1)
    with pytest.raises(TicketChanged):
        desk.ask(RenameAgent(agent=AgentId("kim"), display_name="Kim B."), seen=1)
    desk.ask(RenameAgent(agent=AgentId("kim"), display_name="Kim B."), seen=2)


def test_a_number_is_taken_only_when_a_ticket_opens(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ask(OpenTicket(requester=RequesterId("nobody"), subject="Help"))
    with pytest.raises(Invalid):
        desk.ask(OpenTicket(requester=RequesterId("mina"), subject=" "))
    ticket = desk.open()
    desk.ask(ReceiveMessage(ticket=ticket, body="More", channel=Channel.EMAIL))
    assert desk.ticket(desk.open()).number == 2


def test_a_late_message_opens_its_follow_up_in_one_append(desk: Desk) -> None:
    ticket = desk.open()
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    desk.clock.instant += timedelta(days=8)
    outcome = desk.ask(ReceiveMessage(ticket=ticket, body="Again", channel=Channel.EMAIL))
    streams = [recorded.stream for recorded in outcome.events]
    assert len(set(streams)) == 2
    follow_up = TicketId(ident_of(next(s for s in streams if s != ticket_stream(ticket))))
    assert desk.ticket(ticket).is_linked(follow_up, Relation.FOLLOWED_UP_BY)
    assert desk.ticket(follow_up).is_linked(ticket, Relation.FOLLOW_UP)
    assert desk.ticket(follow_up).number == 2


def test_merging_and_parting_write_both_tickets(desk: Desk) -> None:
    one, two = desk.open(), desk.open()
    merged = desk.ask(Merge(ticket=one, into=two))
    assert desk.ticket(two).absorbed == {one}
    desk.ask(Undo(ticket=one, event=merged.events[0].event_id))
    assert desk.ticket(one).status is Status.NEW
    assert desk.ticket(two).absorbed == frozenset()
    desk.ask(Merge(ticket=one, into=two))
    desk.ask(Unmerge(ticket=one))
    assert desk.ticket(two).absorbed == frozenset()


@pytest.mark.parametrize("ticket", ["nothing", "nul\0", "half \ud83d", "x" * 1000])
def test_an_id_that_nothing_has_is_not_found(desk: Desk, ticket: str) -> None:
    for command in (
        AddNote(ticket=TicketId(ticket), body="x"),
        Link(ticket=desk.open(), other=TicketId(ticket), relation=Relation.RELATED),
        OpenTicket(requester=RequesterId(ticket), subject="x"),
    ):
        with pytest.raises(NotFound):
            desk.ask(command)


def test_two_at_once_on_one_ticket_lose_nothing(desk: Desk) -> None:
    ticket, together = desk.open(), Barrier(2)

    def write(author: str) -> None:
        together.wait()
        for n in range(50):
            desk.ask(AddNote(ticket=ticket, body=f"{author} {n}"), name=f"{author} {n}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ["kim", "lee"]))
    bodies = [e.body for e in desk.events(ticket) if isinstance(e, NoteAdded)]
    assert sorted(bodies) == sorted(f"{author} {n}" for author in ("kim", "lee") for n in range(50))
    assert desk.ticket(ticket).version == 101


class LosesTheAnswer(MemoryStore):
    """Writes, and then breaks the connection once."""

    broken = False

    def append(self, request: Append) -> Appended:
        appended = super().append(request)
        if self.broken:
            self.broken = False
            raise StoreUnavailable
        return appended


def test_a_command_repeated_after_a_lost_answer_gives_the_first_one() -> None:
    store = LosesTheAnswer()
    desk = Desk(store)
    ticket = desk.open()
    store.broken = True
    note = AddNote(ticket=ticket, body="Once")
    with pytest.raises(StoreUnavailable):
        desk.ask(note, name="note", seen=1)
    again = desk.ask(note, name="note", seen=1)
    assert again.repeated
    assert again.version == 2
    assert len(desk.events(ticket)) == 2
