"""Write down what a clock has reached, and do what its policy says is to be done then."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from commands.envelope import Context, TicketCommand
from domain.actor import Actor, ActorKind
from domain.errors import Invalid
from domain.ids import (
    SLA_BOOK,
    AgentId,
    QueueId,
    StreamId,
    queue_stream,
    team_stream,
)
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.sla import judge
from domain.sla.book import Book
from domain.sla.changes import BREACH
from domain.sla.clock import Reached, Track
from domain.sla.counting import settled, unnoted
from domain.sla.policy import ClockName, Recipient, Step
from domain.ticket.events import (
    AgentNotified,
    SlaBreached,
    SlaEscalated,
    SlaWarningRaised,
    TicketEscalated,
    TicketEvent,
    TicketPrioritised,
    TicketQueued,
)
from domain.ticket.state import Ticket, fold


@record
class TakeSlaStep(TicketCommand):
    """The steps and the breach that a clock of the ticket has reached and nobody wrote down yet.

    It is judged on the ticket's events and the book as they are when this is decided: what does
    not hold any more is refused. `queues` are those that the policy may move tickets to.
    """

    name: ClassVar[str] = "take_sla_step"
    needs_history: ClassVar[bool] = True
    is_internal: ClassVar[bool] = True
    clock: ClockName
    instance: int
    queues: tuple[QueueId, ...] = ()

    def reads(self) -> tuple[StreamId, ...]:
        return (SLA_BOOK, *map(queue_stream, self.queues))

    def involves(self, state: Ticket, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        queue = () if state.queue is None else (queue_stream(state.queue),)
        return queue if state.team is None else (*queue, team_stream(state.team))


def decide(command: TakeSlaStep, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    book: Book = ctx.known[SLA_BOOK]
    track = _track(command, book, ctx)
    if track is None or track.term is None:
        raise _nothing_due(command)
    rule = Actor(
        kind=ActorKind.RULE, id=track.term.policy.id, rule_version=track.term.policy.version
    )
    ctx = with_changes(ctx, by=rule)
    known_at = ctx.history[0].recorded_at
    events: list[TicketEvent] = []
    for reached in unnoted(track):
        # What was reached before the log heard of the ticket is history, and no news.
        if known_at <= reached.at <= ctx.at:
            events += _taken(track, reached, fold(events, ticket), ctx)
    if not events:
        raise _nothing_due(command)
    return events


def _nothing_due(command: TakeSlaStep) -> Invalid:
    """A refusal, so that the log does not take the command for answered: it may be due soon."""
    return Invalid(
        f"The {command.clock} clock has reached nothing that is not written down.", field="clock"
    )


def _track(command: TakeSlaStep, book: Book, ctx: Context) -> Track | None:
    """The clock as it stands now."""
    state = judge.advanced(judge.fold(ctx.history, book), book, ctx.at)
    wanted = (command.clock, command.instance)
    found = next((track for track in state.tracks if track.key == wanted), None)
    return None if found is None else settled(found, ctx.at)


def _taken(track: Track, reached: Reached, ticket: Ticket, ctx: Context) -> list[TicketEvent]:
    """What is written about one point, and done because of it."""
    term = track.term
    if term is None:
        return []
    of: dict[str, Any] = {
        "clock": track.clock.value,
        "instance": track.instance,
        "policy": term.policy.id,
        "policy_version": term.policy.version,
        "by": ctx.by,
        "at": reached.at,
    }
    if reached.name == BREACH:
        return [SlaBreached(**of)]
    step = next((step for step in term.promise.steps if step.name == reached.name), None)
    early = step is None or step.point(term.target.seconds) < term.target.seconds
    said: TicketEvent = (
        SlaWarningRaised(**of, step=reached.name)
        if early
        else SlaEscalated(**of, step=reached.name)
    )
    # A clock that has stopped meanwhile needs nobody's attention any more.
    if step is None or not track.is_live or not ticket.status.is_backlog:
        return [said]
    return [said, *_actions(step, track, ticket, ctx)]


def _actions(step: Step, track: Track, ticket: Ticket, ctx: Context) -> Iterator[TicketEvent]:
    because = f"{track.clock.replace('_', ' ')}: {step.name}"
    for recipient in step.notify:
        agent = _agent(recipient, ticket, ctx)
        if agent is not None:
            yield AgentNotified(
                agent=agent, role=recipient.value, about=because, by=ctx.by, at=ctx.at
            )
    if step.priority is not None and step.priority.rank < ticket.priority.rank:
        yield TicketPrioritised(
            priority=step.priority,
            previous=ticket.priority,
            impact=ticket.impact,
            previous_impact=ticket.impact,
            urgency=ticket.urgency,
            previous_urgency=ticket.urgency,
            override_reason=because,
            by=ctx.by,
            at=ctx.at,
        )
    if step.queue is not None and step.queue != ticket.queue and _takes_work(step.queue, ctx):
        yield TicketQueued(queue=step.queue, previous=ticket.queue, by=ctx.by, at=ctx.at)
    if step.level is not None and step.level > ticket.escalation_level:
        yield TicketEscalated(
            level=step.level,
            previous=ticket.escalation_level,
            reason=because,
            by=ctx.by,
            at=ctx.at,
        )


def _agent(recipient: Recipient, ticket: Ticket, ctx: Context) -> AgentId | None:
    """Who that is now; None when there is nobody."""
    match recipient:
        case Recipient.ASSIGNEE:
            return ticket.agent
        case Recipient.QUEUE_LEAD:
            return None if ticket.queue is None else _lead(queue_stream(ticket.queue), ctx)
        case Recipient.MANAGER:
            return None if ticket.team is None else _lead(team_stream(ticket.team), ctx)


def _lead(stream: StreamId, ctx: Context) -> AgentId | None:
    found = ctx.known.get(stream)
    lead: AgentId | None = None if found is None else found.lead
    return lead


def _takes_work(queue: QueueId, ctx: Context) -> bool:
    """A queue that was retired since the policy was set is no place to move a ticket to."""
    found = ctx.known.get(queue_stream(queue))
    return found is not None and found.exists and not found.retired
