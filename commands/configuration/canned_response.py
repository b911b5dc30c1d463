"""Keep answers that are sent often: what each says, where it lies, who has it."""

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
from commands.envelope import Command, Context
from commands.known import refuse_again
from domain.checks import BODY_LIMIT, language, required_text
from domain.configuration.canned_response import (
    CannedResponse,
    CannedResponseCreated,
    CannedResponseEvent,
    CannedResponseMoved,
    CannedResponseRenamed,
    CannedResponseRestored,
    CannedResponseRetired,
    CannedResponseReworded,
    CannedResponseShared,
    CannedResponseUnshared,
    evolve,
)
from domain.configuration.variables import check_variables
from domain.ids import CannedResponseId, CommandId, StreamId, canned_response_stream
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class CannedResponseCommand(Command):
    """A command on one canned response."""

    canned_response: CannedResponseId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (canned_response_stream(self.canned_response),)


@record
class CreateCannedResponse(CannedResponseCommand):
    """`body` may hold variables such as `{{requester.name|there}}`; `language` is that of the body.

    Whoever creates it owns it.
    """

    name: ClassVar[str] = "create_canned_response"
    display_name: str
    body: str
    folder: str | None = None
    order: int = 0
    shared: bool = False
    language: str | None = None


def create(
    command: CreateCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    created = CannedResponseCreated(
        canned_response=command.canned_response,
        name=command.display_name,
        folder=command.folder,
        order=command.order,
        owner=owner_of(ctx),
        shared=command.shared,
        body=command.body,
        language=command.language,
        by=ctx.by,
        at=ctx.at,
    )
    if response.exists:
        if replace(response, version=1) == evolve(CannedResponse(), created):
            return []
        refuse_again(command, "canned_response", command.canned_response)
    check_new(
        "canned_response",
        command.canned_response,
        command.display_name,
        command.folder,
        command.order,
    )
    _check_words(command.body, command.language)
    return [created]


@record
class RenameCannedResponse(CannedResponseCommand):
    name: ClassVar[str] = "rename_canned_response"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(CannedResponseRenamed)})


def rename(
    command: RenameCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    if command.display_name == response.name:
        return []
    check_name(command.display_name)
    return [
        CannedResponseRenamed(
            canned_response=command.canned_response,
            name=command.display_name,
            previous=response.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class MoveCannedResponse(CannedResponseCommand):
    """`folder` None: in none. `order` sorts it in its folder; None: as it is."""

    name: ClassVar[str] = "move_canned_response"
    folder: str | None
    order: int | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(CannedResponseMoved)})


def move(
    command: MoveCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    order = response.order if command.order is None else command.order
    if (command.folder, order) == (response.folder, response.order):
        return []
    check_place(command.folder, order)
    return [
        CannedResponseMoved(
            canned_response=command.canned_response,
            folder=command.folder,
            previous_folder=response.folder,
            order=order,
            previous_order=response.order,
            by=ctx.by,
            at=ctx.at,
        )
    ]


_SHARING = frozenset({set_by(CannedResponseShared), set_by(CannedResponseUnshared)})


@record
class ShareCannedResponse(CannedResponseCommand):
    """Everybody who works here has it from now on, and may improve it."""

    name: ClassVar[str] = "share_canned_response"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def share(
    command: ShareCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    if response.shared:
        return []
    return [CannedResponseShared(canned_response=command.canned_response, by=ctx.by, at=ctx.at)]


@record
class UnshareCannedResponse(CannedResponseCommand):
    """Its owner alone has it from now on; only the owner may ask for it."""

    name: ClassVar[str] = "unshare_canned_response"

    def touches(self) -> frozenset[Aspect]:
        return _SHARING


def unshare(
    command: UnshareCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_owner(response, "canned_response", command.canned_response, ctx, command.name)
    if not response.shared:
        return []
    return [CannedResponseUnshared(canned_response=command.canned_response, by=ctx.by, at=ctx.at)]


@record
class RewordCannedResponse(CannedResponseCommand):
    """It says something else from now on; what was sent stays as it was sent."""

    name: ClassVar[str] = "reword_canned_response"
    body: str
    language: str | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(CannedResponseReworded)})


def reword(
    command: RewordCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    if (command.body, command.language) == (response.body, response.language):
        return []
    _check_words(command.body, command.language)
    return [
        CannedResponseReworded(
            canned_response=command.canned_response,
            body=command.body,
            previous_body=response.body,
            language=command.language,
            previous_language=response.language,
            by=ctx.by,
            at=ctx.at,
        )
    ]


_OFFER = frozenset({set_by(CannedResponseRetired), set_by(CannedResponseRestored)})


@record
class RetireCannedResponse(CannedResponseCommand):
    """It is offered no more; restoring it brings it back."""

    name: ClassVar[str] = "retire_canned_response"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def retire(
    command: RetireCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    if response.retired:
        return []
    return [CannedResponseRetired(canned_response=command.canned_response, by=ctx.by, at=ctx.at)]


@record
class RestoreCannedResponse(CannedResponseCommand):
    name: ClassVar[str] = "restore_canned_response"

    def touches(self) -> frozenset[Aspect]:
        return _OFFER


def restore(
    command: RestoreCannedResponse, response: CannedResponse, ctx: Context
) -> Sequence[CannedResponseEvent]:
    require_own(response, "canned_response", command.canned_response, ctx)
    if not response.retired:
        return []
    return [CannedResponseRestored(canned_response=command.canned_response, by=ctx.by, at=ctx.at)]


def _check_words(body: str, spoken: str | None) -> None:
    required_text(body, "body", BODY_LIMIT)
    check_variables(body, "body")
    language(spoken)
