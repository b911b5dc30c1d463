"""Saved views, canned responses, macros and custom fields: found, opened, rendered."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Described

from api.answers import PRIVATE, Answer
from api.auth.permissions import Permission
from api.paging import Pages
from api.problems import Problem
from api.reading import Reading, SeesConfiguration, reads
from api.routing import strict_router
from api.saved_views import found, opened, shown, with_gone
from api.scenes import scene_of
from api.shapes import headers
from api.shapes.configuration import (
    CannedResponse,
    CannedResponsePage,
    Field,
    FieldPage,
    Macro,
    MacroPage,
    RenderedResponse,
    SavedView,
    SavedViewPage,
    Variables,
)
from api.shapes.naming import answers
from api.text import clean
from domain.configuration import canned_response, saved_view
from domain.configuration.owned import is_for
from domain.configuration.variables import FIELD, VARIABLES, render
from domain.ids import FIELDS, stream_of
from projections import configuration, ticket_counts
from projections.ticket_counts import TicketCount

router = strict_router("configuration")

SavedViewRef = Annotated[str, Path(alias="saved_view", min_length=1, max_length=200)]
MacroRef = Annotated[str, Path(alias="macro", min_length=1, max_length=200)]
FieldRef = Annotated[str, Path(alias="field", min_length=1, max_length=200)]
CannedResponseRef = Annotated[str, Path(alias="canned_response", min_length=1, max_length=200)]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean)]


class ConfigurationQuery(BaseModel):
    """Parameters of a list of what people set up."""

    model_config = ConfigDict(extra="forbid")

    search: _Word | None = Described(
        default=None, description="Part of a name, a folder or a text."
    )
    folder: _Word | None = Described(default=None, description="In this folder.")
    shared: bool | None = Described(
        default=None, description="Only shared ones, or only one's own."
    )
    retired: bool = Described(default=False, description="Those that are not offered any more.")
    limit: int = Described(default=configuration.MOST_ROWS, ge=1, le=configuration.MOST_ROWS)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = Described(
        default=None, description="`next` of the page before."
    )


class SavedViewsQuery(ConfigurationQuery):
    """Parameters of the list of saved views."""

    counters: bool = Described(default=True, description="With the number of tickets in each.")


class CannedResponsesQuery(ConfigurationQuery):
    """Parameters of the list of canned responses."""

    language: _Word | None = Described(default=None, description="Language of the body.")


@router.get(
    "/saved-views",
    summary="Saved views, one's own and shared ones, with counters",
    responses=answers(SavedViewPage),
)
def list_saved_views(
    reading: SeesConfiguration, query: Annotated[SavedViewsQuery, Query()]
) -> Answer:
    """By folder, order and name.

    `tickets` are exact unless `capped`: then there are as many or more. `problems` say what in a
    filter makes no sense any more, such as a retired queue.
    """
    rows, following = _page(reading, "saved_view", query)
    views = with_gone(reading, [found(row["id"], _saved_view(row)) for row in rows])
    counted: Sequence[TicketCount | None] = [None] * len(views)
    if query.counters:
        wanted = [view.query.wanted(reading.principal) for view in views]
        counted = ticket_counts.counts(reading.view("queue"), wanted, ticket_counts.MOST_LOOKED_AT)
    items = [
        {**shown(view), "tickets": count and count.tickets, "capped": count and count.capped}
        for view, count in zip(views, counted, strict=True)
    ]
    return Answer({"items": items, "next": following}, 200, PRIVATE)


@router.get(
    "/saved-views/{saved_view}",
    summary="Look at a saved view",
    responses=answers(SavedView, headers=headers.OF_VERSION),
)
def get_saved_view(reading: SeesConfiguration, ident: SavedViewRef) -> Answer:
    """As it is now. `ETag` is its version; its tickets are at `/tickets?saved=`."""
    view = opened(reading, ident)
    return Answer(shown(view), 200, {"ETag": f'"{view.view.version}"', **PRIVATE})


@router.get(
    "/canned-responses",
    summary="Canned responses, one's own and shared ones",
    responses=answers(CannedResponsePage),
)
def list_canned_responses(
    reading: SeesConfiguration, query: Annotated[CannedResponsesQuery, Query()]
) -> Answer:
    """By folder, order and name."""
    items, following = _page(reading, "canned_response", query, language=query.language)
    return Answer({"items": items, "next": following}, 200, PRIVATE)


@router.get(
    "/canned-responses/{canned_response}",
    summary="Look at a canned response",
    responses=answers(CannedResponse, headers=headers.OF_VERSION),
)
def get_canned_response(reading: SeesConfiguration, ident: CannedResponseRef) -> Answer:
    """As it is now, variables and all. `ETag` is its version."""
    return _one(reading, "canned_response", ident)


@router.get(
    "/canned-responses/{canned_response}/rendered",
    summary="An answer for a ticket",
    responses=answers(RenderedResponse),
)
def render_canned_response(
    reading: Annotated[Reading, Depends(reads(Permission.WORK))],
    ident: CannedResponseRef,
    ticket: Annotated[str, Query(min_length=1, max_length=200, description="Id or number.")],
) -> Answer:
    """With its variables filled in for the ticket and for who asks."""
    response: canned_response.CannedResponse = _state(reading, "canned_response", ident)
    about_id, about = reading.ticket(ticket)
    body = render(response.body, scene_of(reading, about))
    answer = {
        "id": ident,
        "ticket": about_id,
        "body": body,
        "language": response.language,
        "version": response.version,
    }
    return Answer(answer, 200, PRIVATE)


@router.get("/macros", summary="Macros, one's own and shared ones", responses=answers(MacroPage))
def list_macros(
    reading: SeesConfiguration, query: Annotated[ConfigurationQuery, Query()]
) -> Answer:
    """By folder, order and name. `POST /tickets/{ticket}/apply_macro` applies one."""
    items, following = _page(reading, "macro", query)
    return Answer({"items": items, "next": following}, 200, PRIVATE)


@router.get(
    "/macros/{macro}",
    summary="Look at a macro",
    responses=answers(Macro, headers=headers.OF_VERSION),
)
def get_macro(reading: SeesConfiguration, ident: MacroRef) -> Answer:
    """As it is now. `ETag` is its version."""
    return _one(reading, "macro", ident)


@router.get("/fields", summary="Custom fields and what they take", responses=answers(FieldPage))
def list_fields(
    reading: SeesConfiguration, query: Annotated[ConfigurationQuery, Query()]
) -> Answer:
    """In their order. A field that is not defined is free: any name, any value."""
    items, following = _page(reading, "field", query)
    return Answer({"items": items, "next": following}, 200, PRIVATE)


@router.get(
    "/fields/{field}",
    summary="Look at a custom field",
    responses=answers(Field, headers=headers.OF_VERSION),
)
def get_field(reading: SeesConfiguration, name: FieldRef) -> Answer:
    """Its definition as it is now. `ETag` is its version."""
    loaded = reading.services.handler.states.load(reading.principal.workspace, FIELDS)
    definition = loaded.state.of(name)
    if not definition.exists:
        raise Problem("not-found", f"There is no definition of a field {name[:100]!r}.")
    return _answer(name, definition)


@router.get("/variables", summary="What prepared texts can fill in", responses=answers(Variables))
def list_variables(_: SeesConfiguration) -> Answer:
    """Write `{{name}}`, or `{{name|what else}}` for when there is no value."""
    items = [{"name": name, "about": about} for name, about in VARIABLES.items()]
    of_field = {"name": f"{FIELD}NAME", "about": "The value of the custom field NAME."}
    return Answer({"items": [*items, of_field]}, 200, PRIVATE)


def _page(
    reading: Reading, category: str, query: ConfigurationQuery, language: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    principal = reading.principal
    asked = query.model_dump(exclude={"cursor", "limit"}, mode="json")
    pages = Pages(reading.services.signer, principal.workspace, principal.person, category, asked)
    after = pages.after(query.cursor)
    rows, place = configuration.listed(
        reading.view("configuration"),
        configuration.Wanted(
            category=category,
            person=principal.person,
            folder=query.folder,
            search=query.search,
            language=language,
            shared=query.shared,
            retired=query.retired,
        ),
        after=None if after is None else (after[0], after[1], after[2], after[3]),
        limit=query.limit,
    )
    return rows, pages.next(place)


def _saved_view(row: dict[str, Any]) -> saved_view.SavedView:
    """A view as the list of views has it, its values as tuples again."""
    values = {field.name: row[field.name] for field in fields(saved_view.SavedView)}
    values["filter"] = {name: tuple(given) for name, given in values["filter"].items()}
    return saved_view.SavedView(**values)


def _state(reading: Reading, category: str, ident: str) -> Any:
    """What is there for the reader. Raises Problem (not-found)."""
    loaded = reading.services.handler.states.load(
        reading.principal.workspace, stream_of(category, ident)
    )
    if not is_for(loaded.state, reading.principal.person):
        kind = category.replace("_", " ")
        raise Problem("not-found", f"There is no {kind} {ident[:100]!r} for you here.")
    return loaded.state


def _one(reading: Reading, category: str, ident: str) -> Answer:
    return _answer(ident, _state(reading, category, ident))


def _answer(ident: str, state: Any) -> Answer:
    return Answer(
        {"id": ident, **configuration.plain(state)},
        200,
        {"ETag": f'"{state.version}"', **PRIVATE},
    )
