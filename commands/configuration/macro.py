"""Keep macros: what each does, where it lies, who has it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.configuration.owned import (
    check_name,
    check_new,
    check_place,
    owner_of,
    require_own,
    require_owner,
)
from commands.configuration.trying import read_by, try_steps
from commands.envelope import Command, Context
from commands.known import refuse_again
from domain.configuration.macro import (
    Macro,
    MacroCreated,
    MacroEvent,
    MacroMoved,
    MacroRenamed,
    MacroRestored,
    MacroRetired,
    MacroRewritten,
    MacroShared,
    MacroStep,
    MacroUnshared,
    evolve,
)
from domain.ids import CommandId, MacroId, StreamId, macro_stream
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class MacroCommand(Command):
    """A command on one macro."""

    macro: MacroId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (macro_stream(self.macro),)


@record
class CreateMacro(MacroCommand):
    """`steps` are commands on a ticket, each with its public name as `command` and its fields.

    `me` is the agent who applies it; `wake_after` (seconds) takes the place of `wake_at`; the
    `body` of a reply or a note may hold variables. Whoever creates it owns it.
    """

    name: ClassVar[str] = "create_macro"
    display_name: str
    steps: tuple[MacroStep, ...]
    folder: str | None = None
    order: int = 0
    shared: bool = False

    def reads(self) -> tuple[StreamId, ...]:
        return read_by(self.steps)


def create(command: CreateMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    created = MacroCreated(
        macro=command.macro,
        name=command.display_name,
        folder=command.folder,
        order=command.order,
        owner=owner_of(ctx),
        shared=command.shared,
        steps=in_order(command.steps),
        by=ctx.by,
        at=ctx.at,
    )
    if macro.exists:
        if replace(macro, version=1) == evolve(Macro(), created):
            return []
        refuse_again(command, "macro", command.macro)
    check_new("macro", command.macro, command.display_name, command.folder, command.order)
    try_steps(command.steps, ctx)
    return [created]


@record
class RenameMacro(MacroCommand):
    name: ClassVar[str] = "rename_macro"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(MacroRenamed)})


def rename(command: RenameMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    if command.display_name == macro.name:
        return []
    check_name(command.display_name)
    return [
        MacroRenamed(
            macro=command.macro,
            name=command.display_name,
            previous=macro.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class MoveMacro(MacroCommand):
    """`folder` None: in none. `order` sorts it in its folder; None: as it is."""

    name: ClassVar[str] = "move_macro"
    folder: str | None
    order: int | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(MacroMoved)})


def move(command: MoveMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    order = macro.order if command.order is None else command.order
    if (command.folder, order) == (macro.folder, macro.order):
        return []
    check_place(command.folder, order)
    return [
        MacroMoved(
            macro=command.macro,
            folder=command.folder,
            previous_folder=macro.folder,
            order=order,
            previous_order=macro.order,
            by=ctx.by,
            at=ctx.at,
        )
    ]


_SHARING = frozenset({set_by(MacroShared), set_by(MacroUnshared)})


@record
class ShareMacro(MacroCommand):
    """Everybody who works here has it from now on, and may improve it."""

    name: ClassVar[str] = "share_macro"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def share(command: ShareMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    if macro.shared:
        return []
    return [MacroShared(macro=command.macro, by=ctx.by, at=ctx.at)]


@record
class UnshareMacro(MacroCommand):
    """Its owner alone has it from now on; only the owner may ask for it."""

    name: ClassVar[str] = "unshare_macro"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def unshare(command: UnshareMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_owner(macro, "macro", command.macro, ctx, command.name)
    if not macro.shared:
        return []
    return [MacroUnshared(macro=command.macro, by=ctx.by, at=ctx.at)]


@record
class RewriteMacro(MacroCommand):
    """It does this from now on; what it did to tickets stays done."""

    name: ClassVar[str] = "rewrite_macro"
    steps: tuple[MacroStep, ...]

    def reads(self) -> tuple[StreamId, ...]:
        return read_by(self.steps)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(MacroRewritten)})


def rewrite(command: RewriteMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    wanted = in_order(command.steps)
    if wanted == macro.steps:
        return []
    try_steps(wanted, ctx)
    return [
        MacroRewritten(
            macro=command.macro, steps=wanted, previous=macro.steps, by=ctx.by, at=ctx.at
        )
    ]


_OFFER = frozenset({set_by(MacroRetired), set_by(MacroRestored)})


@record
class RetireMacro(MacroCommand):
    """It is offered no more; restoring it brings it back."""

    name: ClassVar[str] = "retire_macro"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def retire(command: RetireMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    if macro.retired:
        return []
    return [MacroRetired(macro=command.macro, by=ctx.by, at=ctx.at)]


@record
class RestoreMacro(MacroCommand):
    name: ClassVar[str] = "restore_macro"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def restore(command: RestoreMacro, macro: Macro, ctx: Context) -> Sequence[MacroEvent]:
    require_own(macro, "macro", command.macro, ctx)
    if not macro.retired:
        return []
    return [MacroRestored(macro=command.macro, by=ctx.by, at=ctx.at)]


def in_order(steps: Sequence[MacroStep]) -> tuple[MacroStep, ...]:
    """Steps as they are kept: the command first, then its fields by name."""
    return tuple(
        MacroStep(dict(sorted(step.items(), key=lambda one: (one[0] != "command", one[0]))))
        for step in steps
    )
