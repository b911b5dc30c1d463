"""Durations, instants and opening hours as a reader says them."""

from datetime import UTC, datetime

import pytest

from domain.calendar import DAY, weekdays
from domain.sla.words import duration, instant_in, windows_in_words
from tests.domain.explaining import HOUR


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s (0 s)"),
        (59, "59 s (59 s)"),
        (90, "1 min 30 s (90 s)"),
        (16_200, "4 h 30 min (16 200 s)"),
        (100 * HOUR, "100 h (360 000 s)"),
        (1_234 * HOUR, "1 234 h (4 442 400 s)"),
        (-5_400, "-1 h 30 min (-5 400 s)"),
        (12.3456, "12.346 s (12.346 s)"),
        (3_599.9999, "1 h (3 600 s)"),
        (-0.0001, "0 s (0 s)"),
    ],
)
def test_durations_are_said_in_hours_and_in_seconds(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_instants_are_said_in_a_zone_and_in_utc() -> None:
    at = datetime(2026, 3, 2, 0, 0, 0, 250_000, tzinfo=UTC)
    assert (
        instant_in("Asia/Kathmandu", at)
        == "2026-03-02 05:45:00.25 +05:45 (2026-03-02 00:00:00.25 UTC)"
    )
    assert instant_in("UTC", at) == "2026-03-02 00:00:00.25 UTC"


def test_windows_are_said_with_breaks_and_nights() -> None:
    calendar = weekdays("split", "Asia/Seoul", (9, 12), (13, 18))
    assert (
        windows_in_words(calendar)
        == "Monday to Friday 09:00-12:00 and 13:00-18:00; Saturday and Sunday closed"
    )
    night = weekdays("night", "Asia/Seoul", (22, 30))
    assert windows_in_words(night).startswith("Monday to Friday 22:00-06:00 of the next day;")
    assert DAY == 24 * HOUR
