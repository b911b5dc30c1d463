"""Is it alive, is it ready?"""

from typing import Literal

from domain.record import record


@record
class Alive:
    """The process answers."""

    status: Literal["alive"]


@record
class ViewLag:
    """How many events of a lane a view has not seen yet, and how many were set aside."""

    projection: str
    lane: int
    lag: int
    parked: int


@record
class Ready:
    """It can do its work."""

    status: Literal["ready"]
    views: tuple[ViewLag, ...]
