"""Puts a simulation into the log."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from commands.ports import Append, Appended, EventStore
from domain.record import record
from domain.ticket.events import TicketOpened

_BATCH = 500
"""Commands in one transaction, at least."""


@record
class Written:
    """What is new in the log; `known` commands were there already, `refused` ones did not fit."""

    commands: int = 0
    events: int = 0
    tickets: int = 0
    known: int = 0
    refused: int = 0


def write(
    store: EventStore, told: Iterable[Sequence[Append]], progress: Callable[[int], None]
) -> Written:
    """Append everything in order, each sequence whole; `progress` hears of tickets per batch.

    A batch that was written before, by a run that was interrupted, adds nothing. A queue or an
    agent that exists under other circumstances stays as it is, and counts as refused.
    """
    total = Written()
    for batch in _batches(told):
        added = _added(batch, store)
        total = Written(
            commands=total.commands + added.commands,
            events=total.events + added.events,
            tickets=total.tickets + added.tickets,
            known=total.known + added.known,
            refused=total.refused + added.refused,
        )
        progress(sum(_opens(append) for append in batch))
    return total


def _added(batch: list[Append], store: EventStore) -> Written:
    outcomes = store.append_many(batch)
    answered = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
    new = [outcome for outcome in answered if not outcome.repeated]
    events = [recorded.event for outcome in new for recorded in outcome.events]
    return Written(
        commands=len(new),
        events=len(events),
        tickets=sum(isinstance(event, TicketOpened) for event in events),
        known=len(answered) - len(new),
        refused=len(outcomes) - len(answered),
    )


def _opens(append: Append) -> int:
    return sum(isinstance(new.event, TicketOpened) for w in append.writes for new in w.events)


def _batches(told: Iterable[Sequence[Append]]) -> Iterator[list[Append]]:
    batch: list[Append] = []
    for together in told:
        batch.extend(together)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
