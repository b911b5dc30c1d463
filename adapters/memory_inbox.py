"""commands.intake_ports in memory, for tests and for trying out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from commands.intake_ports import Delivery, Ending, Letter, Refused
from domain.record import with_changes


class MemoryInbox:
    """Partitions as lists. Whoever opens it takes what was not done; one has it at a time."""

    name = "memory"

    def __init__(self) -> None:
        self._left: list[Delivery] = []
        self._done: dict[int, int] = {}
        self._lock = Lock()

    def leave(self, *deliveries: Delivery) -> None:
        """Somebody leaves them there."""
        with self._lock:
            self._left += deliveries

    def prepare(self) -> None:
        """See Inbox."""

    @contextmanager
    def open(self) -> Iterator["MemoryMember"]:
        """See Inbox."""
        yield MemoryMember(self)

    def lag(self) -> int:
        """See Inbox."""
        return len(self.open_ones())

    def open_ones(self) -> list[Delivery]:
        """What is not done yet."""
        with self._lock:
            return [one for one in self._left if one.offset >= self._done.get(one.partition, 0)]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """As Member.done."""
        with self._lock:
            for one in deliveries:
                reached = self._done.get(one.partition, 0)
                self._done[one.partition] = max(reached, one.offset + 1)


class MemoryMember:
    """See commands.intake_ports.Member."""

    def __init__(self, inbox: MemoryInbox) -> None:
        self._inbox = inbox
        self._taken: set[tuple[int, int]] = set()

    def take(self, _timeout: float) -> Sequence[Delivery]:
        """See Member."""
        found = [one for one in self._inbox.open_ones() if _place(one) not in self._taken]
        self._taken |= {_place(one) for one in found}
        return found

    def stay(self) -> None:
        """See Member."""

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """See Member."""
        self._inbox.done(deliveries)


class MemoryDeadLetters:
    """A list."""

    name = "memory.dead"

    def __init__(self) -> None:
        self._letters: list[Letter] = []

    def prepare(self) -> None:
        """See DeadLetters."""

    def put(self, refused: Sequence[Refused], at: datetime) -> None:
        """See DeadLetters."""
        for delivery, reason in refused:
            if _place(delivery) not in {_place(letter.delivery) for letter in self._letters}:
                offset = len(self._letters)
                self._letters.append(
                    Letter(offset=offset, delivery=delivery, reason=reason, refused_at=at)
                )

    def letters(self) -> Iterator[Letter]:
        """See DeadLetters."""
        return iter(tuple(self._letters))

    def open(self) -> int:
        """See DeadLetters."""
        return sum(letter.ending is None for letter in self._letters)

    def settle(self, offset: int, ending: Ending, at: datetime) -> None:
        """See DeadLetters."""
        self._letters[offset] = with_changes(self._letters[offset], ending=ending)

    def close(self) -> None:
        """See DeadLetters."""


def _place(delivery: Delivery) -> tuple[int, int]:
    return delivery.partition, delivery.offset
