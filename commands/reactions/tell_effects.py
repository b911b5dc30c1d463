"""Say of edits of calendars and policies that were made ahead that they hold from now on."""

from datetime import datetime
from uuid import UUID, uuid5

from commands.envelope import Request
from commands.reactions.due import Desk, DueTickets, Reaction
from commands.sla.take_effect import TakeEffect
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, WorkspaceId

NAME, VERSION = "tell_effects", 1

_NAMESPACE = UUID("7be0b9c1-9a0e-5f39-8c85-2f6f2a1d0b57")


def due(
    workspace: WorkspaceId,
    now: datetime,
    desk: Desk,
    tickets: DueTickets,  # noqa: ARG001 - every reaction is given the tickets
    limit: int,  # noqa: ARG001 - one request tells of all edits
) -> list[Request]:
    """One request when the instant of an edit has come."""
    edits = desk.book.awaited(now)
    if not edits:
        return []
    seen = f"{workspace}/{desk.book.version}/{','.join(map(str, edits))}/{VERSION}"
    return [
        Request(
            workspace=workspace,
            command=TakeEffect(),
            command_id=CommandId(uuid5(_NAMESPACE, seen)),
            by=Actor(kind=ActorKind.RULE, id=NAME, rule_version=VERSION),
        )
    ]


REACTION = Reaction(name=NAME, version=VERSION, due=due)
