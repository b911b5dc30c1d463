"""What a command answers with: the events it caused, and the ticket as it is now."""

from typing import Any

from api.shapes.deriving import shape
from api.shapes.events import EVENT_OF, OwnTicketEvent
from api.shapes.tickets import OwnTicket, Ticket
from domain.kinds import EVENTS

_ABOUT = (
    "`events` are what the command caused; none, and not `changed`, when all was so already. "
    "`version` is that of the thing after it. With `dry_run` nothing was written: so it would be."
)


def _shape(name: str, event: Any, **more: Any) -> type[Any]:
    shown = {
        "id": str,
        "version": int,
        "changed": bool,
        "events": tuple[event, ...],
        "dry_run": bool,
        **more,
    }
    return shape(name, _ABOUT, __name__, shown)


def _of(category: str) -> type[Any]:
    more = {"ticket": Ticket} if category == "ticket" else {}
    return _shape(f"{category.title().replace('_', '')}Commanded", EVENT_OF[category], **more)


COMMANDED = {category: _of(category) for category in EVENTS}
"""What a command on a thing of that category answers with."""

OwnTicketCommanded = _shape("OwnTicketCommanded", OwnTicketEvent, ticket=OwnTicket)
