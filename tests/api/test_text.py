"""Reading JSON and instants strictly."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers import dump
from api.problems import Problem
from api.text import DEPTH, read_instant, read_json, rfc3339

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('abcä[{\\"', max_size=3), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_reads_what_json_is(value: Any, escaped: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}",:0e-\\u dI', max_size=60).map(str.encode))
def test_reads_or_refuses_whatever_comes(body: bytes) -> None:
    with contextlib.suppress(Problem):
        read_json(body)


def test_nests_to_the_limit_and_no_deeper() -> None:
    assert read_json(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(Problem):
        read_json(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1))


def test_brackets_in_text_do_not_nest() -> None:
    text = json.dumps(["[" * 100, '"{' * 100, "\\" * 101])
    assert read_json(text.encode()) == json.loads(text)


ZONES = st.integers(-(23 * 60 + 59), 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001


@given(INSTANTS)
def test_an_instant_survives_any_zone(instant: datetime) -> None:
    assert read_instant(instant.isoformat()) == instant
    assert read_instant(rfc3339(instant)) == instant
    assert json.loads(dump({"at": instant.astimezone(UTC)}))["at"] == rfc3339(instant)


@given(st.text(max_size=40) | st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)\Z"))
def test_an_instant_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_instant(text).utcoffset() == timedelta()


def test_a_plus_that_became_a_space_is_understood() -> None:
    assert read_instant("2026-03-01T09:00:00 09:00") == datetime(2026, 3, 1, tzinfo=UTC)
