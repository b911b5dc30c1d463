"""Opening hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from domain.calendar import DAY, Windows
from domain.sla.hours import said, text_of, windows_of


def hours(*windows: tuple[float, float]) -> Windows:
    return tuple((int(a * 3600), int(b * 3600)) for a, b in windows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ((), ()),
        (("09:00-18:00",), hours((9, 18))),
        ((" 09:00 - 12:30 ",), hours((9, 12.5))),
        (("13:00-18:00", "09:00-12:00"), hours((9, 12), (13, 18))),
        (("09:00-12:00", "12:00-18:00"), hours((9, 12), (12, 18))),
        (("00:00-24:00",), hours((0, 24))),
        (("22:00-06:00",), hours((22, 30))),
        (("18:00-00:00",), hours((18, 24))),
        (("18:00-24:00",), hours((18, 24))),
        (("09:00:01-09:00:02",), ((32_401, 32_402),)),
    ],
)
def test_windows_are_read_as_they_are_meant(text: tuple[str, ...], expected: Windows) -> None:
    assert windows_of(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("9-18", "is no window; write it as 09:00-18:00"),
        ("09:00", "is no window"),
        ("", "is no window"),
        ("09:00-18:00-20:00", "is no window"),
        ("٠٩:00-18:00", "is no window"),
        ("09:00-09:00", "is empty; the whole day is 00:00-24:00"),
        ("00:00-00:00", "is empty"),
        ("24:00-02:00", "begins after its day"),
        ("09:60-18:00", "no clock shows"),
        ("09:00-18:00:60", "no clock shows"),
        ("09:00-24:01", "no clock shows"),
        ("25:00-26:00", "no clock shows"),
    ],
)
def test_what_is_no_window_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        windows_of((text,))


@pytest.mark.parametrize(
    "text",
    [
        ("09:00-13:00", "12:59:59-18:00"),
        ("09:00-18:00", "10:00-11:00"),
        ("09:00-18:00", "09:00-18:00"),
        ("20:00-06:00", "22:00-23:00"),
    ],
)
def test_windows_that_share_time_are_refused(text: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="overlap; they may touch"):
        windows_of(text)


@st.composite
def days(draw: DrawFn) -> Windows:
    """Windows of one day, apart or touching; the last one may end on the next day."""
    points = sorted(draw(st.sets(st.integers(0, DAY), max_size=8)))
    windows = list(zip(points[::2], points[1::2], strict=False))
    if windows and windows[-1][0]:
        begins, _ = windows[-1]
        windows[-1] = (begins, draw(st.integers(begins + 1, DAY + begins - 1)))
    return tuple(windows)


@given(days())
def test_what_is_written_is_read_back(windows: Windows) -> None:
    assert windows_of(text_of(windows)) == windows


def test_a_day_is_said_in_one_line() -> None:
    assert said(()) == "closed"
    assert said(hours((9, 12), (13, 18))) == "09:00-12:00 and 13:00-18:00"
    assert said(hours((22, 30))) == "22:00-06:00"
    assert said(hours((0, 24))) == "00:00-24:00"
