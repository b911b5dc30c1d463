"""Puts a simulation into the log."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from commands.ports import BulkStore, Packed, Receipt
from domain.record import record

_BATCH = 2_000
"""Events in one transaction, at least. Others who write wait for it: 0.2 s on a busy machine, as a
median. Larger ones are hardly quicker (see docs/decisions/0010-bulk-writing.md)."""

_OPENED = "ticket.opened@"


@record
class Written:
    """What is new in the log; `known` commands were there already, `refused` ones did not fit."""

    commands: int = 0
    events: int = 0
    tickets: int = 0
    known: int = 0
    refused: int = 0


def write(
    store: BulkStore, told: Iterable[Sequence[Packed]], progress: Callable[[int, int], None]
) -> Written:
    """Write everything in order, each sequence whole.

    `progress` hears of the tickets and the events of each batch, those that were known included.

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
        progress(sum(map(_opens, batch)), sum(packed.events for packed in batch))
    return total


def _added(batch: list[Packed], store: BulkStore) -> Written:
    outcomes = store.append_history(batch)
    new = known = 0
    events = tickets = 0
    for packed, outcome in zip(batch, outcomes, strict=True):
        if not isinstance(outcome, Receipt):
            continue
        if outcome.repeated:
            known += 1
            continue
        new += 1
        events += packed.events
        tickets += _opens(packed)
    return Written(
        commands=new,
        events=events,
        tickets=tickets,
        known=known,
        refused=len(outcomes) - new - known,
    )


def _opens(packed: Packed) -> int:
    return sum(topic.startswith(_OPENED) for write in packed.writes for topic, _ in write.events)


def _batches(told: Iterable[Sequence[Packed]]) -> Iterator[list[Packed]]:
    batch: list[Packed] = []
    size = 0
    for together in told:
        batch.extend(together)
        size += sum(packed.events for packed in together)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
