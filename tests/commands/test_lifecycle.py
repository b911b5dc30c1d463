"""The lifecycle table, written out once more by hand: each status against each command."""

import pytest

from commands.acknowledge import Acknowledge
from commands.add_note import AddNote
from commands.apply_macro import ApplyMacro
from commands.ask_satisfaction import AskSatisfaction
from commands.assign import Assign
from commands.cancel import Cancel
from commands.categorise import Categorise
from commands.change_requester import ChangeRequester
from commands.close import Close
from commands.deescalate import Deescalate
from commands.envelope import Command
from commands.escalate import Escalate
from commands.follow import Follow
from commands.hold import Hold
from commands.link import Link
from commands.merge import Merge
from commands.move_to_queue import MoveToQueue
from commands.pend import Pend
from commands.prioritise import Prioritise
from commands.rate import Rate
from commands.receive_message import ReceiveMessage
from commands.rename import Rename
from commands.reopen import Reopen
from commands.reply import Reply
from commands.resolve import Resolve
from commands.resume import Resume
from commands.set_field import SetField
from commands.split import Split
from commands.tag import Tag
from commands.undo import Undo
from commands.unfollow import Unfollow
from commands.unlink import Unlink
from commands.unmerge import Unmerge
from commands.untag import Untag
from domain.errors import NotAllowed, NotFound, Refused
from domain.happened import Happened
from domain.ids import AgentId, MacroId, MessageId, QueueId, RequesterId, ticket_stream
from domain.ticket.events import (
    NoteAdded,
    TicketAbsorbed,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketEscalated,
    TicketFollowed,
    TicketHeld,
    TicketLinked,
    TicketMerged,
    TicketPended,
    TicketResolved,
    TicketTagged,
)
from domain.ticket.rules import ALLOWED_FROM, allowed_commands
from domain.ticket.state import fold
from domain.ticket.words import Channel, ClosedBecause, Priority, Relation, Status
from tests.given import BOT, OPENED, OTHER, TICKET, Given, event_of, given, happened

DECORATED: list[Happened] = [
    OPENED,
    happened(
        NoteAdded,
        by=BOT,
        message=MessageId("m-1"),
        requester=RequesterId("mina"),
        body="Warm to the touch",
    ),
    happened(TicketTagged, tag="old"),
    happened(TicketFollowed, agent=AgentId("lee")),
    happened(TicketEscalated, level=1, previous=0, reason="Smoke"),
    happened(TicketLinked, other=OTHER, relation=Relation.RELATED),
]
"""A new ticket with something of each kind that a command could take away."""

ASSIGNED = happened(TicketAssigned, agent=AgentId("kim"), previous=None)
RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed")
PATHS: dict[Status, list[Happened]] = {
    Status.NEW: [],
    Status.OPEN: [ASSIGNED],
    Status.PENDING: [happened(TicketPended, reason="Asked")],
    Status.ON_HOLD: [happened(TicketHeld, reason="Supplier")],
    Status.RESOLVED: [RESOLVED],
    Status.CLOSED: [RESOLVED, happened(TicketClosed, because=ClosedBecause.AGENT)],
    Status.MERGED: [happened(TicketMerged, into=OTHER)],
    Status.CANCELLED: [happened(TicketCancelled, reason="Spam")],
}

N, O, P, H, R, C, M, X = Status  # noqa: E741 - one letter per column of the table
WORKING = {N, O, P, H}
NOT_FINAL = WORKING | {R}

