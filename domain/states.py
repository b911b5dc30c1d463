"""How each kind of stream is folded into a state: one literal table."""

from collections.abc import Callable, Iterable
from typing import Any

from domain.desk import rules
from domain.happened import Happened
from domain.ids import StreamId, category_of
from domain.people import agent, organisation, queue, requester, team
from domain.record import record
from domain.ticket import state as ticket


@record
class Fold:
    """`initial` is the state of a stream that does not exist; `evolve` never refuses."""

    initial: Any
    evolve: Callable[[Any, Any], Any]


FOLDS: dict[str, Fold] = {
    "ticket": Fold(initial=ticket.Ticket(), evolve=ticket.evolve),
    "requester": Fold(initial=requester.Requester(), evolve=requester.evolve),
    "organisation": Fold(initial=organisation.Organisation(), evolve=organisation.evolve),
    "agent": Fold(initial=agent.Agent(), evolve=agent.evolve),
    "team": Fold(initial=team.Team(), evolve=team.evolve),
    "queue": Fold(initial=queue.Queue(), evolve=queue.evolve),
    "desk": Fold(initial=rules.DeskRules(), evolve=rules.evolve),
}


def fold_stream(stream: StreamId, events: Iterable[Happened], state: Any = None) -> Any:
    """The state of `stream` after `events`, beginning at `state` (None: at nothing)."""
    how = FOLDS[category_of(stream)]
    folded = how.initial if state is None else state
    for event in events:
        folded = how.evolve(folded, event)
    return folded
