"""Messages, replies, notes, and what they do to the status."""

from datetime import UTC, datetime

import pytest

from commands.add_note import AddNote
from commands.receive_message import ReceiveMessage
from commands.reply import Reply
from domain.checks import BODY_LIMIT
from domain.desk.events import ReopenWindowSet
from domain.errors import Invalid, NotFound
from domain.happened import Happened
from domain.ids import (
    DESK_RULES,
    MessageId,
    QueueId,
    RequesterId,
    TicketId,
    TicketNumber,
    derived,
    ticket_stream,
)
from domain.ticket.events import (
    FollowUpRequested,
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketCategorised,
    TicketClosed,
    TicketFieldSet,
    TicketHeld,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketTagged,
)
from domain.ticket.state import Link, fold
from domain.ticket.words import Channel, ClosedBecause, Priority, Relation, Status
from tests.given import COMMAND, MINA, NOW, OPENED, TICKET, after, given, happened

MESSAGE = MessageId(derived(COMMAND, "message"))
FOLLOW_UP = TicketId(derived(COMMAND, "follow-up"))
WRITE = ReceiveMessage(ticket=TICKET, body="It burns again.", channel=Channel.EMAIL)
PENDED = happened(TicketPended, reason="Which printer?", wake_at=after(days=2))
HELD = happened(TicketHeld, reason="Spare part")
RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed")
CLOSED = happened(TicketClosed, because=ClosedBecause.TIMER)


def received(at: datetime = NOW) -> MessageReceived:
    return happened(
        MessageReceived,
        by=MINA,
        at=at,
        message=MESSAGE,
        requester=RequesterId("mina"),
        body="It burns again.",
        channel=Channel.EMAIL,
    )


def test_a_message_on_a_new_ticket_leaves_it_new() -> None:
    given(OPENED).when(WRITE, by=MINA).then(received())


@pytest.mark.parametrize("waiting", [PENDED, HELD])
def test_a_message_wakes_a_waiting_ticket(waiting: Happened) -> None:
    resumed = happened(TicketResumed, by=MINA, reason="The requester wrote.")
    given(OPENED, waiting).when(WRITE, by=MINA).then(received(), resumed)


@pytest.mark.parametrize("later", [{"hours": 1}, {"days": 7}])
def test_a_message_inside_the_window_reopens(later: dict[str, int]) -> None:
    at = after(**later)
    reopened = happened(TicketReopened, by=MINA, at=at, reason="The requester wrote.")
    given(OPENED, RESOLVED).when(WRITE, by=MINA, at=at).then(received(at), reopened)


def test_the_window_is_a_rule_of_the_workspace() -> None:
    shorter = happened(ReopenWindowSet, seconds=3600, previous=7 * 86400)
    when = (
        given(OPENED, RESOLVED)
        .and_given(DESK_RULES, shorter)
        .when(WRITE, by=MINA, at=after(hours=1, seconds=1))
    )
    assert set(when.decision) == {ticket_stream(TICKET), ticket_stream(FOLLOW_UP)}


@pytest.mark.parametrize(
    ("before", "at"), [([RESOLVED], after(days=7, seconds=1)), ([RESOLVED, CLOSED], NOW)]
)
def test_a_message_that_comes_too_late_opens_a_follow_up_that_knows_all(
    before: list[Happened], at: datetime
) -> None:
    known = [
        happened(TicketQueued, queue=QueueId("hardware"), previous=None),
        happened(TicketPrioritised, priority=Priority.HIGH, previous=Priority.NORMAL),
        happened(TicketCategorised, category="printer", previous=None),
        happened(TicketTagged, tag="fire"),
        happened(
            TicketFieldSet,
            requester=RequesterId("mina"),
            name="site",
            value="Seoul",
            previous=None,
        ),
    ]
    given(OPENED, *known, *before).when(WRITE, by=MINA, at=at).then_in(
        {
            ticket_stream(TICKET): [
                happened(
                    FollowUpRequested,
                    by=MINA,
                    at=at,
                    follow_up=FOLLOW_UP,
                    follow_up_number=TicketNumber(1001),
                )
            ],
            ticket_stream(FOLLOW_UP): [
                happened(
                    TicketOpened,
                    by=MINA,
                    at=at,
                    number=TicketNumber(1001),
                    requester=RequesterId("mina"),
                    subject="The printer is on fire",
                    description="It burns again.",
                    channel=Channel.EMAIL,
                    queue=QueueId("hardware"),
                    priority=Priority.HIGH,
                    category="printer",
                    tags=("fire",),
                    fields={"site": "Seoul"},
                    follow_up_of=TICKET,
                    origin_opened_at=NOW,
                )
            ],
        }
    )


def test_a_follow_up_is_linked_both_ways() -> None:
    decision = given(OPENED, RESOLVED, CLOSED).when(WRITE, by=MINA).decision
    here = fold([OPENED, *decision[ticket_stream(TICKET)]])  # type: ignore[list-item]
    there = fold(decision[ticket_stream(FOLLOW_UP)])  # type: ignore[arg-type]
    assert here.links == {Link(other=FOLLOW_UP, relation=Relation.FOLLOWED_UP_BY)}
    assert there.links == {Link(other=TICKET, relation=Relation.FOLLOW_UP)}


