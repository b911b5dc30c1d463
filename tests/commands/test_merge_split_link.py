"""Two tickets at once: both sides, or neither."""

from datetime import datetime
from typing import Any

import pytest

from commands.link import Link
from commands.merge import Merge
from commands.reply import Reply
from commands.resolve import Resolve
from commands.split import Split
from commands.unlink import Unlink
from commands.unmerge import Unmerge
from domain.errors import Invalid, NotFound
from domain.happened import Happened
from domain.ids import MessageId, RequesterId, TicketId, TicketNumber, derived, ticket_stream
from domain.ticket.events import (
    NoteAdded,
    ReplySent,
    TicketAbsorbed,
    TicketCancelled,
    TicketClosed,
    TicketLinked,
    TicketMerged,
    TicketMergeSettled,
    TicketOpened,
    TicketPended,
    TicketReleased,
    TicketResolved,
    TicketSplit,
    TicketUnlinked,
    TicketUnmerged,
)
from domain.ticket.state import fold
from domain.ticket.words import Channel, ClosedBecause, Relation, Status
from tests.given import BOT, COMMAND, NOW, OPENED, OTHER, TICKET, Given, after, given, happened

HERE, THERE = ticket_stream(TICKET), ticket_stream(OTHER)
MERGE = Merge(ticket=TICKET, into=OTHER)
MERGED = happened(TicketMerged, into=OTHER)
ABSORBED = happened(TicketAbsorbed, source=TICKET, opened_at=NOW, asked_at=NOW)
PENDED = happened(TicketPended, reason="?", wake_at=after(days=1))
RESOLVED = happened(TicketResolved, requester=RequesterId("mina"), code="fixed")
FIRST, SECOND = TicketId("t-8"), TicketId("t-9")
OLDER = happened(TicketAbsorbed, source=FIRST, opened_at=after(days=-9), asked_at=after(days=-8))
YOUNGER = happened(TicketAbsorbed, source=SECOND, opened_at=after(days=-2), asked_at=after(days=-1))
SAID: dict[str, Any] = {
    "message": MessageId("m"),
    "requester": RequesterId("mina"),
    "body": "Look at it now.",
    "channel": Channel.WEB,
}
REPLIED = happened(ReplySent, **SAID)
BOT_REPLIED = happened(ReplySent, by=BOT, **SAID)
FINAL: dict[Status, list[Happened]] = {
    Status.CLOSED: [RESOLVED, happened(TicketClosed, because=ClosedBecause.AGENT)],
    Status.CANCELLED: [happened(TicketCancelled, reason="Spam")],
    Status.MERGED: [happened(TicketMerged, into=TicketId("t-3"))],
}


def two(*events: Happened, other: tuple[Happened, ...] = ()) -> Given:
    return given(OPENED, *events).and_given(THERE, OPENED, *other)


def test_a_merge_is_written_on_both_sides() -> None:
    two().when(MERGE).then_in({HERE: [MERGED], THERE: [ABSORBED]})


def test_merging_again_into_the_same_changes_nothing() -> None:
    two(MERGED, other=(ABSORBED,)).when(MERGE).then_nothing()


def test_a_ticket_cannot_be_merged_into_itself() -> None:
    given(OPENED).when(Merge(ticket=TICKET, into=TICKET)).then_refused(Invalid, field="into")


def test_a_ticket_cannot_be_merged_into_nothing() -> None:
    given(OPENED).when(MERGE).then_refused(NotFound, field="into")


@pytest.mark.parametrize("status", FINAL)
def test_a_ticket_cannot_be_merged_into_one_that_has_ended(status: Status) -> None:
    when = two(other=tuple(FINAL[status])).when(MERGE)
    when.then_refused(Invalid, field="into", status=status)


