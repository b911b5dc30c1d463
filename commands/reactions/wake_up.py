"""Take tickets back to work whose wake-up instant has come."""

from datetime import datetime

from commands.envelope import Request
from commands.reactions.due import Desk, DueTickets, Reaction, requests
from commands.resume import Resume
from domain.ids import WorkspaceId

NAME, VERSION = "wake_up", 1


def due(
    workspace: WorkspaceId,
    now: datetime,
    desk: Desk,  # noqa: ARG001 - every reaction is told how the desk works
    tickets: DueTickets,
    limit: int,
) -> list[Request]:
    """Up to `limit` requests to resume what should wake up by `now`."""
    found = tickets.waking_until(workspace, now, limit)
    return requests(
        workspace,
        NAME,
        VERSION,
        found,
        lambda ticket: Resume(ticket=ticket, reason="The time to wake up has come."),
    )


REACTION = Reaction(name=NAME, version=VERSION, due=due)
