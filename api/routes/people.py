"""Directories: requesters, organisations, agents, teams, queues."""

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, StringConstraints

from api.answers import PRIVATE, Answer
from api.auth.permissions import Permission
from api.paging import Pages
from api.problems import Problem
from api.reading import Reading, SeesCustomers, reads
from api.routing import strict_router
from api.shapes import headers
from api.shapes.naming import answers
from api.shapes.people import ITEMS, PAGES
from api.shapes.tickets import OwnTicketPage
from api.text import clean
from api.ticket_list import TicketsOfQuery
from api.ticket_rows import tickets_of
from domain.ids import stream_of
from projections import people

router = strict_router("people")

_SEES = {
    "requester": Permission.SEE_CUSTOMERS,
    "organisation": Permission.SEE_CUSTOMERS,
    "agent": Permission.SEE_COLLEAGUES,
    "team": Permission.SEE_COLLEAGUES,
    "queue": Permission.SEE_COLLEAGUES,
}

Requester = Annotated[str, Path(min_length=1, max_length=200)]
Organisation = Annotated[str, Path(min_length=1, max_length=200)]
Search = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean)] | None,
    Query(description="Part of a name, an id or an address."),
]
Idents = Annotated[
    list[Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]],
    Query(alias="id", max_length=200, description="Only those with one of these ids."),
]
Cursor = Annotated[str | None, Query(max_length=4_096, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


def _list(category: str) -> Callable[..., Answer]:
    sees = Depends(reads(_SEES[category]))

    def listed(
        search: Search = None,
        idents: Idents = [],  # noqa: B006 - FastAPI makes a new one for each request
        cursor: Cursor = None,
        limit: Limit = 50,
        reading: Reading = sees,
    ) -> Answer:
        """By name. The view may lag behind; send a position to see what you just wrote."""
        principal = reading.principal
        pages = Pages(reading.services.signer, principal.workspace, category, search, *idents)
        after = pages.after(cursor)
        rows, place = people.listed(
            reading.view("people"),
            category,
            search=search,
            idents=idents,
            after=None if after is None else (after[0], after[1]),
            limit=limit,
        )
        items = [{k: v for k, v in row.items() if k != "workspace"} for row in rows]
        return Answer({"items": items, "next": pages.next(place)}, 200, PRIVATE)

    return listed


def _item(category: str) -> Callable[..., Answer]:
    sees = Depends(reads(_SEES[category]))

    def item(
        ident: str = Path(alias=category, min_length=1, max_length=200), reading: Reading = sees
    ) -> Answer:
        """As it is now. `ETag` is its version."""
        stream = stream_of(category, ident)
        loaded = reading.services.handler.states.load(reading.principal.workspace, stream)
        if not loaded.version:
            raise Problem("not-found", f"There is no {category} {ident[:100]!r}.")
        shown: dict[str, Any] = {
            field.name: getattr(loaded.state, field.name) for field in fields(loaded.state)
        }
        headers = {"ETag": f'"{loaded.version}"', **PRIVATE}
        return Answer({"id": ident, **shown}, 200, headers)

    return item


for _category in people.TABLES:
    _a = "an" if _category[0] in "ao" else "a"
    router.add_api_route(
        f"/{_category}s",
        _list(_category),
        name=f"list_{_category}s",
        summary=f"Find {_category}s",
        responses=answers(PAGES[_category]),
    )
    router.add_api_route(
        f"/{_category}s/{{{_category}}}",
        _item(_category),
        name=f"get_{_category}",
        summary=f"Look at {_a} {_category}",
        responses=answers(ITEMS[_category], headers=headers.OF_VERSION),
    )


@router.get(
    "/requesters/{requester}/tickets",
    summary="A requester's tickets",
    responses=answers(OwnTicketPage),
)
def list_tickets_of_requester(
    requester: Requester, reading: SeesCustomers, query: Annotated[TicketsOfQuery, Query()]
) -> Answer:
    """As the requester sees them, the latest change first."""
    return tickets_of(reading, query, requester=requester)


@router.get(
    "/organisations/{organisation}/tickets",
    summary="An organisation's tickets",
    responses=answers(OwnTicketPage),
)
def list_tickets_of_organisation(
    organisation: Organisation, reading: SeesCustomers, query: Annotated[TicketsOfQuery, Query()]
) -> Answer:
    """As its requesters see them, the latest change first."""
    return tickets_of(reading, query, organisation=organisation)
