"""Keep views of the queue: what each shows and how, where it lies, who has it."""

from collections.abc import Sequence
from dataclasses import field, replace
from typing import ClassVar

from commands.configuration.owned import (
    check_name,
    check_new,
    check_place,
    owner_of,
    require_own,
    require_owner,
)
from commands.envelope import Command, Context
from commands.known import refuse_again
from domain.checks import NAME_LIMIT, required_text
from domain.configuration.saved_view import (
    ColumnName,
    Direction,
    SavedView,
    SavedViewColumnsChosen,
    SavedViewCreated,
    SavedViewEvent,
    SavedViewMoved,
    SavedViewRefiltered,
    SavedViewRenamed,
    SavedViewRestored,
    SavedViewRetired,
    SavedViewShared,
    SavedViewSorted,
    SavedViewUnshared,
    SortName,
    ViewFilter,
    evolve,
)
from domain.errors import Invalid
from domain.ids import CommandId, SavedViewId, StreamId, saved_view_stream
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect

PARAMETERS_LIMIT = 50
VALUES_LIMIT = 50
COLUMNS_LIMIT = 50


@record
class SavedViewCommand(Command):
    """A command on one saved view."""

    saved_view: SavedViewId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (saved_view_stream(self.saved_view),)


@record
class CreateSavedView(SavedViewCommand):
    """`filter` holds parameters of the list of tickets, each with a list of values.

    Whoever creates it owns it.
    """

    name: ClassVar[str] = "create_saved_view"
    display_name: str
    filter: ViewFilter = field(default_factory=lambda: ViewFilter({}))
    folder: str | None = None
    order: int = 0
    shared: bool = False
    sort: SortName | None = None
    direction: Direction | None = None
    columns: tuple[ColumnName, ...] = ()


def create(command: CreateSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    created = SavedViewCreated(
        saved_view=command.saved_view,
        name=command.display_name,
        folder=command.folder,
        order=command.order,
        owner=owner_of(ctx),
        shared=command.shared,
        filter=_in_order(command.filter),
        sort=command.sort,
        direction=command.direction,
        columns=command.columns,
        by=ctx.by,
        at=ctx.at,
    )
    if view.exists:
        if replace(view, version=1) == evolve(SavedView(), created):
            return []
        refuse_again(command, "saved_view", command.saved_view)
    check_new("saved_view", command.saved_view, command.display_name, command.folder, command.order)
    _check_filter(command.filter)
    _check_columns(command.columns)
    return [created]


@record
class RenameSavedView(SavedViewCommand):
    name: ClassVar[str] = "rename_saved_view"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(SavedViewRenamed)})


