"""Opening hours as people write them: `09:00-12:30`, `22:00-06:00` (into the next day)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from domain.calendar import DAY, Windows

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SIXTY = 60
_WINDOW = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?\s*-\s*(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


def windows_of(text: tuple[str, ...]) -> Windows:
    """The windows that begin on one day, in their order.

    `24:00` is the end of the day; a window that ends at or before its beginning ends on the next
    day. Raises ValueError, with a sentence for people, for what is no window and for windows that
    overlap.
    """
    windows = sorted(_window(one) for one in text)
    for (_, until), (begins, _) in pairwise(windows):
        if begins < until:
            raise ValueError(
                f"The windows {said(windows)} overlap; they may touch, but not share time."
            )
    return tuple(windows)


def _window(text: str) -> tuple[int, int]:
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no window; write it as 09:00-18:00.")
    parts = [int(part or 0) for part in found.groups()]
    begins, until = _seconds(text, *parts[:3]), _seconds(text, *parts[3:])
    if begins >= DAY:
        raise ValueError(f"{text!r} begins after its day; write it on the next day as 00:00-...")
    if begins == until:
        raise ValueError(f"{text!r} is empty; the whole day is 00:00-24:00.")
    return begins, until if until > begins else until + DAY


def _seconds(text: str, hours: int, minutes: int, seconds: int) -> int:
    at = hours * 3600 + minutes * 60 + seconds
    if max(minutes, seconds) >= _SIXTY or at > DAY:
        raise ValueError(f"{text!r} has a time that no clock shows; a day goes to 24:00.")
    return at


def text_of(windows: Windows) -> tuple[str, ...]:
    """Windows as `windows_of` reads them."""
    return tuple(f"{_time(begins)}-{_time(until)}" for begins, until in windows)


def said(windows: Sequence[tuple[int, int]]) -> str:
    """Windows in one line; `closed` when there is none."""
    return " and ".join(text_of(tuple(windows))) or "closed"


def _time(at: int) -> str:
    if at > DAY:
        at -= DAY
    hours, rest = divmod(at, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
