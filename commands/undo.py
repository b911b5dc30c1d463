"""Take back what an event changed, by a new event that names it.

The log only grows: undoing writes the opposite. It is refused when something later depends on the
event, and for what cannot be taken back at all because somebody outside has seen it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from commands.envelope import Context, Decision, TicketCommand
from commands.known import active_agent, known_requester, working_queue
from commands.unmerge import part
from domain.errors import CannotUndo, NotFound, Refused
from domain.happened import Happened
from domain.ids import (
    EventId,
    StreamId,
    agent_stream,
    queue_stream,
    requester_stream,
    ticket_stream,
)
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.aspects import STATUS, changed_by
from domain.ticket.events import (
    MacroApplied,
    ReplySent,
    SatisfactionAsked,
    SatisfactionRated,
    TicketAssigned,
    TicketCancelled,
    TicketEvent,
    TicketLinked,
    TicketMerged,
    TicketQueued,
    TicketRequesterChanged,
    TicketResolved,
    TicketUnfollowed,
    TicketUnlinked,
)
from domain.ticket.opposite import STAYS, opposite, restored
from domain.ticket.rules import require
from domain.ticket.state import Ticket, fold
from domain.ticket.words import Status

_BUILDS_ON: dict[type[Happened], tuple[type[Happened], ...]] = {
    TicketResolved: (SatisfactionAsked, SatisfactionRated),
}
"""Later events that make sense only while the one in front stands."""

_SAME_RULE_AS = {TicketAssigned: "assign", TicketQueued: "move_to_queue"}
"""Commands whose statuses allow the way back as well; for other attributes it is `set_field`."""


@record
class Undo(TicketCommand):
    """`event` is the id of one event of this ticket; that of a macro takes back all it did.

    It touches no aspect: whether anything since depends on the event is looked up in the history,
    which is stricter than what the caller happens to have seen.
    """

    name: ClassVar[str] = "undo"
    needs_history: ClassVar[bool] = True
    event: EventId

    def involves(self, state: Ticket, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        at = _place_of(self.event, history)
        if at is None:
            return ()
        undone = history[at].event
        if isinstance(undone, MacroApplied):
            return tuple(s for r in _done_by(undone, at, history) for s in _needed(r.event))
        return _needed(undone)


def _needed(undone: TicketEvent) -> tuple[StreamId, ...]:
    """The streams that going back from an event has to look at."""
    match undone:
        case TicketMerged(into=other) | TicketLinked(other=other) | TicketUnlinked(other=other):
            return (ticket_stream(other),)
        case TicketAssigned(previous=agent) | TicketUnfollowed(agent=agent) if agent:
            return (agent_stream(agent),)
        case TicketQueued(previous=queue) if queue:
            return (queue_stream(queue),)
        case TicketRequesterChanged(previous=requester):
            return (requester_stream(requester),)
        case _:
            return ()


def decide(command: Undo, ticket: Ticket, ctx: Context) -> Decision:
    if any(recorded.event.undoes == command.event for recorded in ctx.history):
        return []
    require(ticket, command.name)
    at = _place_of(command.event, ctx.history)
    if at is None:
        raise NotFound("There is no such event on this ticket.", field="event")
    undone: TicketEvent = ctx.history[at].event
    if isinstance(undone, MacroApplied):
        return _all_taken_back(command, undone, at, ticket=ticket, ctx=ctx)
    return _undo(command, at, ticket, ctx)


def _place_of(event: EventId, history: Sequence[Recorded[Any]]) -> int | None:
    return next((i for i, r in enumerate(history) if r.event_id == event), None)


def _done_by(
    macro: MacroApplied, at: int, history: Sequence[Recorded[Any]]
) -> Sequence[Recorded[Any]]:
    """The events of a macro's steps, which follow its own."""
    return history[at + 1 : at + 1 + sum(step.events for step in macro.steps)]


def _all_taken_back(
    command: Undo, macro: MacroApplied, at: int, *, ticket: Ticket, ctx: Context
) -> Decision:
    """What a macro did, the last first, without what has been taken back already.

    What reached somebody or was written down stays on record; the rest goes back all the same.
    """
    gone = {recorded.event.undoes for recorded in ctx.history}
    steps = [r for r in _done_by(macro, at, ctx.history) if _stays(r.event) is None]
    left = [recorded for recorded in steps if recorded.event_id not in gone]
    if not steps:
        raise CannotUndo("Nothing that this macro did can be taken back.", kind=macro.kind)
    back: list[TicketEvent] = []
    for recorded in reversed(left):
        one = replace(command, event=recorded.event_id)
        decided = _undo(one, recorded.version - 1, ticket, ctx)
        events: list[Any] = list(decided) if not isinstance(decided, Mapping) else []
        ticket = fold(events, ticket)
        last = ctx.history[-1]
        further = (
            replace(last, version=last.version + n, event=event)
            for n, event in enumerate(events, start=1)
        )
        ctx = replace(ctx, history=(*ctx.history, *further))
        back += events
    return back


