"""An answer that is written once and sent often, with variables for what differs."""

from dataclasses import replace
from typing import Literal, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import AgentId, CannedResponseId
from domain.record import record


@record
class CannedResponseCreated(Happened):
    """At hand from now on, for its owner or, when `shared`, for everybody.

    `body` may hold variables (domain.configuration.variables). `language` is that of the body.
    """

    kind: Literal["canned_response.created"] = "canned_response.created"
    canned_response: CannedResponseId
    name: str
    folder: str | None
    order: int
    owner: AgentId
    shared: bool
    body: str
    language: str | None


@record
class CannedResponseRenamed(Happened):
    """It has another name."""

    kind: Literal["canned_response.renamed"] = "canned_response.renamed"
    canned_response: CannedResponseId
    name: str
    previous: str


@record
class CannedResponseMoved(Happened):
    """It lies in another folder (None: in none), or elsewhere among its neighbours."""

    kind: Literal["canned_response.moved"] = "canned_response.moved"
    canned_response: CannedResponseId
    folder: str | None
    previous_folder: str | None
    order: int
    previous_order: int


@record
class CannedResponseShared(Happened):
    """Everybody has it now."""

    kind: Literal["canned_response.shared"] = "canned_response.shared"
    canned_response: CannedResponseId


@record
class CannedResponseUnshared(Happened):
    """Its owner alone has it now."""

    kind: Literal["canned_response.unshared"] = "canned_response.unshared"
    canned_response: CannedResponseId


@record
class CannedResponseReworded(Happened):
    """It says something else, or in another language."""

    kind: Literal["canned_response.reworded"] = "canned_response.reworded"
    canned_response: CannedResponseId
    body: str
    previous_body: str
    language: str | None
    previous_language: str | None


@record
class CannedResponseRetired(Happened):
    """It is not offered any more."""

    kind: Literal["canned_response.retired"] = "canned_response.retired"
    canned_response: CannedResponseId


@record
class CannedResponseRestored(Happened):
    """It is offered again."""

    kind: Literal["canned_response.restored"] = "canned_response.restored"
    canned_response: CannedResponseId


CannedResponseEvent: TypeAlias = (
    CannedResponseCreated
    | CannedResponseRenamed
    | CannedResponseMoved
    | CannedResponseShared
    | CannedResponseUnshared
    | CannedResponseReworded
    | CannedResponseRetired
    | CannedResponseRestored
)


@record
class CannedResponse:
    """`version` is the number of events folded; 0 means that there is no such answer."""

    version: int = 0
    name: str = ""
    folder: str | None = None
    order: int = 0
    owner: AgentId = AgentId("")
    shared: bool = False
    body: str = ""
    language: str | None = None
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(response: CannedResponse, event: CannedResponseEvent) -> CannedResponse:
    """The answer after `event`; never refuses."""
    return replace(_after(response, event), version=response.version + 1)


def _after(response: CannedResponse, event: CannedResponseEvent) -> CannedResponse:
    match event:
        case CannedResponseCreated():
            return CannedResponse(
                name=event.name,
                folder=event.folder,
                order=event.order,
                owner=event.owner,
                shared=event.shared,
                body=event.body,
                language=event.language,
            )
        case CannedResponseRenamed(name=name):
            return replace(response, name=name)
        case CannedResponseMoved(folder=folder, order=order):
            return replace(response, folder=folder, order=order)
        case CannedResponseShared():
            return replace(response, shared=True)
        case CannedResponseUnshared():
            return replace(response, shared=False)
        case CannedResponseReworded(body=body, language=language):
            return replace(response, body=body, language=language)
        case CannedResponseRetired():
            return replace(response, retired=True)
        case CannedResponseRestored():
            return replace(response, retired=False)
        case _:
            assert_never(event)
