"""Time in pieces with about as many requests each, shared out to the strands of a plan."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from random import Random

from adapters.simulating.arrivals import Arrival, arrivals
from adapters.simulating.plan import Plan
from commands.ports import Numbers
from domain.ids import TicketNumber
from domain.record import record

_TICKETS = 2_000
"""Requests in a window: what its strands have told about them is in memory at once."""


@record
class Window:
    """The requests of a strand until `end` (excluded), each with the number its ticket gets."""

    strand: int
    arrivals: tuple[tuple[Arrival, TicketNumber], ...]
    end: datetime
    is_last: bool


def windows(plan: Plan, numbers: Numbers) -> Iterator[Window]:
    """All windows in the order of time; of each, the share of every strand in turn.

    Numbers are taken window by window, so that they ascend with time and few stay unused when a
    simulation is interrupted.
    """
    rng = Random(f"{plan.seed}/arrivals")  # noqa: S311 - it has to repeat, not to surprise
    coming = arrivals(plan.tickets, plan.start, plan.end, rng)
    here = [*islice(coming, _TICKETS)]
    while True:
        following = [*islice(coming, _TICKETS)]
        taken = numbers.take(plan.workspace, len(here)) if here else ()
        numbered = [(one, TicketNumber(n)) for one, n in zip(here, taken, strict=True)]
        for strand in range(plan.strands):
            yield Window(
                strand=strand,
                arrivals=tuple(numbered[strand :: plan.strands]),
                end=following[0].at if following else plan.end,
                is_last=not following,
            )
        if not following:
            return
        here = following
