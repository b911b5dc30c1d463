"""Saved views at the front door: what may be kept in one, and what one means to its reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any, get_origin

from pydantic import AfterValidator, ValidationError, WithJsonSchema

from api.problems import Problem
from api.reading import Reading
from api.resources import ROW_COLUMNS
from api.text import clean, place
from api.ticket_list import ME, NONE, TicketQuery
from domain.access import Principal
from domain.checks import is_field_name
from domain.configuration.owned import is_for
from domain.configuration.saved_view import SavedView
from domain.configuration.variables import FIELD
from domain.ids import SavedViewId, saved_view_stream
from domain.record import record
from projections import people
from projections.ticket_filter import TicketFilter
from projections.ticket_query import Order

_ABOUT_READING = {"saved", "sort", "direction", "as_of", "limit", "cursor"}
"""Parameters of a list that say how it is read, not which tickets are in it."""

PARAMETERS = tuple(name for name in TicketQuery.model_fields if name not in _ABOUT_READING)
"""What a filter may hold."""

_NAMES = {"queue": "queue", "team": "team", "agent": "agent", "follower": "agent"}
"""Parameters whose values are ids, and of what."""


def is_list(parameter: str) -> bool:
    """Whether a parameter may have several values."""
    return get_origin(TicketQuery.model_fields[parameter].annotation) is list


def _asked(name: str, values: Sequence[str]) -> dict[str, Any]:
    """One parameter as a query has it. Raises ValueError for what no query can have."""
    if name not in PARAMETERS:
        raise ValueError(f"there is no parameter {name[:60]!r}; there are {', '.join(PARAMETERS)}")
    if is_list(name):
        return {name: list(values)}
    if len(values) != 1:
        raise ValueError(f"{name} has one value, and not {len(values)}")
    return {name: values[0]}


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    return f"{place(first['loc'])}: {message[0].lower()}{message[1:]}"


def asked_of(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A filter as a query has it. Raises ValueError for what no query can have."""
    asked: dict[str, Any] = {}
    for name, values in given.items():
        asked |= _asked(name, values)
    return asked


def _check_filter(given: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    _check(asked_of(given))
    return {name: tuple(values) for name, values in given.items()}


def _check(asked: Mapping[str, Any]) -> None:
    try:
        TicketQuery.model_validate(asked)
    except ValidationError as error:
        raise ValueError(_fault(error)) from None


def _check_sort(sort: str) -> str:
    _check({"sort": sort})
    return sort


def _check_column(column: str) -> str:
    if column in ROW_COLUMNS:
        return column
    if column.startswith(FIELD) and is_field_name(column.removeprefix(FIELD)):
        return column
    raise ValueError(f"there is no column {column[:60]!r}; there are {', '.join(ROW_COLUMNS)} and"
                     f" {FIELD}NAME")  # fmt: skip


_TEXT = Annotated[str, AfterValidator(clean)]
_VALUES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 50}

Filter = Annotated[
    dict[_TEXT, list[_TEXT]],
    AfterValidator(_check_filter),
    WithJsonSchema(
        {
            "type": "object",
            "properties": dict.fromkeys(PARAMETERS, _VALUES),
            "additionalProperties": False,
        }
    ),
]
"""A saved view's filter in a body."""

Sorting = Annotated[
    _TEXT,
    AfterValidator(_check_sort),
    WithJsonSchema(TicketQuery.model_json_schema()["$defs"]["Sort"]),
]
"""What a saved view is sorted by, in a body."""

Column = Annotated[_TEXT, AfterValidator(_check_column), WithJsonSchema({"type": "string"})]
"""What a saved view shows, in a body."""


@record
class Found:
    """A saved view as it opens: the query it stands for, and what in it makes no sense (any more).

    What cannot be read is left out of the query; what is merely gone (a retired queue) is not.
    """

    ident: str
    view: SavedView
    query: TicketQuery
    problems: tuple[dict[str, Any], ...]

    @property
    def asked(self) -> dict[str, Any]:
        """What decides on its list, to tell the cursors of another one."""
        return self.query.model_dump(mode="json")


