"""Checks of what people type, shared by many commands. Each raises Invalid and names the field."""

import math
import re
from collections.abc import Iterable
from datetime import datetime

from domain.errors import Invalid
from domain.ticket.words import FieldValue

SUBJECT_LIMIT = 250
BODY_LIMIT = 100_000
REASON_LIMIT = 1_000
NAME_LIMIT = 200
VALUE_LIMIT = 4_000
"""Limits are in characters (Unicode code points)."""

TAGS_LIMIT = 50
FIELDS_LIMIT = 100
MESSAGES_LIMIT = 1_000

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6)."""

_IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")
_WORD = re.compile(r"\w[\w.:/+-]{0,59}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{2,29}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""NUL and halves of surrogate pairs, which cannot be stored as text."""


def required_text(text: str, field: str, limit: int) -> None:
    """`text` has something visible in it and at most `limit` characters."""
    if not text.strip():
        raise Invalid(f"{_named(field)} must not be blank.", field=field)
    optional_text(text, field, limit)


def optional_text(text: str | None, field: str, limit: int) -> None:
    """`text`, if there is any, can be stored and has at most `limit` characters."""
    if text is None:
        return
    if len(text) > limit:
        raise Invalid(
            f"{_named(field)} has {len(text)} characters; at most {limit} are taken.",
            field=field,
            limit=limit,
        )
    if _NO_TEXT.search(text):
        raise Invalid(f"{_named(field)} holds a character that is no text.", field=field)


def ident(value: str, field: str) -> None:
    """An id that may stand in a URL as it is: letters, digits and . _ @ + - (at most 100)."""
    if not _IDENT.fullmatch(value):
        raise Invalid(
            f"{_named(field)} must be 1 to 100 letters, digits or . _ @ + - "
            "and begin with a letter or digit.",
            field=field,
        )


def word(value: str | None, field: str) -> None:
    """A tag, code, category, segment or region: one word in any script, at most 60 characters."""
    if value is not None and not _WORD.fullmatch(value):
        raise Invalid(
            f"{_named(field)} must be one word of at most 60 letters, digits or _ . : / + -",
            field=field,
        )


def label(value: str | None, field: str) -> None:
    """A short name that may have spaces (a category, a region): not blank, at most 200."""
    if value is not None:
        required_text(value, field, NAME_LIMIT)


def tags(values: Iterable[str]) -> None:
    """At most 50 words."""
    given = list(values)
    if len(given) > TAGS_LIMIT:
        raise Invalid(f"A ticket has at most {TAGS_LIMIT} tags.", field="tags", limit=TAGS_LIMIT)
    for value in given:
        word(value, "tags")


def language(value: str | None, field: str = "language") -> None:
    """A language tag such as `ko` or `en-GB` (BCP 47)."""
    if value is not None and not _LANGUAGE.fullmatch(value):
        raise Invalid(
            f"{_named(field)} must be a language tag such as 'ko' or 'en-GB'.", field=field
        )


def is_field_name(name: str) -> bool:
    """Whether a custom field may be called so."""
    return _FIELD_NAME.fullmatch(name) is not None


def field_name(name: str, field: str) -> None:
    """The name of a custom field: at most 60 small letters, digits or _."""
    if not is_field_name(name):
        raise Invalid(
            "A field's name must be at most 60 small letters, digits or _ and begin with a letter.",
            field=field,
        )


def custom_field(name: str, value: FieldValue) -> None:
    """A custom field's name and value: text, a finite number, true or false, or nothing."""
    field_name(name, "name")
    match value:
        case str():
            optional_text(value, "value", VALUE_LIMIT)
        case float() if not math.isfinite(value):
            raise Invalid("Value must be a finite number.", field="value")
        case int() if abs(value) > SAFE_INTEGER:
            raise Invalid(f"Value must be within +-{SAFE_INTEGER}.", field="value")
        case _:
            return


def same_value(one: FieldValue, other: FieldValue) -> bool:
    """Equal and of one type: True is not 1."""
    return type(one) is type(other) and one == other


def email(value: str, field: str = "email") -> None:
    """Something that looks like an address; only a message sent there proves it."""
    if not _ADDRESS.fullmatch(value) or len(value) > NAME_LIMIT:
        raise Invalid(f"{_named(field)} must be an address such as kim@example.com.", field=field)
    optional_text(value, field, NAME_LIMIT)


def phone(value: str, field: str = "phone") -> None:
    """Digits, and what people put between them."""
    if not _PHONE.fullmatch(value):
        raise Invalid(f"{_named(field)} must be a number such as +82 2 1234 5678.", field=field)


def future(instant: datetime | None, now: datetime, field: str) -> None:
    """`instant`, if given, has a time zone and is later than `now`."""
    if instant is None:
        return
    if instant.tzinfo is None:
        raise Invalid(f"{_named(field)} needs a time zone.", field=field)
    if instant <= now:
        raise Invalid(f"{_named(field)} must be in the future.", field=field, now=now)


def _named(field: str) -> str:
    return field.replace("_", " ").capitalize()
