"""Calendars and policies: as they are, were and will be, and what they would do."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.answers import PRIVATE, Answer
from api.bodies import Body, Conditions
from api.problems import Problem
from api.reading import Instant, Reading, SeesSla
from api.routing import strict_router
from api.shapes import headers
from api.shapes import sla_book as shapes
from api.shapes.naming import answers
from api.sla_book import (
    calendar_definition,
    calendar_shown,
    calendars_shown,
    policies_not_in_force,
    policies_shown,
    policy_definition,
    policy_shown,
)
from api.words import ABOUT
from domain.calendar import Calendar, NeverClosed, NeverOpen
from domain.conditions import in_words, problems
from domain.ids import CalendarId, PolicyId
from domain.sla.book import Book
from domain.sla.checks import LONGEST_TARGET
from domain.sla.editions import calendar_edition, policy_edition
from projections import sla_board

router = strict_router("SLA")

MOST_NAMED = 200
EARLIEST, LATEST = 1970, 2200
"""Years that the time of a calendar is asked about: each one is laid out, and kept."""

_CalendarRef = Annotated[
    str, Path(min_length=1, max_length=200, description="Id of a calendar.", examples=["seoul"])
]
_PolicyRef = Annotated[
    str, Path(min_length=1, max_length=200, description="Id of a policy.", examples=["gold"])
]
_AsOf = Annotated[
    Instant | None,
    Query(description="What holds at that instant, by what was known then; now unless given."),
]
_Version = Annotated[
    int | None, Query(ge=0, le=10**9, description="The definition of that version instead.")
]


@router.get(
    "/sla/calendars",
    summary="All calendars",
    responses=answers(shapes.Calendars, headers=headers.OF_VERSION),
)
def list_calendars(reading: SeesSla, as_of: _AsOf = None) -> Answer:
    """With the policies that count on each. `coming` are versions that hold later."""
    book, at = _book(reading, as_of)
    return _answer({"items": calendars_shown(book, at), "as_of": at}, book)


@router.get(
    "/sla/calendars/{calendar}",
    summary="A calendar and all its versions",
    responses=answers(shapes.Calendar, headers=headers.OF_VERSION),
)
def get_calendar(
    reading: SeesSla, calendar: _CalendarRef, as_of: _AsOf = None, version: _Version = None
) -> Answer:
    """`definition` is what `set_calendar` takes; `version` 0 is built in. `ETag` is the book's."""
    book, at = _book(reading, as_of)
    shown = calendar_shown(book, CalendarId(calendar), at)
    if shown is None:
        raise _no("calendar", calendar)
    if version is not None:
        edit = calendar_edition(book, CalendarId(calendar), version)
        if edit is None:
            raise _no("version", str(version))
        shown |= {"version": version, "definition": calendar_definition(edit)}
    return _answer({**shown, "as_of": at}, book)


class TimeQuery(BaseModel):
    """What to reckon: the open time until an instant, or when so much of it is over."""

    model_config = ConfigDict(extra="forbid")

    start: Instant | None = Field(default=None, alias="from", description="Now unless given.")
    until: Instant | None = Field(default=None, description="Gives `elapsed` open seconds.")
    seconds: float | None = Field(
        default=None,
        ge=0,
        le=LONGEST_TARGET,
        allow_inf_nan=False,
        description="Gives `due`: when so much open time is over.",
    )
    version: int | None = Field(
        default=None, ge=0, le=10**9, description="Of the calendar; the one in force unless given."
    )


@router.get(
    "/sla/calendars/{calendar}/time",
    summary="Reckon with a calendar",
    responses=answers(shapes.CalendarTime, headers=headers.OF_VERSION),
)
def reckon_with_calendar(
    reading: SeesSla, calendar: _CalendarRef, query: Annotated[TimeQuery, Query()]
) -> Answer:
    """Whether it is open at an instant, when it opens and closes next, and what elapses."""
    now = reading.services.clock.now()
    book = reading.book()
    found, version = _calendar(book, CalendarId(calendar), query.version, now)
    start = query.start or now
    for name, instant in (("from", start), ("until", query.until)):
        if instant is not None and not EARLIEST <= instant.year <= LATEST:
            raise wrong_query(name, f"It lies outside the years {EARLIEST} to {LATEST}.")
    until, seconds = query.until, query.seconds
    reckoned = {
        "calendar": calendar,
        "version": version,
        "from": start,
        "is_open": found.is_open(start),
        "next_opening": _next(found.next_opening, start),
        "next_closing": _next(found.next_closing, start),
        "until": until,
        "elapsed": None if until is None else found.elapsed(start, until),
        "seconds": seconds,
        "due": None
        if seconds is None
        else _next(lambda instant: found.add(instant, seconds), start),
    }
    return _answer(reckoned, book)


