"""Requesters, organisations, agents, teams, queues and the rules of the workspace."""

import pytest

from commands.desk.rules import SetCloseAfter, SetPriorityMatrix, SetReopenWindow
from commands.envelope import Command
from commands.people.agent import (
    DeactivateAgent,
    JoinTeam,
    LeaveTeam,
    ReactivateAgent,
    RegisterAgent,
    RenameAgent,
)
from commands.people.organisation import (
    LocateOrganisation,
    RegisterOrganisation,
    RenameOrganisation,
    SegmentOrganisation,
)
from commands.people.queue import CreateQueue, NameQueueLead, RenameQueue, RetireQueue
from commands.people.requester import (
    AddAddress,
    LocateRequester,
    MoveRequester,
    RegisterRequester,
    RemoveAddress,
    RenameRequester,
    SegmentRequester,
)
from commands.people.team import CreateTeam, NameTeamLead, RenameTeam, RetireTeam
from domain.desk.events import CloseAfterSet, PriorityMatrixSet, ReopenWindowSet
from domain.desk.rules import DEFAULT_MATRIX
from domain.errors import Invalid, NotAllowed, NotFound, Refused
from domain.happened import Happened
from domain.ids import AgentId, OrganisationId, QueueId, RequesterId, TeamId
from domain.people.agent import (
    AgentDeactivated,
    AgentJoinedTeam,
    AgentLeftTeam,
    AgentReactivated,
    AgentRegistered,
    AgentRenamed,
)
from domain.people.organisation import (
    OrganisationLocated,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationSegmented,
)
from domain.people.queue import QueueCreated, QueueLeadNamed, QueueRenamed, QueueRetired
from domain.people.requester import (
    Medium,
    RequesterAddressAdded,
    RequesterAddressRemoved,
    RequesterLocated,
    RequesterMoved,
    RequesterRegistered,
    RequesterRenamed,
    RequesterSegmented,
)
from domain.people.team import TeamCreated, TeamLeadNamed, TeamRenamed, TeamRetired
from domain.ticket.words import Priority
from tests.given import Log, command_id, given, happened

MINA, JUNO, NEW = RequesterId("mina"), RequesterId("juno"), RequesterId("sora")
KIM, GONE, FRESH = AgentId("kim"), AgentId("gone"), AgentId("park")
ACME, EVIL = OrganisationId("acme"), OrganisationId("evil")
FIRST, EXPERTS, NIGHT = TeamId("first-line"), TeamId("experts"), TeamId("night")
HARDWARE, VIP = QueueId("hardware"), QueueId("vip")
ALL_LOW = tuple((i, u, Priority.LOW) for i, u, _ in DEFAULT_MATRIX)
EMAIL = "mina@example.com"

CHANGES: list[tuple[Command, Happened]] = [
    (
        RegisterRequester(requester=NEW, display_name="Sora", emails=("b@x.org", "a@x.org")),
        happened(RequesterRegistered, requester=NEW, name="Sora", emails=("a@x.org", "b@x.org")),
    ),
    (
        RenameRequester(requester=MINA, display_name="Mina K."),
        happened(RequesterRenamed, requester=MINA, name="Mina K.", previous="Mina"),
    ),
    (
        AddAddress(requester=MINA, medium=Medium.EMAIL, address=EMAIL),
        happened(RequesterAddressAdded, requester=MINA, medium=Medium.EMAIL, address=EMAIL),
    ),
    (
        MoveRequester(requester=MINA, organisation=ACME),
        happened(RequesterMoved, requester=MINA, organisation=ACME, previous=None),
    ),
    (
        LocateRequester(requester=MINA, language="en", region="apac"),
        happened(
            RequesterLocated,
            requester=MINA,
            language="en",
            previous_language="ko",
            region="apac",
            previous_region=None,
        ),
    ),
    (
        SegmentRequester(requester=MINA, segment="gold", vip=True),
        happened(
            RequesterSegmented,
            requester=MINA,
            segment="gold",
            previous_segment=None,
            vip=True,
            previous_vip=False,
        ),
    ),
    (
        RegisterOrganisation(organisation=EVIL, display_name="Evil"),
        happened(OrganisationRegistered, organisation=EVIL, name="Evil"),
    ),
    (
        RenameOrganisation(organisation=ACME, display_name="Acme Inc."),
        happened(OrganisationRenamed, organisation=ACME, name="Acme Inc.", previous="Acme"),
    ),
    (
        LocateOrganisation(organisation=ACME, region="emea"),
        happened(OrganisationLocated, organisation=ACME, region="emea", previous=None),
    ),
    (
        SegmentOrganisation(organisation=ACME, segment="gold"),
        happened(OrganisationSegmented, organisation=ACME, segment="gold", previous=None),
    ),
    (
        RegisterAgent(agent=FRESH, display_name="Park", teams=(EXPERTS, FIRST)),
        happened(AgentRegistered, agent=FRESH, name="Park", teams=(EXPERTS, FIRST)),
    ),
    (
        RenameAgent(agent=KIM, display_name="Kim K."),
        happened(AgentRenamed, agent=KIM, name="Kim K.", previous="Kim"),
    ),
    (
        JoinTeam(agent=KIM, team=EXPERTS),
        happened(AgentJoinedTeam, agent=KIM, team=EXPERTS),
    ),
    (LeaveTeam(agent=KIM, team=FIRST), happened(AgentLeftTeam, agent=KIM, team=FIRST)),
    (
        DeactivateAgent(agent=KIM, reason="Leave"),
        happened(AgentDeactivated, agent=KIM, reason="Leave"),
    ),
    (ReactivateAgent(agent=GONE), happened(AgentReactivated, agent=GONE)),
    (CreateTeam(team=NIGHT, display_name="Night"), happened(TeamCreated, team=NIGHT, name="Night")),
    (
        RenameTeam(team=EXPERTS, display_name="Second line"),
        happened(TeamRenamed, team=EXPERTS, name="Second line", previous="Experts"),
    ),
    (
        NameTeamLead(team=EXPERTS, lead=KIM),
        happened(TeamLeadNamed, team=EXPERTS, lead=KIM, previous=None),
    ),
    (RetireTeam(team=EXPERTS), happened(TeamRetired, team=EXPERTS)),
    (
        CreateQueue(queue=VIP, display_name="VIP", lead=KIM),
        happened(QueueCreated, queue=VIP, name="VIP", lead=KIM),
    ),
    (
        RenameQueue(queue=HARDWARE, display_name="Devices"),
        happened(QueueRenamed, queue=HARDWARE, name="Devices", previous="Hardware"),
    ),
    (
        NameQueueLead(queue=HARDWARE, lead=KIM),
        happened(QueueLeadNamed, queue=HARDWARE, lead=KIM, previous=None),
    ),
    (RetireQueue(queue=HARDWARE), happened(QueueRetired, queue=HARDWARE)),
    (SetReopenWindow(seconds=60), happened(ReopenWindowSet, seconds=60, previous=604800)),
    (SetCloseAfter(seconds=0), happened(CloseAfterSet, seconds=0, previous=604800)),
    (
        SetPriorityMatrix(matrix=ALL_LOW),
        happened(PriorityMatrixSet, matrix=ALL_LOW, previous=DEFAULT_MATRIX),
    ),
]