def found(ident: str, view: SavedView) -> Found:
    """What a view stands for, whatever became of its parameters since it was saved."""
    asked: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    for name, values in view.filter.items():
        try:
            one = _asked(name, values)
            _check(one)
        except ValueError as error:
            problems.append(_problem(f"filter.{name}", None, f"It was left out: {error}."))
        else:
            asked |= one
    for name, value in (("sort", view.sort), ("direction", view.direction)):
        if value is None:
            continue
        try:
            _check({name: value})
        except ValueError as error:
            problems.append(_problem(name, value, f"It was left out: {error}."))
        else:
            asked[name] = value
    query = TicketQuery.model_validate(asked)
    return Found(ident=ident, view=view, query=query, problems=tuple(problems))


def narrowed(saved: Found, query: TicketQuery, principal: Principal) -> tuple[TicketFilter, Order]:
    """What a saved view shows to this person with what a query says besides: both must hold.

    The query's order comes before the view's.
    """
    wanted = replace(query.wanted(principal), also=saved.query.wanted(principal))
    if query.sort is None and query.direction is None:
        return wanted, saved.query.order()
    ordered = query.model_copy(
        update={"sort": query.sort or saved.query.sort, "view": query.view or saved.query.view}
    )
    return wanted, ordered.order()


def asked_for(reading: Reading, query: TicketQuery) -> tuple[TicketFilter, Order, Found | None]:
    """What a query shows to its reader and how it is sorted; the saved view that it opens, if any.

    Raises Problem (not-found).
    """
    if query.saved is None:
        return query.wanted(reading.principal), query.order(), None
    saved = opened(reading, query.saved)
    return *narrowed(saved, query, reading.principal), saved


def opened(reading: Reading, ident: str) -> Found:
    """The saved view of that id. Raises Problem (not-found), also when it is not for the reader."""
    loaded = reading.services.handler.states.load(
        reading.principal.workspace, saved_view_stream(SavedViewId(ident))
    )
    view: SavedView = loaded.state
    if not is_for(view, reading.principal.person):
        raise Problem("not-found", f"There is no saved view {ident[:100]!r} for you here.")
    return with_gone(reading, [found(ident, view)])[0]


def with_gone(reading: Reading, views: Sequence[Found]) -> list[Found]:
    """The same views, saying also which queues, teams and agents in them take no work any more."""
    named: dict[str, set[str]] = {}
    for view in views:
        for _, category, value in _references(view):
            named.setdefault(category, set()).add(value)
    reader = reading.view("people") if named else None
    working = {
        category: people.working(reader, category, idents)
        for category, idents in named.items()
        if reader is not None
    }
    return [
        Found(
            ident=view.ident,
            view=view.view,
            query=view.query,
            problems=(
                *view.problems,
                *(
                    _gone(parameter, category, value, working[category].get(value))
                    for parameter, category, value in _references(view)
                    if not working[category].get(value)
                ),
            ),
        )
        for view in views
    ]


def _references(found: Found) -> Iterable[tuple[str, str, str]]:
    """Parameter, category and id of each thing that a view names."""
    for parameter, category in _NAMES.items():
        for value in found.view.filter.get(parameter, ()):
            if value not in (NONE, ME):
                yield parameter, category, value


def _gone(parameter: str, category: str, value: str, working: bool | None) -> dict[str, Any]:  # noqa: FBT001 - as found
    if working is None:
        return _problem(f"filter.{parameter}", value, f"There is no {category} {value!r}.")
    became = "is not active" if category == "agent" else "is retired"
    return _problem(f"filter.{parameter}", value, f"{category.capitalize()} {value!r} {became}.")


def _problem(field: str, value: str | None, message: str) -> dict[str, Any]:
    return {"field": field, "value": value, "message": message}


def shown(found: Found) -> dict[str, Any]:
    """A saved view as JSON."""
    view = found.view
    values = {field.name: getattr(view, field.name) for field in fields(view)}
    return {"id": found.ident, **values, "problems": list(found.problems)}
