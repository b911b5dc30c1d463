"""What other systems report: each report once, in the ticket of its conversation."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from commands.assign import Assign
from commands.cancel import Cancel
from commands.close import Close
from commands.envelope import Outcome, Request
from commands.merge import Merge
from commands.open_ticket import OpenTicket
from commands.resolve import Resolve
from commands.take_in import HandedIn, Named, Newcomer, Resolves, TakeIn, Writes, command_id_of
from commands.undo import Undo
from domain.actor import Actor, ActorKind
from domain.errors import CommandIdReused, Invalid, NotFound
from domain.ids import AgentId, RequesterId, StreamId, TicketId, requester_stream
from domain.intake import IntakeTaken, Taken, conversation_stream
from domain.states import fold_stream
from domain.ticket.words import Channel, Priority, Status
from tests.commands.desk import Desk
from tests.given import WORKSPACE

BOT = Actor(kind=ActorKind.RULE, id="intake chatbot", rule_version=1)
MINA, SORA = RequesterId("mina"), RequesterId("sora")
OPENS = OpenTicket(
    requester=MINA, subject="Cannot sign in", description="It says no.", channel=Channel.CHAT
)
WRITES = Writes(requester=MINA, body="Still not.", channel=Channel.CHAT)

TAKEN_EARLIER = "1dfb98514eada21c99e60c8a7c12f973210991ef56bb97f549412fb8fc8bf524"
"""What told repeats of `OPENS` when a report was known by the requester who was found."""


@pytest.fixture
def desk() -> Desk:
    return Desk()


def take_in(
    desk: Desk,
    report: OpenTicket | Writes | Resolves,
    external_id: str,
    *,
    conversation: str = "talk 1",
    newcomer: Newcomer | None = None,
    named: Named | None = None,
    token: str = "first",  # noqa: S107 - a name, not a secret
) -> Outcome:
    asked = TakeIn(
        source="chatbot",
        external_id=external_id,
        conversation=conversation,
        report=report,
        newcomer=newcomer,
        named=named,
        handed_in=HandedIn(by=AgentId("crm"), token=token),
    )
    requester = getattr(report, "requester", None)
    by = BOT if requester is None else Actor(kind=ActorKind.REQUESTER, id=requester)
    command_id = command_id_of("chatbot", external_id)
    request = Request(workspace=WORKSPACE, command=asked, command_id=command_id, by=by)
    return desk.handler.handle(request)


def state(desk: Desk, stream: StreamId) -> Any:
    events = [recorded.event for recorded in desk.store.load(WORKSPACE, stream)]
    return fold_stream(stream, events)


def current(desk: Desk, conversation: str = "talk 1") -> TicketId:
    found = state(desk, conversation_stream("chatbot", conversation)).ticket
    assert found is not None
    return TicketId(found)


def taken(outcome: Outcome) -> Taken:
    return next(one.event.taken for one in outcome.events if isinstance(one.event, IntakeTaken))


def test_a_conversation_opens_a_ticket_is_written_into_and_resolved(desk: Desk) -> None:
    opens = OpenTicket(
        requester=MINA,
        subject="Disk is full",
        description="98 %",
        channel=Channel.MONITORING,
        priority=Priority.URGENT,
        tags=("disk",),
        fields={"host": "db1"},
    )
    assert taken(take_in(desk, opens, "1")) is Taken.OPENED
    assert taken(take_in(desk, WRITES, "2")) is Taken.WROTE
    assert taken(take_in(desk, Resolves(code="recovered", note="60 %"), "3")) is Taken.RESOLVED
    ticket = desk.ticket(current(desk))
    assert (ticket.status, ticket.resolution_code) == (Status.RESOLVED, "recovered")
    assert (ticket.priority, dict(ticket.fields)) == (Priority.URGENT, {"host": "db1"})
    assert ticket.requester == "mina"


def test_a_report_that_comes_again_changes_nothing(desk: Desk) -> None:
    first = take_in(desk, OPENS, "1")
    take_in(desk, WRITES, "2")
    version = desk.ticket(current(desk)).version
    for again in (take_in(desk, OPENS, "1"), take_in(desk, OPENS, "1")):
        assert again.repeated
        assert again.events == first.events
    assert take_in(desk, WRITES, "2").repeated
    assert desk.ticket(current(desk)).version == version


def test_another_report_under_the_same_name_is_refused(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    with pytest.raises(CommandIdReused):
        take_in(desk, WRITES, "1")


def test_reports_that_arrive_at_once_open_one_ticket(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: take_in(desk, OPENS, str(n % 4)), range(16)))
    assert sum(not one.repeated for one in outcomes) == 4
    fresh = [taken(one) for one in outcomes if not one.repeated]
    assert sorted(fresh) == [Taken.OPENED, *[Taken.WROTE] * 3]


def test_a_second_opening_goes_into_the_ticket_and_brings_it_back(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    ticket = current(desk)
    desk.ask(Resolve(ticket=ticket, code="fixed"))
    assert taken(take_in(desk, OPENS, "2")) is Taken.WROTE
    assert (current(desk), desk.ticket(ticket).status) == (ticket, Status.OPEN)


def test_an_opening_by_the_name_of_a_conversation_that_is_not_known_here_finds_it(
    desk: Desk,
) -> None:
    """It is decided as the first of its conversation, and the append knows that it is not."""
    take_in(desk, OPENS, "r0", conversation="r1")
    elsewhere = Desk(desk.store)
    assert taken(take_in(elsewhere, OPENS, "r1", conversation="r1")) is Taken.WROTE


def test_after_the_ticket_is_closed_the_conversation_goes_on_in_its_follow_up(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    closed = current(desk)
    desk.ask(Resolve(ticket=closed, code="fixed"))
    desk.ask(Close(ticket=closed))
    take_in(desk, WRITES, "2")
    follow_up = current(desk)
    assert follow_up != closed
    take_in(desk, WRITES, "3")
    assert current(desk) == follow_up
    assert len(desk.ticket(follow_up).messages) == 1


def test_a_cancelled_ticket_is_not_written_into_but_another_one_opened(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    cancelled = current(desk)
    desk.ask(Cancel(ticket=cancelled, reason="A test"))
    assert taken(take_in(desk, OPENS, "2")) is Taken.OPENED
    assert current(desk) != cancelled


def test_what_was_merged_away_is_written_into_the_ticket_it_lives_on_in(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    merged, target = current(desk), desk.open()
    desk.ask(Merge(ticket=merged, into=target))
    take_in(desk, WRITES, "2")
    assert len(desk.ticket(target).messages) == 1
    assert taken(take_in(desk, Resolves(code="fixed"), "3")) is Taken.RESOLVED
    assert desk.ticket(target).status is Status.RESOLVED


def test_what_has_ended_is_not_resolved_again_but_what_is_said_of_it_is_kept(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    desk.ask(Resolve(ticket=current(desk), code="fixed"))
    assert taken(take_in(desk, Resolves(code="recovered"), "2")) is Taken.NOTHING
    assert taken(take_in(desk, Resolves(code="recovered", note="By itself"), "3")) is Taken.NOTED
    assert desk.ticket(current(desk)).resolution_code == "fixed"


def test_somebody_new_is_registered_with_the_report_or_not_at_all(desk: Desk) -> None:
    sora = Newcomer(display_name="Sora", emails=("sora@example.com",))
    with pytest.raises(Invalid) as refused:
        take_in(desk, replace(OPENS, requester=SORA, subject=" "), "1", newcomer=sora)
    assert refused.value.details["field"] == "subject"
    assert not state(desk, requester_stream(SORA)).exists
    take_in(desk, replace(OPENS, requester=SORA), "2", newcomer=sora)
    assert state(desk, requester_stream(SORA)).emails == {"sora@example.com"}
    take_in(desk, replace(WRITES, requester=SORA), "3", newcomer=sora)
    assert state(desk, requester_stream(SORA)).version == 1


def test_what_has_not_begun_cannot_go_on_and_can_be_sent_again_when_it_has(desk: Desk) -> None:
    for report in (WRITES, Resolves(code="fixed")):
        with pytest.raises(NotFound) as refused:
            take_in(desk, report, "2")
        assert refused.value.details["field"] == "conversation"
    take_in(desk, OPENS, "1")
    assert taken(take_in(desk, WRITES, "2")) is Taken.WROTE


def test_who_asks_must_be_known(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_in(desk, replace(OPENS, requester=RequesterId("nobody")), "1")


def test_the_log_says_who_handed_it_in_and_the_same_report_may_come_by_another_token(
    desk: Desk,
) -> None:
    first = take_in(desk, OPENS, "1", token="first")
    again = take_in(desk, OPENS, "1", token="second")
    assert again.repeated
    (event,) = [one.event for one in first.events if isinstance(one.event, IntakeTaken)]
    assert (event.handed_in_by, event.token) == ("crm", "first")
    assert again.events == first.events


def test_the_same_report_is_recognised_when_its_address_is_another_ones_by_now(desk: Desk) -> None:
    named = Named(email="shop@example.com", name="Shop")
    first = take_in(desk, OPENS, "1", named=named)
    again = take_in(desk, replace(OPENS, requester=SORA), "1", named=named)
    assert (again.repeated, again.events) == (True, first.events)
    with pytest.raises(CommandIdReused):
        take_in(desk, OPENS, "1", named=replace(named, email="mina@example.com"))


def test_a_report_that_was_taken_in_by_an_earlier_program_is_recognised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Named(email="mina@example.com", name="Mina")
    newcomer = Newcomer(display_name="Mina", emails=("mina@example.com",))
    with monkeypatch.context() as earlier:
        earlier.setattr("commands.handle.fingerprint", lambda _: TAKEN_EARLIER)
        first = take_in(desk, OPENS, "1", newcomer=newcomer)
    again = take_in(desk, OPENS, "1", newcomer=newcomer, named=named)
    assert (again.repeated, again.events) == (True, first.events)
    with pytest.raises(CommandIdReused):
        take_in(desk, replace(OPENS, subject="Else"), "1", newcomer=newcomer, named=named)


def test_it_overwrites_nothing_and_is_not_overtaken(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    ticket = current(desk)
    desk.ask(Assign(ticket=ticket, agent=AgentId("kim")))
    take_in(desk, Resolves(code="recovered"), "2")
    found = desk.ticket(ticket)
    assert (found.status, found.agent) == (Status.RESOLVED, "kim")


def test_what_an_opening_did_can_be_undone_by_people(desk: Desk) -> None:
    take_in(desk, OPENS, "1")
    ticket = current(desk)
    resolved = take_in(desk, Resolves(code="recovered"), "2")
    event = next(one for one in resolved.events if one.event.kind == "ticket.resolved")
    desk.ask(Undo(ticket=ticket, event=event.event_id))
    assert desk.ticket(ticket).status is not Status.RESOLVED
