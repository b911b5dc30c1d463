"""Several changes of a ticket under one name, asked for at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NewType, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import AgentId, MacroId
from domain.record import record
from domain.ticket.words import FieldValue

StepValue: TypeAlias = FieldValue | tuple[str, ...]
"""What a field of a step holds, as JSON has it."""

MacroStep = NewType("MacroStep", Mapping[str, StepValue])
"""A command on a ticket: its public name as `command`, and beside it the fields it is given."""


@record
class MacroCreated(Happened):
    """At hand from now on, for its owner or, when `shared`, for everybody."""

    kind: Literal["macro.created"] = "macro.created"
    macro: MacroId
    name: str
    folder: str | None
    order: int
    owner: AgentId
    shared: bool
    steps: tuple[MacroStep, ...]


@record
class MacroRenamed(Happened):
    """It has another name."""

    kind: Literal["macro.renamed"] = "macro.renamed"
    macro: MacroId
    name: str
    previous: str


@record
class MacroMoved(Happened):
    """It lies in another folder (None: in none), or elsewhere among its neighbours."""

    kind: Literal["macro.moved"] = "macro.moved"
    macro: MacroId
    folder: str | None
    previous_folder: str | None
    order: int
    previous_order: int


@record
class MacroShared(Happened):
    """Everybody has it now."""

    kind: Literal["macro.shared"] = "macro.shared"
    macro: MacroId


@record
class MacroUnshared(Happened):
    """Its owner alone has it now."""

    kind: Literal["macro.unshared"] = "macro.unshared"
    macro: MacroId


@record
class MacroRewritten(Happened):
    """It does something else; what it did to tickets stays done."""

    kind: Literal["macro.rewritten"] = "macro.rewritten"
    macro: MacroId
    steps: tuple[MacroStep, ...]
    previous: tuple[MacroStep, ...]


@record
class MacroRetired(Happened):
    """It is not offered any more."""

    kind: Literal["macro.retired"] = "macro.retired"
    macro: MacroId


@record
class MacroRestored(Happened):
    """It is offered again."""

    kind: Literal["macro.restored"] = "macro.restored"
    macro: MacroId


MacroEvent: TypeAlias = (
    MacroCreated
    | MacroRenamed
    | MacroMoved
    | MacroShared
    | MacroUnshared
    | MacroRewritten
    | MacroRetired
    | MacroRestored
)


@record
class Macro:
    """`version` is the number of events folded; 0 means that there is no such macro."""

    version: int = 0
    name: str = ""
    folder: str | None = None
    order: int = 0
    owner: AgentId = AgentId("")
    shared: bool = False
    steps: tuple[MacroStep, ...] = ()
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(macro: Macro, event: MacroEvent) -> Macro:
    """The macro after `event`; never refuses."""
    return replace(_after(macro, event), version=macro.version + 1)


def _after(macro: Macro, event: MacroEvent) -> Macro:
    match event:
        case MacroCreated():
            return Macro(
                name=event.name,
                folder=event.folder,
                order=event.order,
                owner=event.owner,
                shared=event.shared,
                steps=event.steps,
            )
        case MacroRenamed(name=name):
            return replace(macro, name=name)
        case MacroMoved(folder=folder, order=order):
            return replace(macro, folder=folder, order=order)
        case MacroShared():
            return replace(macro, shared=True)
        case MacroUnshared():
            return replace(macro, shared=False)
        case MacroRewritten(steps=steps):
            return replace(macro, steps=steps)
        case MacroRetired():
            return replace(macro, retired=True)
        case MacroRestored():
            return replace(macro, retired=False)
        case _:
            assert_never(event)
