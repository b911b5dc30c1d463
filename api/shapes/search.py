"""What the search finds, and tickets that are like another one."""

from api.shapes.people import Requester
from api.shapes.tickets import OwnTicketRow, TicketRow
from domain.record import record
from projections.search import Excerpt, Part, Solution


@record
class FoundTicket:
    """A ticket, its subject in parts, and a line of its conversation with what was looked for.

    `excerpt` is null when only the subject has it, or the number was asked for. `score` compares
    tickets of one search; null for one that was found by its number alone.
    """

    ticket: TicketRow
    subject: tuple[Part, ...]
    excerpt: Excerpt | None
    score: float | None


@record
class OwnFoundTicket:
    """The same to its requester: by what is public in it."""

    ticket: OwnTicketRow
    subject: tuple[Part, ...]
    excerpt: Excerpt | None
    score: float | None


@record
class Found:
    """Tickets and requesters, the best first."""

    tickets: tuple[FoundTicket, ...]
    requesters: tuple[Requester, ...]


@record
class OwnFound:
    """Own tickets, the best first."""

    tickets: tuple[OwnFoundTicket, ...]


@record
class SimilarTicket:
    """A ticket like another one: the rarest words that both have, and how it was resolved."""

    ticket: TicketRow
    score: float
    words: tuple[str, ...]
    solution: Solution | None


@record
class SimilarTickets:
    """Finished ones first, each part the most alike first."""

    items: tuple[SimilarTicket, ...]
