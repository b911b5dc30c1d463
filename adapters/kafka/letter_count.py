"""How many dead letters are not settled, counted on from where it was counted to before."""

from dataclasses import dataclass, field
from typing import Any

PREFIX = "dead_"
"""What our headers begin with: they stand behind those that the record had."""

SETTLES = b"settles"
"""Key of a record that says what became of a letter: no letter is without a value and has it."""

_PLACE = ("topic", "partition", "offset", "time")
"""What tells two refused records apart, also when the inbox was made anew."""

Place = tuple[bytes, ...]


def settled_by(record: Any) -> int | None:
    """The offset of the letter of which a record says what became; None: it says no such thing."""
    if record.key != SETTLES or record.value is not None:
        return None
    return int(dict(record.headers)[f"{PREFIX}settles"])


def place_of(record: Any) -> Place | None:
    """Where a refused record was left, which names its letter; None: somebody else wrote it."""
    told = dict(record.headers)
    if f"{PREFIX}offset" not in told:
        return None
    return tuple(told[f"{PREFIX}{name}"] for name in _PLACE)


@dataclass(slots=True)
class LetterCount:
    """Letters of a topic that begins at `begin`, up to the record `last` (its offset and time).

    `known` are hashes of the places of all letters, of which each may be put twice.
    """

    begin: int = 0
    last: tuple[int, int] | None = None
    open: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)

    @property
    def reached(self) -> int:
        """The offset of the last record that was counted; -1: none was."""
        return -1 if self.last is None else self.last[0]

    def take(self, record: Any) -> None:
        """The next record of the topic."""
        settled = settled_by(record)
        if settled is not None:
            self.open.discard(settled)
        elif (place := place_of(record)) is not None and hash(place) not in self.known:
            self.known.add(hash(place))
            self.open.add(record.offset)
        self.last = mark_of(record)


def mark_of(record: Any) -> tuple[int, int]:
    """What tells whether a record is still the one that was counted last."""
    return record.offset, record.timestamp
