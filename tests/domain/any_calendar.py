"""Hypothesis strategies: any calendar in an odd zone, and instants that matter to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from domain.calendar import (
    DAY,
    Calendar,
    Windows,
)

CHANGES = {
    "Europe/Berlin": datetime(2026, 3, 28, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 31, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, tzinfo=UTC),  # southern, moves by 30 minutes
    "America/St_Johns": datetime(2010, 11, 6, tzinfo=UTC),  # -3:30, one minute past midnight
    "Asia/Kathmandu": datetime(2026, 1, 1, tzinfo=UTC),  # +5:45, no changes
    "Pacific/Apia": datetime(2011, 12, 29, tzinfo=UTC),  # 30 December never was
}
"""Zones, each with a day before its clocks change."""


Week = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]


def week(days: Sequence[Windows]) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = days
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


@st.composite
def windows(draw: st.DrawFn, free_from: int = 0) -> Windows:
    """Windows of one day, of which the last may reach into the next; none before `free_from`."""
    edge: st.SearchStrategy[int] = st.sampled_from([free_from, DAY]) | st.integers(free_from, DAY)
    edges = sorted(draw(st.sets(edge, max_size=6)))
    made = list(zip(edges[::2], edges[1::2], strict=False))
    crosses: bool = draw(st.booleans())
    if made and crosses:
        begins, _ = made.pop()
        made.append((begins, draw(st.integers(DAY, 2 * DAY - 1))))
    return tuple(made)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    weekly: list[Windows] = []
    for _ in range(6):
        weekly.append(draw(windows(_reach(weekly[-1]) if weekly else 0)))
    sunday = draw(windows(_reach(weekly[-1])))
    monday = min((begins for begins, _ in weekly[0]), default=DAY)
    weekly.append(sunday if _reach(sunday) <= monday else ())
    days = st.integers(-2, 8).map(lambda n: CHANGES[zone].date() + timedelta(days=n))
    exceptions = draw(st.dictionaries(days, windows(), max_size=3))
    return Calendar(name="any", zone=zone, weekly=week(weekly), exceptions=exceptions)


def _reach(day: Windows) -> int:
    """The second of the next day at which a day's windows have ended."""
    return max(0, *(ends - DAY for _, ends in day), 0)


@st.composite
def instants(draw: st.DrawFn, calendar: Calendar) -> datetime:
    micros = draw(st.integers(0, 6 * DAY * 1_000_000))
    return CHANGES[calendar.zone] + timedelta(microseconds=micros)
