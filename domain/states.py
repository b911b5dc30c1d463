"""How each category of streams is folded into a state, and what its events change: one table."""

from collections.abc import Callable, Iterable
from typing import Any

from domain import intake
from domain.configuration import canned_response, field, macro, saved_view
from domain.desk import rules
from domain.happened import Happened
from domain.ids import StreamId, category_of
from domain.kinds import kind_of
from domain.people import agent, organisation, queue, requester, team
from domain.record import record
from domain.sla import book
from domain.sla.book_events import BookEvent
from domain.ticket import aspects
from domain.ticket import state as ticket
from domain.ticket.aspects import Aspect


@record
class Fold:
    """`initial` is the state of a stream that does not exist; `evolve` never refuses.

    `changed_by` names the parts that an event changes. For the small things around tickets a part
    is what one kind of event sets.
    """

    initial: Any
    evolve: Callable[[Any, Any], Any]
    changed_by: Callable[[Any], frozenset[Aspect]]


def _by_kind(event: Happened) -> frozenset[Aspect]:
    return frozenset({set_by(type(event))})


def _by_thing(event: BookEvent) -> frozenset[Aspect]:
    """Each calendar and each policy is a part of the book."""
    # Every edit changes what a re-judgement would take into the past.
    return frozenset({book.part_of(event), book.HISTORY})


def set_by(event: type[Happened]) -> Aspect:
    """The part of a small thing that events of this type set."""
    return Aspect(kind_of(event))


FOLDS: dict[str, Fold] = {
    "ticket": Fold(initial=ticket.Ticket(), evolve=ticket.evolve, changed_by=aspects.changed_by),
    "requester": Fold(initial=requester.Requester(), evolve=requester.evolve, changed_by=_by_kind),
    "organisation": Fold(
        initial=organisation.Organisation(), evolve=organisation.evolve, changed_by=_by_kind
    ),
    "agent": Fold(initial=agent.Agent(), evolve=agent.evolve, changed_by=_by_kind),
    "team": Fold(initial=team.Team(), evolve=team.evolve, changed_by=_by_kind),
    "queue": Fold(initial=queue.Queue(), evolve=queue.evolve, changed_by=_by_kind),
    "sla": Fold(initial=book.Book(), evolve=book.evolve, changed_by=_by_thing),
    "desk": Fold(initial=rules.DeskRules(), evolve=rules.evolve, changed_by=_by_kind),
    "saved_view": Fold(
        initial=saved_view.SavedView(), evolve=saved_view.evolve, changed_by=_by_kind
    ),
    "canned_response": Fold(
        initial=canned_response.CannedResponse(),
        evolve=canned_response.evolve,
        changed_by=_by_kind,
    ),
    "macro": Fold(initial=macro.Macro(), evolve=macro.evolve, changed_by=_by_kind),
    "field": Fold(initial=field.Fields(), evolve=field.evolve, changed_by=field.changed_by),
    "intake": Fold(initial=intake.Conversation(), evolve=intake.evolve, changed_by=_by_kind),
}


def fold_stream(stream: StreamId, events: Iterable[Happened], state: Any = None) -> Any:
    """The state of `stream` after `events`, beginning at `state` (None: at nothing)."""
    how = FOLDS[category_of(stream)]
    folded = how.initial if state is None else state
    for event in events:
        folded = how.evolve(folded, event)
    return folded
