"""A list of tickets that somebody keeps: a filter with a name, its order and its columns."""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Literal, NewType, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import AgentId, SavedViewId
from domain.record import record

ViewFilter = NewType("ViewFilter", Mapping[str, tuple[str, ...]])
"""Parameters of a list of tickets as text, each with the values of which one must match.

`me` stays `me`: it means whoever looks.
"""

SortName = NewType("SortName", str)
"""What a list of tickets can be sorted by."""

ColumnName = NewType("ColumnName", str)
"""What a list of tickets can show of each."""


class Direction(StrEnum):
    """Of sorting."""

    ASCENDING = "asc"
    DESCENDING = "desc"


@record
class SavedViewCreated(Happened):
    """Kept from now on, for its owner or, when `shared`, for everybody."""

    kind: Literal["saved_view.created"] = "saved_view.created"
    saved_view: SavedViewId
    name: str
    folder: str | None
    order: int
    owner: AgentId
    shared: bool
    filter: ViewFilter
    sort: SortName | None
    direction: Direction | None
    columns: tuple[ColumnName, ...]


@record
class SavedViewRenamed(Happened):
    """It has another name."""

    kind: Literal["saved_view.renamed"] = "saved_view.renamed"
    saved_view: SavedViewId
    name: str
    previous: str


@record
class SavedViewMoved(Happened):
    """It lies in another folder (None: in none), or elsewhere among its neighbours."""

    kind: Literal["saved_view.moved"] = "saved_view.moved"
    saved_view: SavedViewId
    folder: str | None
    previous_folder: str | None
    order: int
    previous_order: int


@record
class SavedViewShared(Happened):
    """Everybody has it now."""

    kind: Literal["saved_view.shared"] = "saved_view.shared"
    saved_view: SavedViewId


@record
class SavedViewUnshared(Happened):
    """Its owner alone has it now."""

    kind: Literal["saved_view.unshared"] = "saved_view.unshared"
    saved_view: SavedViewId


@record
class SavedViewRefiltered(Happened):
    """It shows other tickets."""

    kind: Literal["saved_view.refiltered"] = "saved_view.refiltered"
    saved_view: SavedViewId
    filter: ViewFilter
    previous: ViewFilter


@record
class SavedViewSorted(Happened):
    """It is sorted otherwise; None: as lists of tickets are unless somebody says how."""

    kind: Literal["saved_view.sorted"] = "saved_view.sorted"
    saved_view: SavedViewId
    sort: SortName | None
    previous_sort: SortName | None
    direction: Direction | None
    previous_direction: Direction | None


@record
class SavedViewColumnsChosen(Happened):
    """It shows other columns; none: the usual ones."""

    kind: Literal["saved_view.columns_chosen"] = "saved_view.columns_chosen"
    saved_view: SavedViewId
    columns: tuple[ColumnName, ...]
    previous: tuple[ColumnName, ...]


@record
class SavedViewRetired(Happened):
    """It is listed no more; who has its address can still open it."""

    kind: Literal["saved_view.retired"] = "saved_view.retired"
    saved_view: SavedViewId


@record
class SavedViewRestored(Happened):
    """It is listed again."""

    kind: Literal["saved_view.restored"] = "saved_view.restored"
    saved_view: SavedViewId


SavedViewEvent: TypeAlias = (
    SavedViewCreated
    | SavedViewRenamed
    | SavedViewMoved
    | SavedViewShared
    | SavedViewUnshared
    | SavedViewRefiltered
    | SavedViewSorted
    | SavedViewColumnsChosen
    | SavedViewRetired
    | SavedViewRestored
)


@record
class SavedView:
    """`version` is the number of events folded; 0 means that there is no such view."""

    version: int = 0
    name: str = ""
    folder: str | None = None
    order: int = 0
    owner: AgentId = AgentId("")
    shared: bool = False
    filter: ViewFilter = field(default_factory=lambda: ViewFilter({}))
    sort: SortName | None = None
    direction: Direction | None = None
    columns: tuple[ColumnName, ...] = ()
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(view: SavedView, event: SavedViewEvent) -> SavedView:
    """The view after `event`; never refuses."""
    return replace(_after(view, event), version=view.version + 1)


def _after(view: SavedView, event: SavedViewEvent) -> SavedView:
    match event:
        case SavedViewCreated():
            return SavedView(
                name=event.name,
                folder=event.folder,
                order=event.order,
                owner=event.owner,
                shared=event.shared,
                filter=event.filter,
                sort=event.sort,
                direction=event.direction,
                columns=event.columns,
            )
        case SavedViewRenamed(name=name):
            return replace(view, name=name)
        case SavedViewMoved(folder=folder, order=order):
            return replace(view, folder=folder, order=order)
        case SavedViewShared():
            return replace(view, shared=True)
        case SavedViewUnshared():
            return replace(view, shared=False)
        case SavedViewRefiltered():
            return replace(view, filter=event.filter)
        case SavedViewSorted(sort=sort, direction=direction):
            return replace(view, sort=sort, direction=direction)
        case SavedViewColumnsChosen(columns=columns):
            return replace(view, columns=columns)
        case SavedViewRetired():
            return replace(view, retired=True)
        case SavedViewRestored():
            return replace(view, retired=False)
        case _:
            assert_never(event)