def _undo(command: Undo, at: int, ticket: Ticket, ctx: Context) -> Decision:
    """Take back the event at that place of the history."""
    undone: TicketEvent = ctx.history[at].event
    if reason := _stays(undone):
        raise CannotUndo(reason, kind=undone.kind)
    since = _still_in_force(ctx.history[at + 1 :])
    _refuse_if_built_on(undone, since)
    before = fold(recorded.event for recorded in ctx.history[:at])
    try:
        _require_way_back(undone, ticket, ctx)
        return _taken_back(command, undone, since=since, before=before, ticket=ticket, ctx=ctx)
    except Refused as refused:
        raise CannotUndo(f"It cannot go back. {refused.message}", **refused.details) from refused


def _stays(undone: TicketEvent) -> str | None:
    if undone.undoes is not None:
        return "It is an undo itself; give the command that was undone again."
    return STAYS.get(type(undone))


def _still_in_force(later: Sequence[Recorded[Any]]) -> list[Recorded[Any]]:
    """Without what was undone, and without the undoing: together they changed nothing."""
    gone = {recorded.event.undoes for recorded in later}
    return [r for r in later if r.event.undoes is None and r.event_id not in gone]


def _refuse_if_built_on(undone: TicketEvent, since: Sequence[Recorded[Any]]) -> None:
    changed, builders = changed_by(undone), _BUILDS_ON.get(type(undone), ())
    blocking = [r for r in since if changed & changed_by(r.event) or isinstance(r.event, builders)]
    if blocking:
        raise CannotUndo(
            "Something that happened since depends on it; undo that first, where it can be.",
            kind=undone.kind,
            events=blocking,
        )


def _require_way_back(undone: TicketEvent, ticket: Ticket, ctx: Context) -> None:
    """Going back is a change like any other: the lifecycle and the people must allow it."""
    match undone:
        case TicketMerged() | TicketCancelled() | TicketLinked() | TicketUnlinked():
            return
        case TicketAssigned(previous=agent) | TicketUnfollowed(agent=agent) if agent:
            active_agent(ctx, agent)
        case TicketQueued(previous=queue) if queue:
            working_queue(ctx, queue)
        case TicketRequesterChanged(previous=requester):
            known_requester(ctx, requester)
        case _:
            pass
    if STATUS not in changed_by(undone):
        require(ticket, _SAME_RULE_AS.get(type(undone), "set_field"))


def _taken_back(
    command: Undo,
    undone: TicketEvent,
    *,
    since: Sequence[Recorded[Any]],
    before: Ticket,
    ticket: Ticket,
    ctx: Context,
) -> Decision:
    if isinstance(undone, TicketMerged):
        return part(command.ticket, ticket, ctx, undoes=command.event)
    back = list(opposite(undone, before, ticket, by=ctx.by, at=ctx.at, undoes=command.event))
    match undone:
        case TicketLinked() | TicketUnlinked():
            return {
                ticket_stream(command.ticket): back,
                ticket_stream(undone.other): _other_side(command, undone, ctx),
            }
        case TicketAssigned() if _opened_only_by_it(before, since, ticket):
            now = fold(back, ticket)
            back.append(restored(before, now, by=ctx.by, at=ctx.at, undoes=command.event))
    return back


def _opened_only_by_it(before: Ticket, since: Sequence[Recorded[Any]], ticket: Ticket) -> bool:
    """The assignment made a new ticket open, and no other work would have done so since."""
    if before.status is not Status.NEW or ticket.status is not Status.OPEN:
        return False
    return not any(isinstance(r.event, ReplySent) or STATUS in changed_by(r.event) for r in since)


def _other_side(
    command: Undo, undone: TicketLinked | TicketUnlinked, ctx: Context
) -> list[Happened]:
    """The same on the other ticket, where it is not so already."""
    other: Ticket = ctx.known[ticket_stream(undone.other)]
    relation = undone.relation.inverse
    linked = other.is_linked(command.ticket, relation)
    if isinstance(undone, TicketLinked) and linked:
        return [TicketUnlinked(other=command.ticket, relation=relation, by=ctx.by, at=ctx.at)]
    if isinstance(undone, TicketUnlinked) and other.exists and not linked:
        return [TicketLinked(other=command.ticket, relation=relation, by=ctx.by, at=ctx.at)]
    return []