def rename(command: RenameSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if command.display_name == view.name:
        return []
    check_name(command.display_name)
    return [
        SavedViewRenamed(
            saved_view=command.saved_view,
            name=command.display_name,
            previous=view.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class MoveSavedView(SavedViewCommand):
    """`folder` None: in none. `order` sorts it in its folder; None: as it is."""

    name: ClassVar[str] = "move_saved_view"
    folder: str | None
    order: int | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(SavedViewMoved)})


def move(command: MoveSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    order = view.order if command.order is None else command.order
    if (command.folder, order) == (view.folder, view.order):
        return []
    check_place(command.folder, order)
    return [
        SavedViewMoved(
            saved_view=command.saved_view,
            folder=command.folder,
            previous_folder=view.folder,
            order=order,
            previous_order=view.order,
            by=ctx.by,
            at=ctx.at,
        )
    ]


_SHARING = frozenset({set_by(SavedViewShared), set_by(SavedViewUnshared)})


@record
class ShareSavedView(SavedViewCommand):
    """Everybody who works here has it from now on, and may improve it."""

    name: ClassVar[str] = "share_saved_view"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def share(command: ShareSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if view.shared:
        return []
    return [SavedViewShared(saved_view=command.saved_view, by=ctx.by, at=ctx.at)]


@record
class UnshareSavedView(SavedViewCommand):
    """Its owner alone has it from now on; only the owner may ask for it."""

    name: ClassVar[str] = "unshare_saved_view"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def unshare(command: UnshareSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_owner(view, "saved_view", command.saved_view, ctx, command.name)
    if not view.shared:
        return []
    return [SavedViewUnshared(saved_view=command.saved_view, by=ctx.by, at=ctx.at)]


@record
class RefilterSavedView(SavedViewCommand):
    """It shows other tickets from now on."""

    name: ClassVar[str] = "refilter_saved_view"
    filter: ViewFilter

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(SavedViewRefiltered)})


def refilter(command: RefilterSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    wanted = _in_order(command.filter)
    if wanted == view.filter:
        return []
    _check_filter(wanted)
    return [
        SavedViewRefiltered(
            saved_view=command.saved_view,
            filter=wanted,
            previous=view.filter,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class SortSavedView(SavedViewCommand):
    """`sort` None: as lists of tickets are sorted unless somebody says how."""

    name: ClassVar[str] = "sort_saved_view"
    sort: SortName | None
    direction: Direction | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(SavedViewSorted)})


def sort(command: SortSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if (command.sort, command.direction) == (view.sort, view.direction):
        return []
    return [
        SavedViewSorted(
            saved_view=command.saved_view,
            sort=command.sort,
            previous_sort=view.sort,
            direction=command.direction,
            previous_direction=view.direction,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class ChooseSavedViewColumns(SavedViewCommand):
    """In this order; none: the usual ones."""

    name: ClassVar[str] = "choose_saved_view_columns"
    columns: tuple[ColumnName, ...]

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(SavedViewColumnsChosen)})


def choose_columns(
    command: ChooseSavedViewColumns, view: SavedView, ctx: Context
) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if command.columns == view.columns:
        return []
    _check_columns(command.columns)
    return [
        SavedViewColumnsChosen(
            saved_view=command.saved_view,
            columns=command.columns,
            previous=view.columns,
            by=ctx.by,
            at=ctx.at,
        )
    ]


_OFFER = frozenset({set_by(SavedViewRetired), set_by(SavedViewRestored)})


@record
class RetireSavedView(SavedViewCommand):
    """It is offered no more; restoring it brings it back."""

    name: ClassVar[str] = "retire_saved_view"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def retire(command: RetireSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if view.retired:
        return []
    return [SavedViewRetired(saved_view=command.saved_view, by=ctx.by, at=ctx.at)]


@record
class RestoreSavedView(SavedViewCommand):
    name: ClassVar[str] = "restore_saved_view"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def restore(command: RestoreSavedView, view: SavedView, ctx: Context) -> Sequence[SavedViewEvent]:
    require_own(view, "saved_view", command.saved_view, ctx)
    if not view.retired:
        return []
    return [SavedViewRestored(saved_view=command.saved_view, by=ctx.by, at=ctx.at)]


def _in_order(wanted: ViewFilter) -> ViewFilter:
    """Parameters by name: what they mean does not depend on their order."""
    return ViewFilter({name: tuple(values) for name, values in sorted(wanted.items())})


def _check_filter(wanted: ViewFilter) -> None:
    """Not too much of it; whether it makes sense as a list of tickets is for the front door."""
    if len(wanted) > PARAMETERS_LIMIT:
        raise Invalid(
            f"A filter has at most {PARAMETERS_LIMIT} parameters.",
            field="filter",
            limit=PARAMETERS_LIMIT,
        )
    for name, values in wanted.items():
        field_name = f"filter.{name[:60]}"
        required_text(name, "filter", NAME_LIMIT)
        if not 1 <= len(values) <= VALUES_LIMIT:
            raise Invalid(
                f"A parameter has 1 to {VALUES_LIMIT} values, and {name[:60]!r} has"
                f" {len(values)}; leave it out instead of giving none.",
                field=field_name,
                limit=VALUES_LIMIT,
            )
        for value in values:
            required_text(value, field_name, NAME_LIMIT)


def _check_columns(columns: Sequence[str]) -> None:
    if len(columns) > COLUMNS_LIMIT:
        raise Invalid(f"A view shows at most {COLUMNS_LIMIT} columns.", field="columns")
    if len(set(columns)) < len(columns):
        raise Invalid("A column is there twice.", field="columns")
    for column in columns:
        required_text(column, "columns", NAME_LIMIT)
