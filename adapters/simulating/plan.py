"""What a simulation is asked for."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from domain.ids import WorkspaceId
from domain.record import record

_NAMESPACE = UUID("0b9a51de-3c7c-5f0c-8f2f-6b4f3b1d7a90")
_VERSION = 2
"""Counts the changes after which the same seed tells other stories."""

_CAST_VERSION = 2
"""The same for the desk that all plans share."""

_TICKETS_A_DAY = 40
"""Of a strand at least: people write again about what others are asking for as well."""

_MOST_STRANDS = 16

LONGEST = timedelta(days=3660)


@record
class Plan:
    """`tickets` are opened from `start` until `end` (half-open, with a time zone).

    Raises ValueError when it makes no sense.
    """

    workspace: WorkspaceId
    tickets: int
    seed: int
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.tickets < 0:
            raise ValueError("The number of tickets must not be negative.")
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("Both instants need a time zone.")
        if self.start >= self.end:
            raise ValueError("The first instant must be before the last one.")
        if self.end - self.start > LONGEST:
            raise ValueError(f"At most {LONGEST.days} days can be simulated in one go.")

    @property
    def tickets_per_day(self) -> float:
        return self.tickets / max(1.0, (self.end - self.start) / timedelta(days=1))

    @property
    def strands(self) -> int:
        """Into how many strands its stories fall, which know nothing of each other.

        It depends on the plan alone, and so do the stories: not on who tells them.
        """
        return max(1, min(_MOST_STRANDS, int(self.tickets_per_day) // _TICKETS_A_DAY))

    @property
    def name(self) -> str:
        """Tells this plan from every other one."""
        return (
            f"{_VERSION}/{self.seed}/{self.tickets}/{self.start.timestamp()}/{self.end.timestamp()}"
        )

    @property
    def namespace(self) -> UUID:
        """Where the ids of its commands are derived from."""
        return uuid5(_NAMESPACE, f"{self.workspace}/{self.name}")

    @property
    def cast_namespace(self) -> UUID:
        """As above for queues, teams and agents, which all plans of a workspace share."""
        return uuid5(_NAMESPACE, f"{self.workspace}/cast/{_CAST_VERSION}")
