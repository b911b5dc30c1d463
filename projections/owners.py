"""Which worker has which lane of which view: by a lease, or as a member of a consumer group."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.record import record
from projections.lease_ports import Holding, Leases, Work


@record
class Member:
    """A worker of a consumer group, and the lanes that it has there: of each it advances all views.

    `worker` is host:pid, as in leases.
    """

    worker: str
    lanes: tuple[int, ...]


class Group(Protocol):
    """The consumer group of workers that read the topic."""

    def members(self) -> Sequence[Member]:
        """Who is in it now, by name. Raises TopicUnavailable."""


@record
class Owner:
    """Who has a unit of work. `lease` is None for one that has the lane in the consumer group."""

    worker: str
    lease: Holding | None = None


class Owners:
    """Asks those who know: leases in the database, and the group where there is a Kafka."""

    def __init__(self, leases: Leases, group: Group | None = None) -> None:
        self._leases = leases
        self._group = group

    def leases(self) -> dict[Work, Holding]:
        """All leases, those of publishers included. Raises Unavailable."""
        return {(h.projection, h.version, h.lane): h for h in self._leases.holdings()}

    def members(self) -> Sequence[Member]:
        """The group's; none where there is no Kafka. Raises TopicUnavailable."""
        return () if self._group is None else self._group.members()


def owner(work: Work, leases: Mapping[Work, Holding], members: Sequence[Member]) -> Owner | None:
    """Who has a unit: a lease counts while it lasts, and then who has the lane in the group.

    Workers of both ways may run together; whoever is second waits for the lock on the position.
    A lease that is over is told when there is nobody else.
    """
    lease = leases.get(work)
    if lease is None or lease.left < 0:
        for member in members:
            if work[2] in member.lanes:
                return Owner(worker=member.worker)
    return None if lease is None else Owner(worker=lease.worker, lease=lease)
