"""Events as they are stored: a topic, which is the kind and its schema version, and JSON bytes.

The JSON object holds the whole event under `event`, every field written out, and beside it what
the log's columns do not hold: the correlation and causation ids and the imported source.
Old records are lifted to today's schema while they are read; stored bytes never change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from math import isfinite
from typing import Any, Generic, TypeVar, get_type_hints

import orjson
from pydantic import TypeAdapter, ValidationError

from adapters.upcasts import UPCASTS, schema_version
from domain.happened import Happened
from domain.kinds import EVENT_TYPES, kind_of
from domain.recorded import Source, UnreadableEvent

E = TypeVar("E", bound=Happened)

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
"""Keys may be words of ours, such as priorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[E]):
    """What is inside the bytes of a stored record."""

    correlation: str
    causation: str | None = None
    source: Source | None = None
    event: E


def encode(
    event: Happened,
    correlation: str,
    causation: str | None = None,
    source: Source | None = None,
) -> tuple[str, bytes]:
    """The topic and the bytes to store.

    Raises TypeError for what JSON cannot hold: integers beyond 64 bits, lone surrogates, numbers
    that are none (NaN, infinity), instants without a time zone.
    """
    kind = kind_of(type(event))
    for name in _fractional_fields(kind):
        _refuse_no_number(name, getattr(event, name))
    body: dict[str, Any] = {"correlation": correlation}
    if causation is not None:
        body["causation"] = causation
    if source is not None:
        body["source"] = source
    body["event"] = event
    data = orjson.dumps(body, default=_plain, option=_OPTIONS)
    return f"{kind}@{schema_version(kind)}", data


def event_json(event: Happened) -> bytes:
    """An event by itself, as JSON: what `encode` stores of it."""
    return orjson.dumps(event, default=_plain, option=_OPTIONS)


def decode(topic: str, data: bytes) -> Stored[Happened]:
    """What `encode` stored, lifted to today's schema if it is older. Raises UnreadableEvent."""
    kind, version = kind_and_version(topic)
    adapter = _adapter(kind)
    today = schema_version(kind)
    if version > today:
        raise UnreadableEvent(
            f"The log holds a {topic!r}, and this program knows {kind!r} up to version {today}."
            " Update the program."
        )
    try:
        if version < today:
            data = _lifted(kind, version, data)
        # Strict, so that a number stays a number and a text a text. JSON's own lack of instants
        # and enumerations is known to pydantic: these are read from text in strict mode, too.
        return adapter.validate_json(data, strict=True)
    except (ValidationError, ValueError, KeyError) as error:
        raise UnreadableEvent(f"A stored {topic} cannot be read: {error}") from error


@lru_cache(maxsize=1_000)  # it is asked for each event, and there are few
def kind_and_version(topic: str) -> tuple[str, int]:
    """`ticket.closed@2` is the kind `ticket.closed` in schema version 2."""
    kind, _, version = topic.partition("@")
    return kind, int(version or 1)


def _lifted(kind: str, version: int, data: bytes) -> bytes:
    body = orjson.loads(data)
    for lift in UPCASTS[kind][version - 1 :]:
        body["event"] = lift(body["event"])
    return orjson.dumps(body)


@cache
def _adapter(kind: str) -> TypeAdapter[Stored[Happened]]:
    if kind not in EVENT_TYPES:
        raise UnreadableEvent(
            f"The log holds a {kind!r}, which this version of Chronodesk lacks. Update the program."
        )
    return TypeAdapter(Stored[EVENT_TYPES[kind]])  # type: ignore[valid-type]


def _plain(value: Any) -> object:
    """What JSON does not know, always as the same text: sets in order, days, instants in UTC.

    Instants are RFC 3339 with microseconds.
    """
    if isinstance(value, frozenset):
        return sorted(value)
    if type(value) is date:
        return value.isoformat()
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} cannot be stored: an instant needs a time zone.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@cache
def _fractional_fields(kind: str) -> tuple[str, ...]:
    """The fields of an event that can hold a float."""
    hints = get_type_hints(EVENT_TYPES[kind])
    return tuple(name for name, hint in hints.items() if "float" in str(hint))


def _refuse_no_number(field: str, value: Any) -> None:
    """Raise TypeError for NaN and infinity: JSON has no words for them, orjson writes null."""
    for part in value.values() if isinstance(value, dict) else (value,):
        if isinstance(part, float) and not isfinite(part):
            raise TypeError(f"{field} cannot be {part}: it is not a number that JSON can hold.")