def test_an_unmerged_ticket_is_what_it_was_before() -> None:
    parted = happened(TicketUnmerged, parted_from=OTHER, status=Status.PENDING)
    two(PENDED, MERGED, other=(ABSORBED,)).when(Unmerge(ticket=TICKET)).then_in(
        {HERE: [parted], THERE: [happened(TicketReleased, source=TICKET)]}
    )
    before, now = fold([OPENED, PENDED]), fold([OPENED, PENDED, MERGED, parted])
    assert (now.status, now.wake_at, now.merged_into) == (before.status, before.wake_at, None)


@pytest.mark.parametrize(
    ("so_far", "opened_at", "asked_at"),
    [
        ([OLDER], after(days=-9), after(days=-8)),
        ([OLDER, YOUNGER], after(days=-9), after(days=-8)),
        ([YOUNGER, REPLIED], after(days=-2), None),
        ([OLDER, REPLIED, YOUNGER], after(days=-9), after(days=-1)),
        ([OLDER, BOT_REPLIED], after(days=-9), after(days=-8)),
        ([OLDER, YOUNGER, happened(TicketReleased, source=FIRST)], after(days=-2), after(days=-1)),
        ([YOUNGER, happened(TicketReleased, source=SECOND)], NOW, NOW),
    ],
)
def test_a_merge_hands_on_the_oldest_start_of_all_that_live_on_there(
    so_far: list[Happened], opened_at: datetime, asked_at: datetime | None
) -> None:
    """Also of tickets that were merged into the source before."""
    handed_on = happened(TicketAbsorbed, source=TICKET, opened_at=opened_at, asked_at=asked_at)
    two(*so_far).when(MERGE).then_in({HERE: [MERGED], THERE: [handed_on]})


def test_a_ticket_can_be_released_by_one_that_was_merged_further() -> None:
    further = happened(TicketMerged, into=TicketId("t-3"))
    when = two(MERGED, other=(ABSORBED, further)).when(Unmerge(ticket=TICKET))
    assert set(when.decision) == {HERE, THERE}


# --- split -----------------------------------------------------------------------------------

NEW = TicketId(derived(COMMAND, "split"))


def note(name: str) -> NoteAdded:
    return happened(
        NoteAdded, message=MessageId(name), requester=RequesterId("mina"), body=f"Note {name}"
    )


def split(*messages: str, subject: str = "Another thing") -> Split:
    return Split(ticket=TICKET, messages=tuple(map(MessageId, messages)), subject=subject)


def test_messages_are_split_off_into_a_ticket_of_their_own() -> None:
    given(OPENED, note("a"), note("b")).when(split("b")).then_in(
        {
            HERE: [happened(TicketSplit, into=NEW, messages=(MessageId("b"),))],
            ticket_stream(NEW): [
                happened(
                    TicketOpened,
                    number=TicketNumber(1001),
                    requester=RequesterId("mina"),
                    subject="Another thing",
                    split_from=TICKET,
                    messages=(MessageId("b"),),
                )
            ],
        }
    )


def test_the_two_parts_are_linked_and_the_message_is_in_the_new_one() -> None:
    decision = given(OPENED, note("a"), note("b")).when(split("b")).decision
    here = fold([OPENED, note("a"), *decision[HERE]])  # type: ignore[list-item]
    there = fold(decision[ticket_stream(NEW)])  # type: ignore[arg-type]
    assert here.is_linked(NEW, Relation.RELATED)
    assert there.is_linked(TICKET, Relation.RELATED)
    assert there.messages == {"b"}


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        (split("c"), {"unknown": ["c"]}),
        (split("moved"), {"moved": ["moved"]}),
        (split(), {}),
    ],
)
def test_only_messages_that_are_here_can_be_split_off(
    command: Split, detail: dict[str, Any]
) -> None:
    gone = happened(TicketSplit, into=OTHER, messages=(MessageId("moved"),))
    history = [OPENED, note("a"), note("moved"), gone]
    given(*history).when(command).then_refused(Invalid, field="messages", **detail)


