"""SLA clocks: the board, and the clocks of a ticket with their explanations."""

from datetime import datetime

from api.shapes.deriving import like
from domain.record import record
from domain.sla.clock import Clock, ClockState
from domain.sla.explanation import Explanation
from domain.sla.policy import ClockName
from domain.ticket.words import Priority
from projections import sla_board


@like(sla_board.BoardRow)
class BoardRow:
    """A clock at the instant asked about, and the ticket it belongs to."""

    priority: Priority


@record
class Board:
    """Clocks by the instant at which they come due. `counts` are of all clocks, by state."""

    items: tuple[BoardRow, ...]
    next: str | None
    counts: dict[ClockName, dict[ClockState, int]]
    as_of: datetime


@like(Clock)
class ExplainedClock:
    """A clock, how it came to stand there, and `text`: the same in words."""

    explanation: Explanation
    text: str


@record
class TicketClocks:
    """The clocks of a ticket at an instant."""

    items: tuple[ExplainedClock, ...]
    as_of: datetime
