"""Which worker has which unit of work: what the read side needs of leases."""

from collections.abc import Collection, Mapping
from typing import Protocol

from domain.record import record

Work = tuple[str, int, int]
"""A unit of work that one worker has at a time: projection, version, lane."""


@record
class Lease:
    """The right to advance a unit of work, for as long as nobody else has a higher `fence`.

    `session` names the run of a worker that has it, as no other run is named.
    """

    session: str
    fence: int


@record
class Holding:
    """A lease as people see it.

    `age` is how long the worker has had it, `left` when it ends unless it is renewed; both in
    seconds by the database's clock, `left` negative when it is over.
    """

    projection: str
    version: int
    lane: int
    worker: str
    fence: int
    age: float
    left: float


class Leases(Protocol):
    """Which worker has which unit of work. All methods raise Unavailable."""

    def share(self, wanted: Collection[Work]) -> Mapping[Work, Lease]:
        """Renew, give back what others should have, take what is this worker's; what it has now.

        `wanted` is all that this worker could do. Call it often enough that no lease expires.
        """

    def leave(self) -> None:
        """Give everything back, for others to take at once."""

    def holdings(self) -> list[Holding]:
        """All leases that were not given back, in the order of projection, version and lane."""
