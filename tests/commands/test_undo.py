"""Taking back: by a new event that names the old one, or not at all, and then with the reason."""

from dataclasses import replace
from typing import Any

import pytest

from commands.undo import Undo
from domain.errors import CannotUndo, NotAllowed, NotFound
from domain.happened import Happened
from domain.ids import (
    AgentId,
    MessageId,
    QueueId,
    RequesterId,
    TicketId,
    TicketNumber,
    ticket_stream,
)
from domain.ticket.events import (
    FollowUpRequested,
    HistoryRowKept,
    MessageReceived,
    NoteAdded,
    ReplySent,
    SatisfactionAsked,
    SatisfactionRated,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketCategorised,
    TicketClosed,
    TicketDeescalated,
    TicketEscalated,
    TicketFieldSet,
    TicketFollowed,
    TicketHeld,
    TicketLinked,
    TicketMerged,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketRenamed,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
    TicketResumed,
    TicketSplit,
    TicketStatusRestored,
    TicketTagged,
    TicketUnfollowed,
    TicketUnlinked,
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.state import Ticket, fold
from domain.ticket.words import Channel, ClosedBecause, Level, Priority, Relation, Status
from tests.given import OPENED, OTHER, TICKET, after, event_of, given, happened

MINA = RequesterId("mina")
KIM, LEE, GONE = AgentId("kim"), AgentId("lee"), AgentId("gone")
PENDED = happened(TicketPended, reason="?", wake_at=after(days=1))
HELD = happened(TicketHeld, reason="Parts")
RESOLVED = happened(TicketResolved, requester=MINA, code="fixed")
REOPENED = happened(TicketReopened, reason="Again")
TO_KIM = happened(TicketAssigned, agent=KIM, previous=None)
SAID: dict[str, Any] = {"message": MessageId("m"), "requester": MINA, "body": "x"}
UNDO_2 = Undo(ticket=TICKET, event=event_of(2))

ATTRIBUTES: list[tuple[Happened, Happened]] = [
    (
        happened(TicketQueued, queue=QueueId("billing"), previous=None),
        happened(TicketQueued, queue=None, previous=QueueId("billing")),
    ),
    (
        happened(TicketEscalated, level=2, previous=0, reason="x"),
        happened(TicketDeescalated, level=0, previous=2, reason="Undone."),
    ),
    (happened(TicketFollowed, agent=LEE), happened(TicketUnfollowed, agent=LEE)),
    (happened(TicketTagged, tag="a"), happened(TicketUntagged, tag="a")),
    (
        happened(
            TicketPrioritised, priority=Priority.LOW, previous=Priority.NORMAL, impact=Level.LOW
        ),
        happened(
            TicketPrioritised,
            priority=Priority.NORMAL,
            previous=Priority.LOW,
            previous_impact=Level.LOW,
        ),
    ),
    (
        happened(TicketCategorised, category="a", previous=None),
        happened(TicketCategorised, category=None, previous="a"),
    ),
    (
        happened(TicketFieldSet, requester=MINA, name="site", value=1, previous=None),
        happened(TicketFieldSet, requester=MINA, name="site", value=None, previous=1),
    ),
    (
        happened(TicketRenamed, requester=MINA, subject="b", previous=OPENED.subject),
        happened(TicketRenamed, requester=MINA, subject=OPENED.subject, previous="b"),
    ),
    (
        happened(TicketRequesterChanged, requester=RequesterId("juno"), previous=MINA),
        happened(TicketRequesterChanged, requester=MINA, previous=RequesterId("juno")),
    ),
]


def undoing(event: Happened, version: int = 2) -> Happened:
    """The same event, as the outcome of an undo."""
    return replace(event, undoes=event_of(version))


@pytest.mark.parametrize(
    ("event", "opposite"), ATTRIBUTES, ids=[type(e).__name__ for e, _ in ATTRIBUTES]
)
def test_an_attribute_gets_the_value_it_had(event: Happened, opposite: Happened) -> None:
    given(OPENED, event).when(UNDO_2).then(undoing(opposite))
    given(OPENED, event, undoing(opposite)).when(UNDO_2).then_nothing()


STATUS: list[list[Happened]] = [
    [PENDED],
    [HELD],
    [PENDED, happened(TicketResumed, reason="!")],
    [RESOLVED],
    [RESOLVED, REOPENED],
    [PENDED, happened(TicketCancelled, reason="Spam")],
    [TO_KIM, RESOLVED, REOPENED, RESOLVED],
    [RESOLVED, happened(TicketCancelled, reason="Spam")],
]


def standing(ticket: Ticket) -> tuple[object, ...]:
    """All that a change of status changes."""
    return (
        ticket.status,
        ticket.waiting_for,
        ticket.wake_at,
        ticket.resolved_at,
        ticket.resolution_code,
        ticket.reopened,
    )


@pytest.mark.parametrize("events", STATUS, ids=[type(e[-1]).__name__ for e in STATUS])
def test_a_change_of_status_is_taken_back_with_all_that_went_with_it(
    events: list[Happened],
) -> None:
    last = len(events) + 1
    undo = Undo(ticket=TICKET, event=event_of(last))
    decision = given(OPENED, *events).when(undo).decision
    (restored,) = decision[ticket_stream(TICKET)]
    assert isinstance(restored, TicketStatusRestored)
    assert restored.undoes == event_of(last)
    before, now = fold([OPENED, *events[:-1]]), fold([OPENED, *events, restored])  # type: ignore[list-item]
    assert standing(now) == standing(before)


def test_an_undone_assignment_makes_the_ticket_new_again() -> None:
    back = happened(TicketAssigned, agent=None, previous=KIM, undoes=event_of(2))
    new = happened(
        TicketStatusRestored, status=Status.NEW, previous=Status.OPEN, undoes=event_of(2)
    )
    given(OPENED, TO_KIM).when(UNDO_2).then(back, new)
    given(OPENED, TO_KIM, back, new).when(UNDO_2).then_nothing()


def test_but_not_when_other_work_was_done_since() -> None:
    replied = happened(ReplySent, **SAID, channel=Channel.WEB)
    back = happened(TicketAssigned, agent=None, previous=KIM, undoes=event_of(2))
    given(OPENED, TO_KIM, replied).when(UNDO_2).then(back)


def test_an_undone_merge_parts_both_tickets() -> None:
    merged, absorbed = happened(TicketMerged, into=OTHER), happened(TicketAbsorbed, source=TICKET)
    parted = happened(TicketUnmerged, parted_from=OTHER, status=Status.NEW, undoes=event_of(2))
    given(OPENED, merged).and_given(ticket_stream(OTHER), OPENED, absorbed).when(UNDO_2).then_in(
        {
            ticket_stream(TICKET): [parted],
            ticket_stream(OTHER): [happened(TicketReleased, source=TICKET)],
        }
    )


@pytest.mark.parametrize(("first", "second"), [(TicketLinked, TicketUnlinked)])
def test_a_link_is_undone_on_both_sides(
    first: type[TicketLinked], second: type[TicketUnlinked]
) -> None:
    here = happened(first, other=OTHER, relation=Relation.PARENT)
    there = happened(first, other=TICKET, relation=Relation.CHILD)
    world = given(OPENED, here).and_given(ticket_stream(OTHER), OPENED, there)
    gone = happened(second, other=OTHER, relation=Relation.PARENT, undoes=event_of(2))
    gone_there = happened(second, other=TICKET, relation=Relation.CHILD)
    world.when(UNDO_2).then_in({ticket_stream(TICKET): [gone], ticket_stream(OTHER): [gone_there]})
    unlinked, unlinked_there = (
        happened(second, other=OTHER, relation=Relation.PARENT),
        happened(second, other=TICKET, relation=Relation.CHILD),
    )
    world.and_given(ticket_stream(TICKET), unlinked)
    world.and_given(ticket_stream(OTHER), unlinked_there)
    again = Undo(ticket=TICKET, event=event_of(3))
    world.when(again).then_in(
        {
            ticket_stream(TICKET): [
                happened(first, other=OTHER, relation=Relation.PARENT, undoes=event_of(3))
            ],
            ticket_stream(OTHER): [there],
        }
    )


NEVER: list[Happened] = [
    happened(TicketAcknowledged),
    happened(MessageReceived, **SAID, channel=Channel.WEB),
    happened(ReplySent, **SAID, channel=Channel.WEB),
    happened(NoteAdded, **SAID),
    happened(FollowUpRequested, follow_up=OTHER, follow_up_number=TicketNumber(2)),
    happened(TicketSplit, into=OTHER, messages=(MessageId("m"),)),
    happened(TicketAbsorbed, source=OTHER),
    happened(TicketReleased, source=OTHER),
    happened(TicketUnmerged, parted_from=OTHER, status=Status.OPEN),
    happened(TicketStatusRestored, status=Status.NEW, previous=Status.OPEN),
    happened(SatisfactionAsked),
    happened(SatisfactionRated, requester=MINA, score=5),
    happened(HistoryRowKept, requester=MINA, state="Active", changed={}),
    happened(TicketTagged, tag="a", undoes=event_of(1)),
]


@pytest.mark.parametrize("event", NEVER, ids=[type(e).__name__ for e in NEVER])
def test_what_somebody_outside_has_seen_stays(event: Happened) -> None:
    when = given(OPENED, event).when(UNDO_2)
    when.then_refused(CannotUndo)
    assert when.refusal is not None
    assert len(when.refusal.message) > 20


def test_an_opened_ticket_stays_opened() -> None:
    first = Undo(ticket=TICKET, event=event_of(1))
    given(OPENED).when(first).then_refused(CannotUndo, "cancel it instead")


def test_a_closed_ticket_never_changes_again() -> None:
    closed = happened(TicketClosed, because=ClosedBecause.AGENT)
    for version in (2, 3):
        undo = Undo(ticket=TICKET, event=event_of(version))
        given(OPENED, RESOLVED, closed).when(undo).then_refused(NotAllowed)


@pytest.mark.parametrize(
    ("events", "undone"),
    [
        ([happened(TicketQueued, queue=QueueId("billing"), previous=None)] * 2, 2),
        ([PENDED, RESOLVED], 2),
        ([RESOLVED, happened(SatisfactionAsked)], 2),
        ([RESOLVED, happened(SatisfactionRated, requester=MINA, score=1)], 2),
        ([TO_KIM, happened(TicketAssigned, agent=LEE, previous=KIM)], 2),
    ],
)
def test_what_something_depends_on_stays(events: list[Happened], undone: int) -> None:
    when = given(OPENED, *events).when(Undo(ticket=TICKET, event=event_of(undone)))
    when.then_refused(CannotUndo, "depends on it")


def test_what_was_taken_back_is_depended_on_no_more() -> None:
    to_lee = happened(TicketAssigned, agent=LEE, previous=KIM)
    back = happened(TicketAssigned, agent=KIM, previous=LEE, undoes=event_of(3))
    when = given(OPENED, TO_KIM, to_lee, back).when(UNDO_2)
    assert when.refusal is None


@pytest.mark.parametrize(
    ("events", "saying"),
    [
        ([TO_KIM, RESOLVED], "is resolved"),
        ([happened(TicketTagged, tag="a"), happened(TicketCancelled, reason="x")], "is cancelled"),
        ([happened(TicketAssigned, agent=KIM, previous=GONE)], "not active"),
        ([happened(TicketQueued, queue=None, previous=QueueId("gone-queue"))], "retired"),
        ([happened(TicketUnfollowed, agent=GONE)], "not active"),
    ],
)
def test_there_is_a_way_back_only_where_the_rules_allow_it(
    events: list[Happened], saying: str
) -> None:
    given(OPENED, *events).when(UNDO_2).then_refused(CannotUndo, saying)


def test_only_events_of_this_ticket_can_be_undone() -> None:
    undo = Undo(ticket=TICKET, event=event_of(1, TicketId("another")))
    given(OPENED).when(undo).then_refused(NotFound, field="event")


def test_a_ticket_that_was_never_resolved_after_all_has_no_resolution() -> None:
    noted = replace(RESOLVED, note="Changed the cable.", article="kb-1")
    undone = happened(
        TicketStatusRestored, status=Status.OPEN, previous=Status.RESOLVED, undoes=event_of(2)
    )
    ticket = fold([OPENED, noted, undone])
    assert (ticket.resolution_code, ticket.resolution_note, ticket.resolution_article) == (
        None,
        "",
        None,
    )
    again = fold(
        [REOPENED, replace(undone, resolved_at=after(days=1), resolution_code="fixed")], ticket
    )
    assert again.resolution_code == "fixed"
