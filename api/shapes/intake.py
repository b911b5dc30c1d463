"""What comes back to a system that handed something in."""

from domain.ids import TicketId, TicketNumber
from domain.intake import Taken
from domain.record import record


@record
class HandedIn:
    """`repeated`: the report had been taken in before, and nothing was done now."""

    taken: Taken
    ticket: TicketId
    number: TicketNumber
    repeated: bool
