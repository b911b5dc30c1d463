"""Who works on a ticket, and everything that is set on it."""

import pytest

from commands.assign import Assign
from commands.categorise import Categorise
from commands.change_requester import ChangeRequester
from commands.deescalate import Deescalate
from commands.envelope import Command
from commands.escalate import Escalate
from commands.follow import Follow
from commands.move_to_queue import MoveToQueue
from commands.prioritise import Prioritise
from commands.rename import Rename
from commands.set_field import SetField
from commands.tag import Tag
from commands.unfollow import Unfollow
from commands.untag import Untag
from domain.desk.events import PriorityMatrixSet
from domain.desk.rules import DEFAULT_MATRIX
from domain.errors import Invalid, NotFound, Refused
from domain.happened import Happened
from domain.ids import (
    DESK_RULES,
    AgentId,
    OrganisationId,
    QueueId,
    RequesterId,
    TeamId,
    ticket_stream,
)
from domain.ticket.events import (
    TicketAssigned,
    TicketCategorised,
    TicketDeescalated,
    TicketEscalated,
    TicketFieldSet,
    TicketFollowed,
    TicketPrioritised,
    TicketQueued,
    TicketRenamed,
    TicketRequesterChanged,
    TicketTagged,
    TicketUnfollowed,
    TicketUntagged,
)
from domain.ticket.state import fold
from domain.ticket.words import FieldValue, Level, Priority, Status
from tests.given import OPENED, TICKET, given, happened

# --- who works on it -------------------------------------------------------------------------


def assigned(
    agent: str | None, previous: str | None, team: str | None, previous_team: str | None = None
) -> TicketAssigned:
    return happened(
        TicketAssigned,
        agent=agent,
        previous=previous,
        team=team,
        previous_team=previous_team,
    )


TO_KIM = assigned("kim", None, "first-line")


def assign(agent: str | None, team: str | None = None) -> Assign:
    return Assign(
        ticket=TICKET,
        agent=None if agent is None else AgentId(agent),
        team=None if team is None else TeamId(team),
    )


@pytest.mark.parametrize(
    ("before", "command", "expected"),
    [
        ([], assign("kim"), TO_KIM),
        ([], assign("lee"), assigned("lee", None, "experts")),
        ([], assign("lee", "first-line"), assigned("lee", None, "first-line")),
        ([], assign(None, "experts"), assigned(None, None, "experts")),
        ([TO_KIM], assign("lee"), assigned("lee", "kim", "experts", "first-line")),
        ([TO_KIM], assign(None), assigned(None, "kim", None, "first-line")),
    ],
)
def test_the_work_is_given_to_somebody_or_back(
    before: list[Happened], command: Assign, expected: TicketAssigned
) -> None:
    given(OPENED, *before).when(command).then(expected)
    given(OPENED, *before, expected).when(command).then_nothing()


def test_who_gets_the_work_opens_the_ticket_and_giving_back_does_not() -> None:
    assert fold([OPENED, TO_KIM]).status is Status.OPEN
    assert fold([OPENED, assigned(None, None, "experts")]).status is Status.OPEN
    assert fold([OPENED, assigned(None, "kim", None)]).status is Status.NEW


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (assign("nobody"), NotFound, "agent"),
        (assign("gone"), Invalid, "agent"),
        (assign("kim", "experts"), Invalid, "team"),
        (assign(None, "gone-team"), Invalid, "team"),
        (assign(None, "no-team"), NotFound, "team"),
    ],
)
def test_work_is_given_only_to_who_can_take_it(
    command: Assign, refusal: type[Refused], field: str
) -> None:
    given(OPENED).when(command).then_refused(refusal, field=field)


@pytest.mark.parametrize(("queue", "refusal"), [("nowhere", NotFound), ("gone-queue", Invalid)])
def test_a_ticket_waits_only_in_queues_in_use(queue: str, refusal: type[Refused]) -> None:
    command = MoveToQueue(ticket=TICKET, queue=QueueId(queue))
    given(OPENED).when(command).then_refused(refusal, field="queue")


# --- one event each, with the old value and the new one ---------------------------------------

MINA_ID = RequesterId("mina")
TAGGED = happened(TicketTagged, tag="fire")
ESCALATED = happened(TicketEscalated, level=2, previous=0, reason="Flames")
FOLLOWED = happened(TicketFollowed, agent=AgentId("lee"))


def field_set(value: FieldValue, previous: FieldValue = None) -> TicketFieldSet:
    return happened(TicketFieldSet, requester=MINA_ID, name="site", value=value, previous=previous)


