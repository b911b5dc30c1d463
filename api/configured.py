"""What people set up, as one document: what it says now, and the commands that lead there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field, create_model

from api.bodies import Body, body_of, values_of
from api.services import Services
from commands.configuration import canned_response, field, macro, saved_view
from commands.envelope import Command
from domain.ids import FIELDS, StreamId, WorkspaceId, stream_of
from domain.record import record
from projections import configuration
from projections.ports import Reader


@record
class _Thing:
    """How things of a kind come to be, and how each differs from what a document says.

    `changes` are commands with the fields that they take, each called in the state as given.
    `switches` are pairs of commands: the one for when a flag of the state should hold, and the one
    for when it should not.
    """

    category: str
    create: type[Command]
    changes: Sequence[tuple[type[Command], Mapping[str, str]]]
    switches: Sequence[tuple[str, type[Command], type[Command]]]


_NAMED = {"display_name": "name"}
_PLACED = {"folder": "folder", "order": "order"}

THINGS: dict[str, _Thing] = {
    "fields": _Thing(
        category="field",
        create=field.CreateField,
        changes=(
            (field.RelabelField, {"label": "label"}),
            (field.SetFieldChoices, {"choices": "choices"}),
            (field.ReorderField, {"order": "order"}),
        ),
        switches=(
            ("required_to_resolve", field.RequireField, field.MakeFieldOptional),
            ("retired", field.RetireField, field.RestoreField),
        ),
    ),
    "canned_responses": _Thing(
        category="canned_response",
        create=canned_response.CreateCannedResponse,
        changes=(
            (canned_response.RenameCannedResponse, _NAMED),
            (canned_response.MoveCannedResponse, _PLACED),
            (
                canned_response.RewordCannedResponse,
                {"body": "body", "language": "language"},
            ),
        ),
        switches=(
            ("shared", canned_response.ShareCannedResponse, canned_response.UnshareCannedResponse),
            (
                "retired",
                canned_response.RetireCannedResponse,
                canned_response.RestoreCannedResponse,
            ),
        ),
    ),
    "macros": _Thing(
        category="macro",
        create=macro.CreateMacro,
        changes=(
            (macro.RenameMacro, _NAMED),
            (macro.MoveMacro, _PLACED),
            (macro.RewriteMacro, {"steps": "steps"}),
        ),
        switches=(
            ("shared", macro.ShareMacro, macro.UnshareMacro),
            ("retired", macro.RetireMacro, macro.RestoreMacro),
        ),
    ),
    "saved_views": _Thing(
        category="saved_view",
        create=saved_view.CreateSavedView,
        changes=(
            (saved_view.RenameSavedView, _NAMED),
            (saved_view.MoveSavedView, _PLACED),
            (saved_view.RefilterSavedView, {"filter": "filter"}),
            (saved_view.SortSavedView, {"sort": "sort", "direction": "direction"}),
            (saved_view.ChooseSavedViewColumns, {"columns": "columns"}),
        ),
        switches=(
            ("shared", saved_view.ShareSavedView, saved_view.UnshareSavedView),
            ("retired", saved_view.RetireSavedView, saved_view.RestoreSavedView),
        ),
    ),
}
"""The lists of a document, in the order in which one may count on another."""


_BODIES: dict[str, type[Body]] = {
    thing.category: body_of(thing.create) for thing in THINGS.values()
}


def _item(thing: _Thing) -> Any:
    return create_model(
        f"{thing.create.__name__}Item",
        __base__=_BODIES[thing.category],
        retired=(bool, Field(default=False)),
    )


_ITEMS = {thing.category: _item(thing) for thing in THINGS.values()}

_LISTS: dict[str, Any] = {
    name: (tuple[item, ...], Field(default=(), max_length=1_000))  # type: ignore[valid-type]
    for name, item in ((name, _ITEMS[thing.category]) for name, thing in THINGS.items())
}
Document: type[Body] = create_model("Document", __base__=Body, **_LISTS)
"""What a file says: a list for each kind of thing, each item as it is created, perhaps retired."""


def written(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """All that is shared and in use, as a document has it."""
    return {
        name: [_as_item(thing, row) for row in _rows(reader, thing.category)]
        for name, thing in THINGS.items()
    }


def _rows(reader: Reader, category: str) -> Iterator[dict[str, Any]]:
    place = None
    wanted = configuration.Wanted(category=category, person="", shared=True)
    while True:
        rows, place = configuration.listed(reader, wanted, after=place)
        yield from rows
        if place is None:
            return


def _as_item(thing: _Thing, row: Mapping[str, Any]) -> dict[str, Any]:
    """A thing as it would be created; what is as it is anyway is left out."""
    fields = _BODIES[thing.category].model_fields
    said = {
        name: row["id"] if name == thing.category else row["name" if name in _NAMED else name]
        for name in fields
    }
    return {
        name: value
        for name, value in said.items()
        if fields[name].is_required() or value not in (None, [], {}, False, 0)
    }


def commands_to(opened: Services, document: BaseModel) -> Iterator[Command]:
    """What has to be asked for one after the other, so that all is as the document says.

    What it does not speak of stays as it is. Each command is to be carried out before the next.
    """
    for name, thing in THINGS.items():
        for item in getattr(document, name):
            yield from _commands(opened, thing, item)


def _commands(opened: Services, thing: _Thing, item: BaseModel) -> Iterator[Command]:
    created: Any = thing.create(**values_of(_without_retired(thing, item), thing.create))
    named = {thing.category: getattr(created, thing.category)}
    state = _state(opened, thing, named[thing.category])
    if not state.exists:
        yield created
        state = _state(opened, thing, named[thing.category])
    for command, takes in thing.changes:
        wanted = {taken: getattr(created, taken) for taken in takes}
        if any(_differ(wanted[taken], getattr(state, held)) for taken, held in takes.items()):
            yield command(**named, **wanted)
    for flag, on, off in thing.switches:
        held, hoped = getattr(state, flag), getattr(item, flag)
        if held != hoped:
            yield (on if hoped else off)(**named)


def _without_retired(thing: _Thing, item: BaseModel) -> BaseModel:
    made = _BODIES[thing.category]
    return made.model_construct(**{name: getattr(item, name) for name in made.model_fields})


def _differ(wanted: Any, held: Any) -> bool:
    return bool(configuration.plain(wanted) != configuration.plain(held))


def _state(opened: Services, thing: _Thing, ident: str) -> Any:
    workspace = WorkspaceId(opened.settings.workspace)
    if thing.category == "field":
        return opened.handler.states.load(workspace, FIELDS).state.of(ident)
    stream: StreamId = stream_of(thing.category, ident)
    return opened.handler.states.load(workspace, stream).state