@pytest.mark.parametrize(("command", "expected"), CHANGES, ids=[c.name for c, _ in CHANGES])
def test_a_change_is_one_event_and_the_same_again_is_none(
    command: Command, expected: Happened
) -> None:
    given().when(command).then(expected)
    log = Log()
    log.ask(command)
    assert log.decide(command, command_id=command_id("again")) == {}


def test_an_address_is_taken_away() -> None:
    log = Log()
    log.ask(AddAddress(requester=MINA, medium=Medium.PHONE, address="+82 2 123"))
    remove = RemoveAddress(requester=MINA, medium=Medium.PHONE, address="+82 2 123")
    (events,) = log.ask(remove).values()
    assert events == [
        happened(RequesterAddressRemoved, requester=MINA, medium=Medium.PHONE, address="+82 2 123")
    ]
    assert log.ask(remove) == {}


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (RegisterRequester(requester=MINA, display_name="Other"), NotAllowed, "requester"),
        (RegisterRequester(requester=RequesterId("a b"), display_name="x"), Invalid, "requester"),
        (RegisterRequester(requester=NEW, display_name=" "), Invalid, "display_name"),
        (RegisterRequester(requester=NEW, display_name="x", emails=("x",)), Invalid, "emails"),
        (RegisterRequester(requester=NEW, display_name="x", phones=("x",)), Invalid, "phones"),
        (RegisterRequester(requester=NEW, display_name="x", language="X"), Invalid, "language"),
        (
            RegisterRequester(requester=NEW, display_name="x", organisation=EVIL),
            NotFound,
            "organisation",
        ),
        (RenameRequester(requester=NEW, display_name="x"), NotFound, "requester"),
        (MoveRequester(requester=MINA, organisation=EVIL), NotFound, "organisation"),
        (AddAddress(requester=MINA, medium=Medium.EMAIL, address="x"), Invalid, "address"),
        (RenameOrganisation(organisation=EVIL, display_name="x"), NotFound, "organisation"),
        (RegisterAgent(agent=KIM, display_name="Other"), NotAllowed, "agent"),
        (RegisterAgent(agent=FRESH, display_name="x", email="x"), Invalid, "email"),
        (RegisterAgent(agent=FRESH, display_name="x", teams=(NIGHT,)), NotFound, "teams"),
        (JoinTeam(agent=KIM, team=TeamId("gone-team")), Invalid, "team"),
        (DeactivateAgent(agent=KIM, reason=""), Invalid, "reason"),
        (DeactivateAgent(agent=FRESH, reason="x"), NotFound, "agent"),
        (CreateTeam(team=EXPERTS, display_name="Other"), NotAllowed, "team"),
        (CreateQueue(queue=VIP, display_name="VIP", lead=GONE), Invalid, "lead"),
        (NameQueueLead(queue=HARDWARE, lead=FRESH), NotFound, "lead"),
        (SetReopenWindow(seconds=-1), Invalid, "seconds"),
        (SetCloseAfter(seconds=10**10), Invalid, "seconds"),
        (SetPriorityMatrix(matrix=DEFAULT_MATRIX[:8]), Invalid, "matrix"),
        (SetPriorityMatrix(matrix=(*ALL_LOW, *DEFAULT_MATRIX)), Invalid, "matrix"),
    ],
)
def test_what_makes_no_sense_names_its_field(
    command: Command, refusal: type[Refused], field: str
) -> None:
    given().when(command).then_refused(refusal, field=field)
