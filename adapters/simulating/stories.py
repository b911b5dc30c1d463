"""How requests begin: as new ones, as duplicates, as spam, or as an old one that comes back."""

from datetime import timedelta

from adapters.simulating.aftermath import settled
from adapters.simulating.case import Case, Story
from adapters.simulating.topics import QUEUES
from adapters.simulating.working import worked
from commands.acknowledge import Acknowledge
from commands.add_note import AddNote
from commands.assign import Assign
from commands.cancel import Cancel
from commands.categorise import Categorise
from commands.follow import Follow
from commands.merge import Merge
from commands.move_to_queue import MoveToQueue
from commands.open_ticket import OpenTicket, opened_by
from commands.prioritise import Prioritise
from commands.receive_message import ReceiveMessage
from commands.tag import Tag
from domain.errors import Refused
from domain.ids import QueueId
from domain.ticket.words import Channel, Level, Priority, Relation

_CHANNELS = {
    Channel.EMAIL: 36,
    Channel.WEB: 34,
    Channel.PHONE: 14,
    Channel.CHAT: 13,
    Channel.SOCIAL: 2,
    Channel.API: 1,
}
_FIRST_TOUCH = {Priority.URGENT: 0.08, Priority.HIGH: 0.3, Priority.NORMAL: 0.9, Priority.LOW: 2.5}
"""Median hours until an agent looks at it."""

_SPAM, _WITHDRAWN = 0.02, 0.012


def new_request(case: Case) -> Story:
    """Somebody asks for help for the first time."""
    case.channel = case.rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    if case.channel is Channel.PHONE and not case.given_to().hours.contain(case.now):
        case.channel = Channel.EMAIL  # nobody takes the call
    if case.channel is Channel.EMAIL and case.chance(_SPAM):
        yield from _spam(case)
        return
    yield from _opening(case)
    if case.chance(_WITHDRAWN):
        yield case.by_requester(
            Cancel(ticket=case.ticket, reason=case.say("withdrawn")), case.some(3)
        )
        return
    yield from _triage(case)
    yield from worked(case)
    yield from settled(case)


def duplicate(case: Case, of: Case) -> Story:
    """Somebody writes again about what is being worked on; an agent merges it into that."""
    case.channel, case.queue = Channel.EMAIL, of.queue
    yield from _opening(case, subject=of.state.subject)
    case.given_to(of.given_to())
    yield case.by_agent(Acknowledge(ticket=case.ticket), case.some(0.5))
    try:
        yield case.by_agent(Merge(ticket=case.ticket, into=of.ticket), timedelta())
        return
    except Refused:  # the other one is done by now: this one is worked on by itself
        pass
    yield from worked(case)
    yield from settled(case)


def comeback(case: Case, of: Case) -> Story:
    """The requester of a closed ticket writes again: that opens a follow-up."""
    case.channel, case.queue, case.ticket = of.channel, of.queue, of.ticket
    case.agent = of.agent
    yield case.on_arrival(
        ReceiveMessage(ticket=of.ticket, body=case.letter(case.say("late")), channel=case.channel)
    )
    followed = [link.other for link in of.state.links if link.relation is Relation.FOLLOWED_UP_BY]
    case.desk.forget(of.ticket)
    case.ticket = followed[0]
    yield from _triage(case)
    yield from worked(case)
    yield from settled(case)


def _opening(case: Case, subject: str | None = None) -> Story:
    judged = case.channel is Channel.PHONE or case.chance(0.55)
    misrouted = case.channel is Channel.EMAIL and case.chance(0.25)
    opening = OpenTicket(
        requester=case.person.id,
        subject=subject or case.tell("subjects"),
        description=case.letter(case.tell("messages")),
        channel=case.channel,
        queue=QueueId("service-desk") if misrouted else case.queue,
        impact=_impact(case) if judged else None,
        urgency=_urgency(case) if judged else None,
        category=case.topic.category if case.chance(0.6) else None,
        tags=case.topic.tags if case.chance(0.5) else (),
        fields={"site": case.person.company.region, "vip": True} if case.person.vip else {},
    )
    if case.channel is Channel.PHONE:  # the agent who answers the call opens it on behalf
        command = yield case.by_agent(opening, timedelta())
    else:
        command = yield case.on_arrival(opening)
    case.ticket = opened_by(command)


def _triage(case: Case) -> Story:
    """An agent looks at it, files it rightly and gives it to somebody."""
    touch = case.some(_FIRST_TOUCH[case.state.priority])
    if case.channel in (Channel.CHAT, Channel.PHONE):
        touch = case.some(0.05)
    if case.chance(0.3):
        yield case.by_agent(Acknowledge(ticket=case.ticket), touch)
        touch = case.some(0.1)
    if case.state.queue != case.queue:
        yield case.by_agent(MoveToQueue(ticket=case.ticket, queue=case.queue), touch)
        touch = case.some(0.5)
        case.agent = None
    elif case.chance(0.05):
        yield from _misjudged(case, touch)
        touch = case.some(0.6)
    if case.state.category is None:
        yield case.by_agent(Categorise(ticket=case.ticket, category=case.topic.category), touch)
        touch = case.some(0.05)
    if case.state.impact is None and case.chance(0.8):
        yield case.by_agent(
            Prioritise(ticket=case.ticket, impact=_impact(case), urgency=_urgency(case)), touch
        )
        touch = case.some(0.05)
    worker = case.given_to()
    yield case.by_agent(Assign(ticket=case.ticket, agent=worker.id), touch)
    if case.chance(0.15):
        tag = "vip" if case.person.vip else case.rng.choice(("checked", "known-error", "on-site"))
        yield case.by_agent(Tag(ticket=case.ticket, tag=tag), case.some(0.02))
    if case.person.vip:
        lead = case.cast.lead(case.queue)
        yield case.by_agent(Follow(ticket=case.ticket, agent=lead.id), case.some(0.05))


def _misjudged(case: Case, touch: timedelta) -> Story:
    """Moved to the wrong queue, and back."""
    right = case.queue
    case.queue = QueueId(case.rng.choice([queue for queue in QUEUES if queue != right]))
    yield case.by_agent(MoveToQueue(ticket=case.ticket, queue=case.queue), touch)
    case.given_to(case.cast.worker(case.queue, case.now, case.rng))
    yield case.by_agent(AddNote(ticket=case.ticket, body=case.say("wrong_queue")), case.some(0.7))
    case.queue = right
    yield case.by_agent(MoveToQueue(ticket=case.ticket, queue=right), case.some(0.02))
    case.agent = None


def _spam(case: Case) -> Story:
    command = yield case.on_arrival(
        OpenTicket(
            requester=case.person.id,
            subject=case.say("spam_subjects"),
            description=case.say("spam_messages"),
            channel=case.channel,
            queue=QueueId("service-desk"),
        )
    )
    case.ticket, case.queue = opened_by(command), QueueId("service-desk")
    yield case.by_agent(Cancel(ticket=case.ticket, reason=case.say("spam_reason")), case.some(1))


def _impact(case: Case) -> Level:
    return case.rng.choices(list(Level), case.topic.impacts)[0]


def _urgency(case: Case) -> Level:
    weights = (0.1, 0.3, 0.6) if case.person.vip else (0.35, 0.5, 0.15)
    return case.rng.choices(list(Level), weights)[0]
