"""The records of a partition that a reader has at hand: a stretch of positions without a gap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from projections.following import HoleInTheLog


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
    """`records` have the positions up to `end`, the last one that came.

    They are as the topic has them: whether they can be read is found out by those who come to them,
    so that a fault is theirs alone. What is at fault behind `end` is told there likewise: `foreign`
    is a record that is no event of ours, `hole` says that the next position is missing.

    `place` is where to look for anything, `asked` are the positions after which pages were asked
    for since the last `trim`; `sought` is the `end` for whose next event the client was sent back.
    """

    lane: int
    place: Place = FIRST
    end: int = 0
    records: list[Any] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    sought: int | None = None
    foreign: Any | None = None
    hole: str | None = None

    @property
    def first(self) -> int:
        """The first position at hand, or the next one to come."""
        return self.end - len(self.records) + 1

    @property
    def at_hand(self) -> int:
        """Up to where there is something to be had, be it a fault."""
        return self.end + (self.foreign is not None or self.hole is not None)

    def take(self, position: int | None, record: Any) -> bool:
        """What came next; None: it is foreign. False: a position is missing before it.

        A foreign record takes the place of the event behind it, if that comes: nobody who has not
        that event gets past it.
        """
        if position is None:
            self.foreign = record
        elif position <= self.end:
            self.foreign = None  # it is before what is at hand
        elif position == self.end + 1:
            self.records.append(record if self.foreign is None else self.foreign)
            self.end, self.foreign, self.hole = position, None, None
        else:
            return False
        return True

    def after(self, position: int, limit: int) -> Sequence[Any]:
        """Up to `limit` records after a position that is at hand. Raises HoleInTheLog."""
        start = position + 1 - self.first
        found = self.records[start : start + limit]
        if len(found) < limit and self.foreign is not None:
            return [*found, self.foreign]
        if not found and self.hole is not None:
            raise HoleInTheLog(self.hole)
        return found

    def move(self, position: int) -> None:
        """Let `position` be the next one to come."""
        self.records, self.end = [], position - 1
        self.foreign = self.hole = None

    def trim(self) -> None:
        """Forget what nobody has asked for since the last time that somebody asked."""
        if not self.asked:
            return
        gone = max(0, min(len(self.records), min(self.asked) + 1 - self.first))
        self.asked = []
        if gone:
            last = self.records[gone - 1]
            self.place = Place(position=self.first + gone - 1, offset=last.offset)
            del self.records[:gone]