def test_something_has_to_stay() -> None:
    bare = happened(
        TicketOpened, number=TicketNumber(1), requester=RequesterId("mina"), subject="x"
    )
    given(bare, note("a"), note("b")).when(split("a", "b")).then_refused(Invalid, field="messages")
    described = given(OPENED, note("a"), note("b")).when(split("a", "b"))
    assert set(described.decision) == {HERE, ticket_stream(NEW)}


def test_a_part_needs_a_subject_of_its_own() -> None:
    given(OPENED, note("a")).when(split("a", subject=" ")).then_refused(Invalid, field="subject")


# --- links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", Relation)
def test_a_link_is_written_on_both_sides_as_each_sees_it(relation: Relation) -> None:
    linked = happened(TicketLinked, other=OTHER, relation=relation)
    back = happened(TicketLinked, other=TICKET, relation=relation.inverse)
    link = Link(ticket=TICKET, other=OTHER, relation=relation)
    two().when(link).then_in({HERE: [linked], THERE: [back]})
    two(linked, other=(back,)).when(link).then_nothing()


@pytest.mark.parametrize("relation", Relation)
def test_a_link_is_taken_back_on_both_sides(relation: Relation) -> None:
    linked = happened(TicketLinked, other=OTHER, relation=relation)
    back = happened(TicketLinked, other=TICKET, relation=relation.inverse)
    unlink = Unlink(ticket=TICKET, other=OTHER, relation=relation)
    two(linked, other=(back,)).when(unlink).then_in(
        {
            HERE: [happened(TicketUnlinked, other=OTHER, relation=relation)],
            THERE: [happened(TicketUnlinked, other=TICKET, relation=relation.inverse)],
        }
    )
    two().when(unlink).then_nothing()


def test_a_ticket_is_not_linked_to_itself_or_to_nothing() -> None:
    itself = Link(ticket=TICKET, other=TICKET, relation=Relation.RELATED)
    given(OPENED).when(itself).then_refused(Invalid, field="other")
    parted = Unlink(ticket=TICKET, other=TICKET, relation=Relation.RELATED)
    given(OPENED).when(parted).then_refused(Invalid, field="other")
    nothing = Link(ticket=TICKET, other=OTHER, relation=Relation.RELATED)
    given(OPENED).when(nothing).then_refused(NotFound, field="other")


def test_a_parent_is_not_a_child_as_well() -> None:
    linked = happened(TicketLinked, other=OTHER, relation=Relation.PARENT)
    child = Link(ticket=TICKET, other=OTHER, relation=Relation.CHILD)
    two(linked).when(child).then_refused(Invalid, field="relation", linked_as=Relation.PARENT)


SETTLED = happened(TicketMergeSettled, into=OTHER)


def merged_into_other() -> Given:
    """TICKET was merged into OTHER; what is asked for next is about OTHER."""
    return given().and_given(THERE, OPENED, ABSORBED).and_given(HERE, OPENED, MERGED)


def test_a_resolution_is_told_to_the_tickets_that_were_merged_into_it() -> None:
    merged_into_other().when(Resolve(ticket=OTHER, code="fixed")).then_in(
        {THERE: [RESOLVED], HERE: [SETTLED]}
    )


def test_a_reply_that_resolves_tells_them_too_and_any_other_does_not() -> None:
    answered = Reply(ticket=OTHER, body="Done.", next_status=Status.RESOLVED)
    told = merged_into_other().when(answered).decision
    assert told[HERE] == [SETTLED]
    asked = Reply(ticket=OTHER, body="Which one?", next_status=Status.PENDING)
    assert HERE not in merged_into_other().when(asked).decision


def test_what_was_parted_again_is_told_nothing() -> None:
    parted = happened(TicketUnmerged, parted_from=OTHER, status=Status.OPEN)
    released = happened(TicketReleased, source=TICKET)
    desk = (
        given().and_given(THERE, OPENED, ABSORBED, released).and_given(HERE, OPENED, MERGED, parted)
    )
    desk.when(Resolve(ticket=OTHER, code="fixed")).then_in({THERE: [RESOLVED]})
