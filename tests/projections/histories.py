"""Hypothesis: histories of several tickets, imported evidence included (any event, any clock)."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from domain.actor import Actor
from domain.happened import Happened
from domain.ids import AgentId, MessageId, OrganisationId, QueueId, RequesterId, TicketId
from domain.recorded import Recorded
from domain.ticket.events import (
    NoteAdded,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketFieldSet,
    TicketFollowed,
    TicketHeld,
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
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.words import ClosedBecause, Priority, Status
from tests.projections.log import ANN, KIM, RULE, Log, minute, opened, replied, said, ticket

TICKETS = ("a", "b", "c")
_agents = st.sampled_from([None, AgentId("kim"), AgentId("lee")])
_queues = st.sampled_from([None, QueueId("first"), QueueId("second")])
_names = st.sampled_from(["x", "y"])
_people = st.sampled_from([RequesterId("ann"), RequesterId("bob")])
_actors = st.sampled_from([ANN, KIM, RULE])


@st.composite
def changes(draw: st.DrawFn, by: Actor, at: float) -> Happened:
    """Any event but the opening."""
    who: dict[str, Any] = {"by": by, "at": minute(at)}
    ann = RequesterId("ann")
    other = TicketId(draw(st.sampled_from(TICKETS)))
    return draw(
        st.sampled_from(
            [
                said(f"m{at}", at),
                replied(f"r{at}", at, by),
                NoteAdded(message=MessageId(f"n{at}"), requester=ann, body="psst", **who),
                TicketAcknowledged(**who),
                TicketAssigned(agent=draw(_agents), previous=None, **who),
                TicketQueued(queue=draw(_queues), previous=None, **who),
                TicketPended(reason="asked", wake_at=minute(at + 60), **who),
                TicketHeld(reason="supplier", **who),
                TicketResumed(reason="back", **who),
                TicketResolved(requester=ann, code="fixed", **who),
                TicketReopened(reason="no", **who),
                TicketClosed(because=ClosedBecause.TIMER, **who),
                TicketCancelled(reason="spam", **who),
                TicketStatusRestored(
                    status=draw(st.sampled_from(Status)), previous=Status.NEW, **who
                ),
                TicketMerged(into=other, **who),
                TicketUnmerged(parted_from=other, status=Status.OPEN, **who),
                TicketAbsorbed(source=other, **who),
                TicketReleased(source=other, **who),
                TicketSplit(into=other, messages=(MessageId("m3"), MessageId("m5")), **who),
                TicketPrioritised(
                    priority=draw(st.sampled_from(Priority)), previous=Priority.NORMAL, **who
                ),
                TicketTagged(tag=draw(_names), **who),
                TicketUntagged(tag=draw(_names), **who),
                TicketFieldSet(
                    requester=ann,
                    name=draw(_names),
                    value=draw(st.sampled_from([None, 1, "two", True])),
                    previous=None,
                    **who,
                ),
                TicketRenamed(requester=ann, subject=f"s{at}", previous="", **who),
                TicketFollowed(agent=AgentId("lee"), **who),
                TicketUnfollowed(agent=AgentId("lee"), **who),
                TicketRequesterChanged(
                    requester=draw(_people),
                    previous=ann,
                    organisation=OrganisationId("acme"),
                    **who,
                ),
            ]
        )
    )


@st.composite
def logs(draw: st.DrawFn, lanes: int = 1, most: int = 25) -> Log:
    """Several tickets, their events mixed; instants may stand still or run backwards."""
    log = Log(lanes)
    for number, name in enumerate(TICKETS, start=1):
        log.write(ticket(name), replace(opened(number), by=draw(st.sampled_from([ANN, KIM]))))
    for n in range(draw(st.integers(0, most))):
        at = max(0, n + draw(st.integers(-3, 1)))
        log.write(ticket(draw(st.sampled_from(TICKETS))), draw(changes(draw(_actors), at)))
    return log


def of_ticket(log: Log, name: str) -> list[Recorded[Any]]:
    return [recorded for recorded in log.all() if recorded.stream == ticket(name)]
