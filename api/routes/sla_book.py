"""Calendars and policies: as they are, were and will be, and what they would do."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.answers import PRIVATE, Answer
from api.bodies import Body, Conditions
from api.problems import Problem
from api.reading import Instant, Reading, SeesSla
from api.routes.sla import Word
from api.routing import strict_router
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
from domain.errors import Invalid
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


@router.get("/sla/calendars", summary="All calendars")
def list_calendars(reading: SeesSla, as_of: _AsOf = None) -> Answer:
    """With the policies that count on each. `coming` are versions that hold later."""
    book, at = _book(reading, as_of)
    return _answer({"items": calendars_shown(book, at), "as_of": at}, book)


@router.get("/sla/calendars/{calendar}", summary="A calendar and all its versions")
def one_calendar(
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


@router.get("/sla/calendars/{calendar}/time", summary="Reckon with a calendar")
def calendar_time(
    reading: SeesSla, calendar: _CalendarRef, query: Annotated[TimeQuery, Query()]
) -> Answer:
    """Whether it is open at an instant, when it opens and closes next, and what elapses."""
    now = reading.services.clock.now()
    book = reading.book()
    found, version = _calendar(book, CalendarId(calendar), query.version, now)
    start = query.start or now
    for name, instant in (("from", start), ("until", query.until)):
        if instant is not None and not EARLIEST <= instant.year <= LATEST:
            raise _wrong_query(name, f"It lies outside the years {EARLIEST} to {LATEST}.")
    reckoned = {
        "calendar": calendar,
        "version": version,
        "from": start,
        "is_open": found.is_open(start),
        "next_opening": _next(found.next_opening, start),
        "next_closing": _next(found.next_closing, start),
    }
    if query.until is not None:
        reckoned |= {"until": query.until, "elapsed": found.elapsed(start, query.until)}
    if query.seconds is not None:
        seconds = query.seconds
        reckoned |= {
            "seconds": seconds,
            "due": _next(lambda instant: found.add(instant, seconds), start),
        }
    return _answer(reckoned, book)


@router.get("/sla/policies", summary="All policies, in the order in which they are tried")
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


@router.post("/sla/policies/preview", summary="Which tickets a condition holds for")
def preview(reading: SeesSla, asked: PreviewBody) -> Answer:
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


@router.get("/sla/policies/{policy}", summary="A policy and all its versions")
def one_policy(
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


class HolidayQuery(BaseModel):
    """Which public holidays."""

    model_config = ConfigDict(extra="forbid")

    country: Word | None = Field(
        default=None, description="ISO 3166 code; without it, the countries.", examples=["KR"]
    )
    region: Word | None = Field(default=None, description="ISO 3166-2 code.", examples=[None])
    first_year: int | None = Field(default=None, description="This year unless given.")
    last_year: int | None = Field(default=None, description="The first one unless given.")
    language: Word = Field(default="", description="Of the names (ISO 639).", examples=["en_US"])


@router.get("/sla/public-holidays", summary="Public holidays of a country")
def public_holidays(reading: SeesSla, query: Annotated[HolidayQuery, Query()]) -> Answer:
    """Substitute days included. `holidays` is what `set_calendar` takes."""
    source = reading.services.holidays()
    if query.country is None:
        return Answer({"countries": source.countries()}, 200, PRIVATE)
    first, last = _years(reading, query.first_year, query.last_year, also=0)
    try:
        found = source.public_holidays(
            query.country, first, last, region=query.region, language=query.language
        )
    except Invalid as refused:
        raise _wrong_query(str(refused.details["field"]), refused.message) from None
    shown = {"country": query.country, "region": query.region, "holidays": found}
    return Answer(shown, 200, PRIVATE)


_ICALENDAR: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/calendar": {"schema": {"type": "string", "maxLength": 1_000_000}}},
    }
}


@router.post(
    "/sla/holidays/icalendar", summary="The holidays in an iCalendar", openapi_extra=_ICALENDAR
)
async def icalendar(
    request: Request,
    reading: SeesSla,
    first_year: Annotated[int | None, Query(description="This year unless given.")] = None,
    last_year: Annotated[
        int | None, Query(description="Four after the first one unless given.")
    ] = None,
) -> Answer:
    """Nothing is stored. `holidays` is what `set_calendar` takes; `left_out` are no whole days."""
    first, last = _years(reading, first_year, last_year, also=4)
    data = await request.body()
    found = await run_in_threadpool(reading.services.holidays().from_icalendar, data, first, last)
    return Answer({"holidays": found.holidays, "left_out": found.left_out}, 200, PRIVATE)


def _years(reading: Reading, first: int | None, last: int | None, *, also: int) -> tuple[int, int]:
    """Years asked about: from the current one on, and `also` so many more, unless given."""
    first = reading.services.clock.now().year if first is None else first
    return first, first + also if last is None else last


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


def _wrong_query(field: str, message: str) -> Problem:
    fault = {"in": "query", "field": field, "message": message, "what_to_do": "Ask for that."}
    return Problem("invalid", message, errors=[fault])
