"""SLA clocks: of a ticket at any instant, and the board of those that matter now."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.answers import PRIVATE, Answer
from api.auth.permissions import ALLOWED, Permission
from api.paging import Pages
from api.reading import Reading, SeesSla
from api.routes.tickets import AsOf, TicketRef
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.sla import Board, TicketClocks
from api.text import clean
from domain.ids import ticket_stream
from domain.recorded import Recorded
from domain.sla.account import account
from domain.sla.book import Book
from domain.sla.clock import ClockState
from domain.sla.explain import explain
from domain.sla.explanation import without_words
from domain.sla.policy import ClockName
from domain.ticket.words import Priority
from projections import sla_board
from projections.sla_board import ClockFilter

router = strict_router("SLA")

NONE = "none"
Word = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]


class BoardQuery(BaseModel):
    """Parameters of the board. A repeated one means any of its values."""

    model_config = ConfigDict(extra="forbid")

    state: list[ClockState] = Field(default=[], max_length=50)
    clock: list[ClockName] = Field(default=[], max_length=50)
    queue: list[Word] = Field(default=[], max_length=50, description="Ids; `none`: without one.")
    agent: list[Word] = Field(default=[], max_length=50, description="Ids; `none`: unassigned.")
    team: list[Word] = Field(default=[], max_length=50, description="Ids; `none`: without one.")
    priority: list[Priority] = Field(default=[], max_length=50)
    policy: list[Word] = Field(default=[], max_length=50, description="Ids of policies.")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = None

    def wanted(self) -> ClockFilter:
        return ClockFilter(
            states=tuple(self.state),
            clocks=tuple(self.clock),
            queues=_or_none(self.queue),
            agents=_or_none(self.agent),
            teams=_or_none(self.team),
            priorities=tuple(self.priority),
            policies=tuple(self.policy),
        )


@router.get(
    "/sla/board",
    summary="Clocks by the instant at which they come due",
    responses=answers(Board),
)
def get_board(reading: SeesSla, query: Annotated[BoardQuery, Query()]) -> Answer:
    """Those that stand still come last. `counts` are of all clocks, whatever the filter."""
    now = reading.services.clock.now()
    asked = query.model_dump(exclude={"cursor", "limit"}, mode="json")
    pages = Pages(reading.services.signer, reading.principal.workspace, "board", asked)
    place = pages.after(query.cursor)
    view = reading.view("sla_board")
    page = sla_board.page(
        view,
        query.wanted(),
        now,
        reading.book(),
        after=None if place is None else (_instant(place[0]), place[1], place[2], place[3]),
        limit=query.limit,
    )
    return Answer(
        {
            "items": page.rows,
            "next": pages.next(page.next),
            "counts": sla_board.counts(view, now),
            "as_of": now,
        },
        200,
        PRIVATE,
    )


@router.get(
    "/tickets/{ticket}/clocks",
    summary="The clocks of a ticket, now or then",
    responses=answers(TicketClocks),
)
def list_ticket_clocks(reading: SeesSla, ticket: TicketRef, as_of: AsOf = None) -> Answer:
    """Judged from the ticket's events, by the same function as the board. In seconds.

    `as_of` shows the clocks as they were known then: by the calendars and policies of that time.
    Each comes with an `explanation`: what judged it, what was done to it by which event, and every
    stretch that counted; `text` says the same in words that can be followed and added up.
    """
    ident, _ = reading.ticket(ticket)
    events = reading.services.store.load(reading.principal.workspace, ticket_stream(ident))
    instant = as_of or reading.services.clock.now()
    items = explained(reading, events, reading.book().known_at(instant), instant)
    return Answer({"items": items, "as_of": instant}, 200, PRIVATE)


def explained(
    reading: Reading, events: Sequence[Recorded[Any]], book: Book, instant: datetime
) -> list[dict[str, Any]]:
    """Clocks with their explanations; people's own words only for those who may read events."""
    may_read = reading.principal.role in ALLOWED[Permission.SEE_EVENTS]
    found = []
    for clock, told in explain(events, book, instant):
        shown = told if may_read else without_words(told)
        of_clock = {field.name: getattr(clock, field.name) for field in fields(clock)}
        found.append({**of_clock, "explanation": shown, "text": account(shown)})
    return found


def _or_none(values: list[str]) -> tuple[str | None, ...]:
    return tuple(None if value == NONE else value for value in values)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
