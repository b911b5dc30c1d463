"""Holidays for calendars: the public ones of a country, and those in an iCalendar."""

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.answers import PRIVATE, Answer
from api.reading import Reading, SeesSla
from api.routes.sla import Word
from api.routes.sla_book import wrong_query
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.sla_book import Countries, HolidaysFound, PublicHolidays
from domain.errors import Invalid

router = strict_router("SLA")


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


@router.get(
    "/sla/public-holidays",
    summary="Public holidays of a country",
    responses=answers(PublicHolidays, Countries),
)
def list_public_holidays(reading: SeesSla, query: Annotated[HolidayQuery, Query()]) -> Answer:
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
        raise wrong_query(str(refused.details["field"]), refused.message) from None
    shown = {"country": query.country, "region": query.region, "holidays": found}
    return Answer(shown, 200, PRIVATE)


_ICALENDAR: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/calendar": {"schema": {"type": "string", "maxLength": 1_000_000}}},
    }
}


@router.post(
    "/sla/holidays/icalendar",
    summary="The holidays in an iCalendar",
    responses=answers(HolidaysFound),
    openapi_extra=_ICALENDAR,
)
async def read_icalendar(
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