@router.get(
    "/sla/policies",
    summary="All policies, in the order in which they are tried",
    responses=answers(shapes.Policies, headers=headers.OF_VERSION),
)
def list_policies(reading: SeesSla, as_of: _AsOf = None) -> Answer:
    """`not_in_force` are those that are retired or still to come."""
    book, at = _book(reading, as_of)
    shown = {
        "items": policies_shown(book, at),
        "not_in_force": policies_not_in_force(book, at),
        "as_of": at,
    }
    return _answer(shown, book)


class PreviewBody(Body):
    """A condition that is not part of any policy yet."""

    condition: Conditions = Field(
        description=ABOUT["condition"].text, examples=[ABOUT["condition"].example]
    )
    limit: int = Field(
        default=20, ge=0, le=MOST_NAMED, description="Most tickets to name.", examples=[20]
    )


@router.post(
    "/sla/policies/preview",
    summary="Which tickets a condition holds for",
    responses=answers(shapes.Preview),
)
def preview_condition(reading: SeesSla, asked: PreviewBody) -> Answer:
    """Among the latest tickets that are not over; `looked_at` says among how many."""
    found = problems(asked.condition)
    if found:
        faults = [
            {
                "in": "body",
                "field": f"condition.{one.at}".rstrip("."),
                "message": one.message,
                "what_to_do": "Correct it and send the request again.",
            }
            for one in found
        ]
        raise Problem("invalid", found[0].message, errors=faults)
    matched = sla_board.preview(reading.view("sla_board"), asked.condition, asked.limit)
    return Answer(
        {
            "in_words": in_words(asked.condition),
            "matched": matched.matched,
            "looked_at": matched.looked_at,
            "tickets": matched.tickets,
        },
        200,
        PRIVATE,
    )


@router.get(
    "/sla/policies/{policy}",
    summary="A policy and all its versions",
    responses=answers(shapes.Policy, headers=headers.OF_VERSION),
)
def get_policy(
    reading: SeesSla, policy: _PolicyRef, as_of: _AsOf = None, version: _Version = None
) -> Answer:
    """`definition` is what `set_policy` takes; `version` 0 is built in. `ETag` is the book's."""
    book, at = _book(reading, as_of)
    shown = policy_shown(book, PolicyId(policy), at)
    if shown is None:
        raise _no("policy", policy)
    if version is not None:
        edit = policy_edition(book, PolicyId(policy), version)
        if edit is None:
            raise _no("version", str(version))
        shown |= {
            "version": version,
            "in_words": in_words(edit.condition),
            "definition": policy_definition(edit),
        }
    return _answer({**shown, "as_of": at}, book)


def _book(reading: Reading, as_of: datetime | None) -> tuple[Book, datetime]:
    """The book as it was known at an instant, and the instant."""
    at = as_of or reading.services.clock.now()
    return reading.book().known_at(at), at


def _answer(shown: dict[str, Any], book: Book) -> Answer:
    return Answer(shown, 200, {"ETag": f'"{book.version}"', **PRIVATE})


def _calendar(
    book: Book, calendar: CalendarId, version: int | None, now: datetime
) -> tuple[Calendar, int]:
    if version is not None:
        found = book.calendar_version(calendar, version)
        if found is None:
            raise _no("version", str(version))
        return found, version
    dated = book.calendar_at(calendar, now)
    if dated is None:
        raise _no("calendar", calendar)
    return dated.calendar, dated.version


def _next(reckon: Any, start: datetime) -> datetime | None:
    try:
        found: datetime = reckon(start)
    except (NeverOpen, NeverClosed, OverflowError):
        return None
    return found


def _no(what: str, ident: str) -> Problem:
    return Problem("not-found", f"There is no {what} {ident[:100]!r} here.")


def wrong_query(field: str, message: str) -> Problem:
    """The refusal of a parameter."""
    fault = {"in": "query", "field": field, "message": message, "what_to_do": "Ask for that."}
    return Problem("invalid", message, errors=[fault])
