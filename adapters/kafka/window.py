"""The events of a partition that a reader has at hand: a stretch of positions without a gap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Place:
    """The record of this position is at this offset, or behind it.

    Each position takes an offset of its own, and so do marks of transactions and what was undone.
    """

    position: int
    offset: int

    def bound(self, position: int) -> int:
        """An offset before which a later position cannot be."""
        return self.offset + position - self.position


FIRST = Place(position=1, offset=0)


@dataclass(slots=True)
class Window:
    """`events` have the positions up to `end`, the last one that was read.

    `place` is where to look for anything, `asked` are the positions after which pages were asked
    for since the last `trim`; `sought` is the `end` for whose next event the client was sent back.
    """

    lane: int
    place: Place = FIRST
    end: int = 0
    events: list[Recorded[Any]] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    sought: int | None = None

    @property
    def first(self) -> int:
        """The first position at hand, or the next one to come."""
        return self.end - len(self.events) + 1

    def add(self, recorded: Recorded[Any], offset: int) -> bool:
        """Take the next event; False when it is not the next one."""
        if recorded.position != self.end + 1:
            return False
        self.events.append(recorded)
        self.offsets.append(offset)
        self.end = recorded.position
        return True

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        """Up to `limit` events after a position that is at hand."""
        start = position + 1 - self.first
        return self.events[start : start + limit]

    def move(self, position: int) -> None:
        """Let `position` be the next one to come."""
        self.events, self.offsets, self.end = [], [], position - 1

    def trim(self) -> None:
        """Forget what nobody has asked for since the last time that somebody asked."""
        if not self.asked:
            return
        gone = max(0, min(len(self.events), min(self.asked) + 1 - self.first))
        self.asked = []
        if gone:
            self.place = Place(position=self.first + gone - 1, offset=self.offsets[gone - 1])
            del self.events[:gone]
            del self.offsets[:gone]
