"""What an import has to say about a file: rows that are broken, and rows that are odd."""

from collections.abc import Iterator
from enum import StrEnum

from domain.record import record

FIRST = 10
"""Places that are kept for each kind of finding; all of them are counted."""


class Broken(StrEnum):
    """Why a row could not be read. It is reported with its line, and not imported."""

    ENCODING = "undecodable-bytes"
    NUL = "nul-byte"
    TOO_LONG = "over-long"
    QUOTES = "bad-quotes"
    COLUMNS = "wrong-number-of-columns"
    REPEATED_HEADER = "repeated-header"
    NO_CASE = "no-case-id"
    NO_TIME = "no-time"
    BAD_TIME = "bad-time"
    BAD_ORDER = "bad-order-number"
    CUT_OFF = "file-cut-off"
    XML = "bad-xml"


class Anomaly(StrEnum):
    """Why a row does not fit the lifecycle or its neighbours. It is imported all the same."""

    ORDER_GOES_BACK = "order-goes-back"
    ORDER_GAP = "order-gap"
    TIME_GOES_BACK = "time-goes-back"
    DUPLICATE = "duplicate-row"
    NO_NEW = "no-row-in-a-new-state"
    ONLY_DONE = "only-resolved-or-closed-rows"
    UNKNOWN_STATE = "unknown-state"
    CREATED_BEFORE_OPENED = "created-before-opened"
    ROW_BEFORE_OPENING = "row-before-opening"
    BAD_INSTANT = "unreadable-instant"
    UNLISTED_VALUE = "unlisted-value"
    VALUE_CUT = "value-too-long-for-the-ticket"
    RESOLUTION_UNKNOWN = "resolved-at-an-unknown-instant"
    CLOSED_UNRESOLVED = "closed-without-being-resolved"
    LEFT_FINAL = "changed-after-it-was-final"
    LATE_KNOWLEDGE = "column-known-only-after-the-last-row"
    LATE_ROW = "row-older-than-what-is-known"


@record
class Place:
    """Where something was found. `row` counts data rows from 1, `line` lines; 0: not a row."""

    line: int
    row: int = 0
    case: str = ""
    detail: str = ""


@record
class BrokenRow:
    """A row, or a stretch of the file, that cannot be read."""

    kind: Broken
    place: Place


class Findings:
    """Counts per kind, and the first places of each. Memory does not grow with the file."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._first: dict[str, list[Place]] = {}

    def add(self, kind: str, place: Place) -> None:
        """Count one more, and remember where if it is among the first."""
        self._count[kind] = self._count.get(kind, 0) + 1
        first = self._first.setdefault(kind, [])
        if len(first) < FIRST:
            first.append(place)

    @property
    def total(self) -> int:
        """How many in all, of any kind."""
        return sum(self._count.values())

    def __iter__(self) -> Iterator[tuple[str, int, tuple[Place, ...]]]:
        """Kind, count and first places, the most frequent kind first."""
        for kind, count in sorted(self._count.items(), key=lambda item: (-item[1], item[0])):
            yield str(kind), count, tuple(self._first[kind])