CHANGES: list[tuple[list[Happened], Command, Happened]] = [
    (
        [],
        MoveToQueue(ticket=TICKET, queue=QueueId("billing")),
        happened(TicketQueued, queue=QueueId("billing"), previous=None),
    ),
    (
        [happened(TicketQueued, queue=QueueId("billing"), previous=None)],
        MoveToQueue(ticket=TICKET, queue=None),
        happened(TicketQueued, queue=None, previous=QueueId("billing")),
    ),
    (
        [],
        Prioritise(ticket=TICKET, impact=Level.HIGH, urgency=Level.MEDIUM),
        happened(
            TicketPrioritised,
            priority=Priority.HIGH,
            previous=Priority.NORMAL,
            impact=Level.HIGH,
            urgency=Level.MEDIUM,
        ),
    ),
    (
        [],
        Prioritise(ticket=TICKET, priority=Priority.LOW, reason="Only one page"),
        happened(
            TicketPrioritised,
            priority=Priority.LOW,
            previous=Priority.NORMAL,
            override_reason="Only one page",
        ),
    ),
    (
        [],
        Categorise(ticket=TICKET, category="printer"),
        happened(TicketCategorised, category="printer", previous=None),
    ),
    ([], Tag(ticket=TICKET, tag="fire"), TAGGED),
    ([TAGGED], Untag(ticket=TICKET, tag="fire"), happened(TicketUntagged, tag="fire")),
    ([], SetField(ticket=TICKET, field="site", value="Seoul"), field_set("Seoul")),
    ([field_set(1)], SetField(ticket=TICKET, field="site", value=True), field_set(True, 1)),
    ([field_set(1)], SetField(ticket=TICKET, field="site", value=None), field_set(None, 1)),
    (
        [],
        Rename(ticket=TICKET, subject="Smoke"),
        happened(
            TicketRenamed, requester=MINA_ID, subject="Smoke", previous="The printer is on fire"
        ),
    ),
    (
        [],
        ChangeRequester(ticket=TICKET, requester=RequesterId("juno")),
        happened(
            TicketRequesterChanged,
            requester=RequesterId("juno"),
            previous=MINA_ID,
            organisation=OrganisationId("acme"),
        ),
    ),
    ([], Follow(ticket=TICKET, agent=AgentId("lee")), FOLLOWED),
    (
        [FOLLOWED],
        Unfollow(ticket=TICKET, agent=AgentId("lee")),
        happened(TicketUnfollowed, agent=AgentId("lee")),
    ),
    ([], Escalate(ticket=TICKET, level=2, reason="Flames"), ESCALATED),
    (
        [ESCALATED],
        Deescalate(ticket=TICKET, level=0, reason="Out"),
        happened(TicketDeescalated, level=0, previous=2, reason="Out"),
    ),
]


@pytest.mark.parametrize(
    ("before", "command", "expected"), CHANGES, ids=[type(c[2]).__name__ for c in CHANGES]
)
def test_a_change_is_one_event_and_the_same_again_is_none(
    before: list[Happened], command: Command, expected: Happened
) -> None:
    given(OPENED, *before).when(command).then(expected)
    given(OPENED, *before, expected).when(command).then_nothing()


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (Prioritise(ticket=TICKET), Invalid, "impact"),
        (Prioritise(ticket=TICKET, impact=Level.LOW), Invalid, "impact"),
        (Prioritise(ticket=TICKET, priority=Priority.LOW), Invalid, "reason"),
        (
            Prioritise(ticket=TICKET, priority=Priority.LOW, reason="x", impact=Level.LOW),
            Invalid,
            "priority",
        ),
        (
            Prioritise(ticket=TICKET, impact=Level.LOW, urgency=Level.LOW, reason="x"),
            Invalid,
            "reason",
        ),
        (Categorise(ticket=TICKET, category=" "), Invalid, "category"),
        (Tag(ticket=TICKET, tag=""), Invalid, "tags"),
        (Tag(ticket=TICKET, tag="two words"), Invalid, "tags"),
        (SetField(ticket=TICKET, field="Site", value=1), Invalid, "name"),
        (SetField(ticket=TICKET, field="site", value=float("inf")), Invalid, "value"),
        (SetField(ticket=TICKET, field="site", value="x" * 4001), Invalid, "value"),
        (Rename(ticket=TICKET, subject=""), Invalid, "subject"),
        (ChangeRequester(ticket=TICKET, requester=RequesterId("nobody")), NotFound, "requester"),
        (Follow(ticket=TICKET, agent=AgentId("nobody")), NotFound, "agent"),
        (Follow(ticket=TICKET, agent=AgentId("gone")), Invalid, "agent"),
        (Escalate(ticket=TICKET, level=10, reason="x"), Invalid, "level"),
        (Escalate(ticket=TICKET, level=1, reason=""), Invalid, "reason"),
        (Deescalate(ticket=TICKET, level=1, reason="x"), Invalid, "level"),
        (Deescalate(ticket=TICKET, level=-1, reason="x"), Invalid, "level"),
    ],
)
def test_what_makes_no_sense_names_its_field(
    command: Command, refusal: type[Refused], field: str
) -> None:
    given(OPENED).when(command).then_refused(refusal, field=field)


def test_escalating_downwards_is_another_command() -> None:
    down = Escalate(ticket=TICKET, level=1, reason="x")
    given(OPENED, ESCALATED).when(down).then_refused(Invalid, field="level", level=2)


def test_tags_may_be_in_any_script() -> None:
    given(OPENED).when(Tag(ticket=TICKET, tag="프린터")).then(happened(TicketTagged, tag="프린터"))


def test_the_matrix_is_a_rule_of_the_workspace() -> None:
    matrix = tuple((i, u, Priority.LOW) for i, u, _ in DEFAULT_MATRIX)
    changed = happened(PriorityMatrixSet, matrix=matrix, previous=DEFAULT_MATRIX)
    prioritise = Prioritise(ticket=TICKET, impact=Level.HIGH, urgency=Level.HIGH)
    decision = given(OPENED).and_given(DESK_RULES, changed).when(prioritise).decision
    (event,) = decision[ticket_stream(TICKET)]
    assert isinstance(event, TicketPrioritised)
    assert event.priority is Priority.LOW
