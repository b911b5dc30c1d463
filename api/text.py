"""Reading what came over the wire: JSON, text and instants, each refused when it is not whole."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NoReturn

from api.problems import Problem

DEPTH = 32
"""Deepest nesting of a body. Nothing here needs more than four levels."""

LONGEST_NUMBER = 400
"""Digits of a number: more is an attack on the parser, and no number of a help desk."""

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"
)


def read_json(body: bytes) -> Any:
    """The value of a JSON text (RFC 8259), read strictly.

    Raises Problem (bad-json) for what parsers disagree on: duplicate keys, NaN and Infinity, NUL,
    text that is not Unicode, nesting deeper than `DEPTH`.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("bad-json", f"Byte {error.start} is not UTF-8.") from None
    _refuse_depth(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Problem("bad-json", f"{error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise Problem("bad-json", f"It is nested deeper than {DEPTH} levels.") from None
    if "\\u" in text:  # only an escape can smuggle in what UTF-8 cannot carry
        _refuse_broken_text(value)
    elif "\x00" in text:
        raise Problem("bad-json", "It holds a NUL character. Remove it.")
    return value


def clean(text: str) -> str:
    """`text` itself. Raises ValueError when it holds NUL or half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("holds a NUL character; remove it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair; send whole characters") from None
    return text


def place(path: Iterable[int | str]) -> str:
    """Where something is in a body, as in `promises[0].targets.high`; empty for the whole of it."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def read_instant(text: object) -> datetime:
    """An RFC 3339 instant as UTC, cut to microseconds.

    Raises ValueError, with what to do, for anything else: no zone, a date beyond the calendar
    (years 1 to 9999), a leap second.
    """
    if isinstance(text, datetime):
        return text.astimezone(UTC)
    if not isinstance(text, str):
        raise ValueError("must be an instant as text, such as 2026-03-01T09:30:00Z")  # noqa: TRY004 - pydantic reports ValueError
    found = _INSTANT.fullmatch(text) or _INSTANT.fullmatch(text.replace(" ", "+"))
    if found is None:
        raise ValueError(
            "must be an instant with a zone, such as 2026-03-01T09:30:00Z or "
            "2026-03-01T09:30:00+09:00 (in a query, write + as %2B)"
        )
    date, fraction, zone = text[:19].upper(), (found[7] or "")[:7], found[8].upper()
    try:
        instant = datetime.fromisoformat(f"{date}{fraction}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not in the calendar; use a real date of the years 1 to 9999") from None
    return instant


def rfc3339(instant: datetime) -> str:
    """An instant in UTC with a Z, as every answer writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Problem("bad-json", f"The key {twice[:100]!r} is there twice.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Problem("bad-json", f"{name} is not JSON. Send a number or null.")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Problem("bad-json", f"A number has more than {LONGEST_NUMBER} digits.")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise Problem("bad-json", f"A number has more than {LONGEST_NUMBER} digits.")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Problem("bad-json", f"The number {digits[:40]} is too large.")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_constant=_no_constant,
    parse_int=_integer,
    parse_float=_float,
)


def _refuse_depth(text: str) -> None:
    """Count brackets before parsing; text that holds brackets is only counted when it matters."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth, quoted, skip = 0, False, False
    for character in text:
        if skip:
            skip = False
        elif quoted:
            skip = character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise Problem("bad-json", f"It is nested deeper than {DEPTH} levels.")
        elif character in "]}":
            depth -= 1


def _refuse_broken_text(value: Any) -> None:
    match value:
        case str():
            try:
                clean(value)
            except ValueError as error:
                raise Problem("bad-json", f"A text {error}.") from None
        case list():
            for item in value:
                _refuse_broken_text(item)
        case dict():
            for key, item in value.items():
                _refuse_broken_text(key)
                _refuse_broken_text(item)
        case _:
            return  # numbers, true, false and null cannot be broken