TABLE: list[tuple[Command, set[Status]]] = [
    (Acknowledge(ticket=TICKET), {N}),
    (Assign(ticket=TICKET, agent=AgentId("lee")), WORKING),
    (MoveToQueue(ticket=TICKET, queue=QueueId("hardware")), WORKING),
    (ReceiveMessage(ticket=TICKET, body="Hello?", channel=Channel.EMAIL), NOT_FINAL | {C}),
    (Reply(ticket=TICKET, body="Hello."), NOT_FINAL),
    (AddNote(ticket=TICKET, body="Odd."), set(Status) - {M}),
    (Pend(ticket=TICKET, reason="Asked again"), WORKING),
    (Hold(ticket=TICKET, reason="Parts"), WORKING),
    (Resume(ticket=TICKET, reason="Back"), {P, H}),
    (Resolve(ticket=TICKET, code="explained"), WORKING),
    (Reopen(ticket=TICKET, reason="Again"), {R}),
    (Close(ticket=TICKET), {R}),
    (Cancel(ticket=TICKET, reason="Spam"), NOT_FINAL),
    (Merge(ticket=TICKET, into=OTHER), NOT_FINAL),
    (Unmerge(ticket=TICKET), {M}),
    (Split(ticket=TICKET, messages=(MessageId("m-1"),), subject="Another thing"), NOT_FINAL),
    (Link(ticket=TICKET, other=OTHER, relation=Relation.PARENT), set(Status)),
    (Unlink(ticket=TICKET, other=OTHER, relation=Relation.RELATED), set(Status)),
    (Prioritise(ticket=TICKET, priority=Priority.URGENT, reason="Fire"), NOT_FINAL),
    (Categorise(ticket=TICKET, category="printer"), NOT_FINAL),
    (Tag(ticket=TICKET, tag="fire"), NOT_FINAL),
    (Untag(ticket=TICKET, tag="old"), NOT_FINAL),
    (SetField(ticket=TICKET, field="site", value="Seoul"), NOT_FINAL),
    (Rename(ticket=TICKET, subject="Fire!"), NOT_FINAL),
    (ChangeRequester(ticket=TICKET, requester=RequesterId("juno")), NOT_FINAL),
    (Follow(ticket=TICKET, agent=AgentId("kim")), NOT_FINAL),
    (Unfollow(ticket=TICKET, agent=AgentId("lee")), NOT_FINAL),
    (Escalate(ticket=TICKET, level=2, reason="Flames"), NOT_FINAL),
    (Deescalate(ticket=TICKET, level=0, reason="Out"), NOT_FINAL),
    (ApplyMacro(ticket=TICKET, macro=MacroId("note")), set(Status) - {M}),
    (AskSatisfaction(ticket=TICKET), {R, C}),
    (Rate(ticket=TICKET, score=5), {R, C}),
]


def on(status: Status) -> Given:
    """The decorated ticket in this status, and another ticket beside it."""
    return (
        given(*DECORATED, *PATHS[status])
        .and_given(ticket_stream(OTHER), OPENED)
        .and_given(
            ticket_stream(OTHER),
            happened(TicketLinked, other=TICKET, relation=Relation.RELATED),
            *([happened(TicketAbsorbed, source=TICKET)] if status is Status.MERGED else []),
        )
    )


ALREADY_SO = {
    ("resume", Status.OPEN),
    ("close", Status.CLOSED),
    ("cancel", Status.CANCELLED),
    ("merge", Status.MERGED),
    ("acknowledge", Status.OPEN),  # the assignment has acknowledged it
}
"""Where a command that the table does not allow is answered with `nothing changes` instead."""


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(("command", "allowed"), TABLE, ids=[c.name for c, _ in TABLE])
def test_each_command_is_taken_just_where_the_table_says(
    command: Command, allowed: set[Status], status: Status
) -> None:
    when = on(status).when(command)
    if (command.name, status) in ALREADY_SO:
        when.then_nothing()
    elif status in allowed:
        assert when.refusal is None, when.refusal
        assert when.decision
    else:
        when.then_refused(
            NotAllowed,
            status=status,
            command=command.name,
            allowed=allowed_commands(fold([OPENED, *PATHS[status]])),  # type: ignore[list-item]
        )


@pytest.mark.parametrize(("command", "allowed"), TABLE, ids=[c.name for c, _ in TABLE])
def test_the_table_in_the_code_is_the_table_on_paper(
    command: Command, allowed: set[Status]
) -> None:
    assert ALLOWED_FROM[command.name] == allowed


def test_every_row_of_the_code_s_table_is_on_paper() -> None:
    assert {command.name for command, _ in TABLE} | {"undo"} == set(ALLOWED_FROM)
    assert ALLOWED_FROM["undo"] == set(Status) - {C}


@pytest.mark.parametrize("command", [c for c, _ in TABLE], ids=[c.name for c, _ in TABLE])
def test_nothing_can_be_asked_of_a_ticket_that_does_not_exist(command: Command) -> None:
    given().when(command).then_refused(NotFound)


def test_nothing_can_be_undone_on_a_ticket_that_does_not_exist() -> None:
    given().when(Undo(ticket=TICKET, event=event_of(1))).then_refused(NotFound)


def test_a_refusal_names_the_status_the_command_and_what_is_allowed() -> None:
    when = given(OPENED).when(Close(ticket=TICKET))
    when.then_refused(NotAllowed, "is new does not take 'close'", command="close")
    assert isinstance(when.refusal, Refused)
    assert "resolve" in str(when.refusal.details["allowed"])


def test_a_refusal_on_a_merged_ticket_says_where_it_went() -> None:
    message = ReceiveMessage(ticket=TICKET, body="Hello?", channel=Channel.EMAIL)
    on(Status.MERGED).when(message).then_refused(NotAllowed, merged_into=OTHER)
