"""Who does what: units of work spread evenly over the workers that are there, and few moves."""

import logging
from collections.abc import Callable, Collection, Hashable, Mapping
from threading import Event, Thread
from typing import Self, TypeVar

from projections.lease_ports import Lease, Leases, Work
from projections.ports import LeaseLost, Unavailable

LEASE = 3.0
"""Seconds for which a worker has a unit unless it renews: what a killed one leaves lies still no
longer than this and a round of the others. Longer than a slow batch, or work would be lost."""

RENEW = 0.75
"""Seconds between rounds: several may fail before a lease ends."""

_log = logging.getLogger(__name__)

Unit = TypeVar("Unit", bound=Hashable)
Name = TypeVar("Name", bound=Hashable)


def spread(
    wants: Mapping[Name, Collection[Unit]], holders: Mapping[Unit, Name]
) -> dict[Unit, Name]:
    """Who should have each unit: a worker that wants it, and none two more than it need have.

    `wants` in the order of seniority, `holders` where there are any. A unit stays with its holder
    unless another worker would still have less than the holder; then one unit moves. Everyone who
    looks at the same state comes to the same result.
    """
    units = list(dict.fromkeys(unit for wanted in wants.values() for unit in wanted))
    able = {unit: [name for name in wants if unit in wants[name]] for unit in units}
    given: dict[Unit, Name] = {
        unit: holders[unit] for unit in units if holders.get(unit) in able[unit]
    }
    load = {name: list(given.values()).count(name) for name in wants}
    for unit in units:
        if unit not in given:
            given[unit] = min(able[unit], key=load.__getitem__)
            load[given[unit]] += 1
    moved = True
    while moved:  # each move makes the sum of the squares of all loads smaller
        moved = False
        for unit in reversed(units):
            holder, least = given[unit], min(able[unit], key=load.__getitem__)
            if load[least] + 1 < load[holder]:
                given[unit] = least
                load[holder] -= 1
                load[least] += 1
                moved = True
    return given


class Share:
    """This worker's part of the work, renewed by a thread of its own while `with` lasts.

    A batch, or an ANALYZE after it, may take longer than a round.
    """

    def __init__(self, leases: Leases, wanted: Callable[[], Collection[Work]]) -> None:
        """`wanted` tells what this worker could do; any thread may call it."""
        self._leases = leases
        self._wanted = wanted
        self._held: Mapping[Work, Lease] = {}
        self._stop = Event()
        self._thread: Thread | None = None

    @property
    def active(self) -> bool:
        """Whether the share is being renewed."""
        return self._thread is not None

    def lease(self, work: Work) -> Lease | None:
        """The lease of a unit, if this worker has it."""
        return self._held.get(work)

    def lost(self, work: Work, error: LeaseLost) -> None:
        """A batch was refused: have nothing to do with this unit until the next round."""
        _log.info("%s, lane %d: %s", work[0], work[2], error)
        self._held = {unit: lease for unit, lease in self._held.items() if unit != work}

    def renew(self) -> None:
        """One round. Raises Unavailable."""
        self._held = self._leases.share(self._wanted())

    def __enter__(self) -> Self:
        self._stop.clear()
        self._thread = Thread(target=self._run, name="leases")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._held = {}
        try:
            self._leases.leave()
        except Unavailable:
            _log.info("the leases end by themselves: the database is away")

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = RENEW
            try:
                self.renew()
            except Exception as error:  # noqa: BLE001 - meanwhile, each batch is checked
                _log.warning("leases could not be renewed, it will be tried again: %s", error)