def test_a_colleague_may_write_in_the_requester_s_place() -> None:
    juno = ReceiveMessage(
        ticket=TICKET, body="Me too", channel=Channel.EMAIL, requester=RequesterId("juno")
    )
    decision = given(OPENED).when(juno, by=MINA).decision[ticket_stream(TICKET)]
    assert [e.requester for e in decision if isinstance(e, MessageReceived)] == ["juno"]


def test_a_message_from_nobody_we_know_is_refused() -> None:
    nobody = ReceiveMessage(
        ticket=TICKET, body="Me too", channel=Channel.EMAIL, requester=RequesterId("nobody")
    )
    given(OPENED).when(nobody).then_refused(NotFound, field="requester")


# --- replies ---------------------------------------------------------------------------------


def sent() -> ReplySent:
    return happened(
        ReplySent,
        message=MESSAGE,
        requester=RequesterId("mina"),
        body="Pull the plug.",
        channel=Channel.WEB,
    )


def reply(next_status: Status | None = None, **how: object) -> Reply:
    return Reply(ticket=TICKET, body="Pull the plug.", next_status=next_status, **how)  # type: ignore[arg-type]


REOPENED = happened(TicketReopened, reason="Replied.")
RESUMED = happened(TicketResumed, reason="Replied.")
ASKED = happened(TicketPended, reason="Waiting for the requester.")
PARTS = happened(TicketHeld, reason="Parts")
ANSWERED = happened(TicketResolved, requester=RequesterId("mina"), code="answered")


@pytest.mark.parametrize(
    ("before", "command", "after_it"),
    [
        ([], reply(), []),
        ([], reply(Status.OPEN), []),
        ([], reply(Status.PENDING), [ASKED]),
        ([], reply(Status.ON_HOLD, reason="Parts"), [PARTS]),
        ([], reply(Status.RESOLVED), [ANSWERED]),
        ([PENDED], reply(), []),
        ([PENDED], reply(Status.OPEN), [RESUMED]),
        ([PENDED], reply(Status.PENDING), [ASKED]),
        ([HELD], reply(Status.RESOLVED), [ANSWERED]),
        ([RESOLVED], reply(), []),
        ([RESOLVED], reply(Status.RESOLVED), []),
        ([RESOLVED], reply(Status.OPEN), [REOPENED]),
        ([RESOLVED], reply(Status.PENDING), [REOPENED, ASKED]),
    ],
)
def test_a_reply_leaves_the_ticket_as_asked_in_one_append(
    before: list[Happened], command: Reply, after_it: list[Happened]
) -> None:
    given(OPENED, *before).when(command).then(sent(), *after_it)


def test_a_reply_opens_a_new_ticket_and_acknowledges_it() -> None:
    ticket = fold([OPENED, sent()])
    assert ticket.status is Status.OPEN
    assert ticket.acknowledged_at == NOW


@pytest.mark.parametrize("status", [Status.NEW, Status.CLOSED, Status.MERGED, Status.CANCELLED])
def test_a_reply_cannot_lead_anywhere_else(status: Status) -> None:
    given(OPENED).when(reply(status)).then_refused(Invalid, field="next_status")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (reply(reason="Which floor?"), "reason"),
        (reply(Status.OPEN, wake_at=datetime(2099, 1, 1, tzinfo=UTC)), "wake_at"),
        (reply(Status.PENDING, article="kb-7"), "article"),
    ],
)
def test_what_a_reply_would_ignore_is_refused(asked: Reply, field: str) -> None:
    given(OPENED).when(asked).then_refused(Invalid, field=field)


def test_a_reply_that_puts_on_hold_says_why() -> None:
    given(OPENED).when(reply(Status.ON_HOLD)).then_refused(Invalid, field="reason")


def test_a_reply_cannot_wake_in_the_past() -> None:
    command = reply(Status.PENDING, wake_at=after(hours=-1))
    given(OPENED).when(command).then_refused(Invalid, field="wake_at")


# --- notes and texts -------------------------------------------------------------------------


def test_a_note_is_kept_with_whose_data_it_may_hold() -> None:
    note = happened(NoteAdded, message=MESSAGE, requester=RequesterId("mina"), body="Odd.")
    given(OPENED).when(AddNote(ticket=TICKET, body="Odd.")).then(note)


@pytest.mark.parametrize("body", ["", " \n\t", "x" * (BODY_LIMIT + 1), "nul\0", "half \ud83d"])
def test_what_is_no_text_is_refused(body: str) -> None:
    for command in (
        AddNote(ticket=TICKET, body=body),
        Reply(ticket=TICKET, body=body),
        ReceiveMessage(ticket=TICKET, body=body, channel=Channel.WEB),
    ):
        given(OPENED).when(command).then_refused(Invalid, field="body")


def test_the_longest_text_is_taken_and_kept_as_it_is() -> None:
    body = " 안녕하세요\n" + "x" * (BODY_LIMIT - 7)
    decision = given(OPENED).when(AddNote(ticket=TICKET, body=body)).decision
    assert [e.body for e in decision[ticket_stream(TICKET)] if isinstance(e, NoteAdded)] == [body]
