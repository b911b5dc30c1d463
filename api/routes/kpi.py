"""Key figures: what they mean, what they are, and what each of them counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.problems import Problem
from api.reading import Instant, Reading, SeesKpi
from api.routing import strict_router
from api.shapes.kpi import KpiDefinitions, KpiObservations, KpiReport
from api.shapes.naming import answers
from api.text import clean
from projections import kpi
from projections.kpi import Bucket, InvalidReport, Window

router = strict_router("KPI")

USUAL_WINDOW = timedelta(days=30)
NONE = "none"
MOST_OBSERVATIONS = 500

Word = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(clean)]


class Asked(BaseModel):
    """What both a report and its observations are about."""

    model_config = ConfigDict(extra="forbid")

    start: Instant | None = Field(
        default=None, alias="from", description="30 days before `until` unless given."
    )
    until: Instant | None = Field(default=None, description="Excluded; now unless given.")
    zone: Word = Field(default="UTC", description="Time zone of days, weeks and months.")
    as_of: Instant | None = Field(
        default=None, description="The figures as they looked at that instant."
    )
    where: list[Word] = Field(
        default=[],
        max_length=50,
        description="`dimension=value`, such as `queue=service-desk` or `field:site=Seoul`; `none` "
        "stands for no value. Several of one dimension mean any of them.",
        examples=[["queue=service-desk"]],
    )

    def window(self, now: datetime) -> Window:
        """Half-open. Raises InvalidReport."""
        end = self.until or now
        try:
            start = self.start or end - USUAL_WINDOW
        except OverflowError:
            raise InvalidReport("Give `from`: 30 days earlier there is no calendar.") from None
        return Window(start=start, end=end, zone=self.zone, as_of=self.as_of or now)

    def filters(self) -> dict[str, list[str | None]]:
        """Dimension to values. Raises InvalidReport."""
        found: dict[str, list[str | None]] = {}
        for condition in self.where:
            dimension, separator, value = condition.partition("=")
            if not separator:
                raise InvalidReport(f"{condition[:100]!r} is not of the form dimension=value.")
            found.setdefault(dimension, []).append(None if value == NONE else value)
        return found


class ReportQuery(Asked):
    """A report."""

    figure: list[Word] = Field(
        default=[], max_length=50, description="Ids of figures; all unless given."
    )
    by: list[Word] = Field(default=[], max_length=10, description="One or two dimensions.")
    bucket: Bucket | None = Field(default=None, description="One row per hour, day, week, month.")


class ObservationQuery(Asked):
    """What one figure counted."""

    figure: Word
    limit: int = Field(default=100, ge=1, le=MOST_OBSERVATIONS)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = None


@router.get("/kpi/definitions", summary="What each figure means", responses=answers(KpiDefinitions))
def list_kpi_definitions(_: SeesKpi) -> Answer:
    """With a version that goes up whenever the same events would give another number."""
    return Answer({"items": list(kpi.DEFINITIONS.values())})


@router.get("/kpi", summary="Figures over a window", responses=answers(KpiReport))
def get_kpi_report(reading: SeesKpi, query: Annotated[ReportQuery, Query()]) -> Answer:
    """By up to two dimensions and by span of time. Durations are in seconds."""
    try:
        made = kpi.report(
            reading.view("kpi"),
            query.figure or list(kpi.DEFINITIONS),
            query.window(reading.services.clock.now()),
            group_by=query.by,
            bucket=query.bucket,
            filters=query.filters(),
        )
    except InvalidReport as error:
        raise _refused(error) from None
    return Answer(made, 200, PRIVATE)


@router.get(
    "/kpi/tickets",
    summary="The tickets and events behind a figure",
    responses=answers(KpiObservations),
)
def list_kpi_tickets(reading: SeesKpi, query: Annotated[ObservationQuery, Query()]) -> Answer:
    """In the order of time, each with the versions of the ticket that it rests on."""
    asked = query.model_dump(exclude={"cursor", "limit"}, mode="json")
    pages = Pages(reading.services.signer, reading.principal.workspace, asked)
    found = _observations(reading, query, pages.after(query.cursor))
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    place = (last.at, last.ticket, last.version) if last else None
    return Answer({"items": shown, "next": pages.next(place)}, 200, PRIVATE)


def _observations(
    reading: Reading, query: ObservationQuery, place: Any | None
) -> Sequence[kpi.Observation]:
    """A page and one more, which tells whether there is a next page."""
    after = None if place is None else (datetime.fromisoformat(place[0]), place[1], place[2])
    try:
        return kpi.open_down(
            reading.view("kpi"),
            query.figure,
            query.window(reading.services.clock.now()),
            filters=query.filters(),
            after=after,
            limit=query.limit + 1,
        )
    except InvalidReport as error:
        raise _refused(error) from None


def _refused(error: InvalidReport) -> Problem:
    fault = {"in": "query", "field": "", "message": str(error), "what_to_do": "Ask for that."}
    return Problem("invalid", str(error), errors=[fault])
