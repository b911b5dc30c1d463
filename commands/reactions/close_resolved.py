"""Close tickets that have been resolved for long enough and nobody came back to."""

from datetime import datetime

from commands.close import Close
from commands.envelope import Request
from commands.reactions.due import Desk, DueTickets, Reaction, requests
from domain.ids import WorkspaceId

NAME, VERSION = "close_resolved", 1


def due(
    workspace: WorkspaceId, now: datetime, desk: Desk, tickets: DueTickets, limit: int
) -> list[Request]:
    """Up to `limit` requests to close what was resolved `desk.rules.close_after` ago or earlier."""
    found = tickets.resolved_until(workspace, now - desk.rules.close_after, limit)
    return requests(workspace, NAME, VERSION, found, lambda ticket: Close(ticket=ticket))


REACTION = Reaction(name=NAME, version=VERSION, due=due)
