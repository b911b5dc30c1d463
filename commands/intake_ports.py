"""Where other systems leave reports for the desk, and where those are put that are refused."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from domain.record import record


@record
class Delivery:
    """A record as somebody left it at a place of the inbox. `at` is when, by their clock (UTC)."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int
    offset: int
    at: datetime


@record
class Reason:
    """Why something is refused, as the API tells it; `field` is empty when none is to blame."""

    code: str
    message: str
    field: str = ""
    what_to_do: str = ""


Refused: TypeAlias = tuple[Delivery, Reason]


class Ending(StrEnum):
    """How a dead letter was settled."""

    REPLAYED = "replayed"
    DISMISSED = "dismissed"


@record
class Letter:
    """A delivery that was refused at `refused_at`, for this reason. `ending`: what became of it."""

    offset: int
    delivery: Delivery
    reason: Reason
    refused_at: datetime
    ending: Ending | None = None


class DeadLetters(Protocol):
    """What was refused, kept until somebody settles it. All raise TopicUnavailable, TopicUnusable.

    One delivery makes one letter, however often it was put.
    """

    @property
    def name(self) -> str: ...

    def prepare(self) -> None:
        """Make it, if it is not there."""

    def put(self, refused: Sequence[Refused], at: datetime) -> None:
        """Keep them, in this order. When it returns they are safe; else any of them may be."""

    def letters(self) -> Iterator[Letter]:
        """All letters up to now, in the order in which they were put, with what became of them."""

    def open(self) -> int:
        """How many are not settled.

        Asked again, it costs as much as what came since; any thread may ask.
        """

    def settle(self, offset: int, ending: Ending, at: datetime) -> None:
        """Say what became of the letter at this offset."""

    def close(self) -> None:
        """Let go of what writing needs; it is opened again by the next one who writes."""


class Member(Protocol):
    """One of those who share an inbox. What it has taken is its own until it says `done`."""

    def take(self, timeout: float) -> Sequence[Delivery]:
        """What came next, in the order of each partition; waits up to `timeout` s for anything.

        What was taken and never said to be done is taken again, by this member or by another one.
        """

    def stay(self) -> None:
        """Be heard of while what was taken takes long; takes up to half a second."""

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """All of them need not be taken again. It may be said too late: then they are."""


class Inbox(Protocol):
    """Where reports are left. All raise TopicUnavailable, TopicUnusable."""

    @property
    def name(self) -> str: ...

    def prepare(self) -> None:
        """Make it, if it is not there."""

    def open(self) -> AbstractContextManager[Member]:
        """Share in it, for as long as the block."""

    def lag(self) -> int:
        """How many deliveries are not done yet."""
