"""The search over all tickets and requesters, and tickets that are like another one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, StringConstraints

from api.answers import PRIVATE, Answer
from api.reading import Reading, SeesHistory, SeesTickets
from api.resources import row_resource, with_clocks
from api.routes.tickets import TicketRef
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.search import Found, OwnFound, SimilarTickets
from api.text import clean
from projections import people, queue, requester_tickets, search
from projections.ticket_filter import number_in

router = strict_router("tickets")

Question = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean)],
    Query(
        description="Words, or beginnings of words, of subjects and messages, names and addresses; "
        "or a ticket's number, such as `17` or `#17`.",
        examples=["printer blank"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=50, description="Most tickets, and most requesters.")]


@router.get(
    "/search",
    summary="Find tickets and requesters by words",
    responses=answers(Found, to_requesters=(OwnFound,)),
)
def search_desk(reading: SeesTickets, q: Question, limit: Limit = 10) -> Answer:
    """The best first: the ticket of that number, then those that have all words; if none has, some.

    Subjects count most, then what requesters wrote, replies, and internal notes. `subject` and
    `excerpt` are plain text in parts: a `hit` is what was looked for. Of words that very many
    tickets have, the newest of these are looked at. A requester finds own tickets, by what is
    public.
    """
    principal = reading.principal
    own = principal.person if principal.is_requester else None
    found = search.tickets(reading.view("search"), principal.workspace, q, limit, requester=own)
    scores = {one.ticket: one.score for one in found}
    rows = _own_rows(reading, q, list(scores)) if own else _rows(reading, q, list(scores))
    groups = search.asked(q)
    excerpts = search.excerpts(
        reading.view("conversation"), list(rows), groups, public_only=own is not None
    )
    tickets = [
        {
            "ticket": row,
            "subject": search.marked(row["subject"], groups),
            "excerpt": excerpts.get(ticket),
            "score": scores.get(ticket),
        }
        for ticket, row in rows.items()
    ]
    answer: dict[str, Any] = {"tickets": tickets[:limit]}
    if own is None:
        answer["requesters"] = _requesters(reading, q, limit)
    return Answer(answer, 200, PRIVATE)


def _rows(reading: Reading, q: str, found: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The lines of the queue for the tickets that were found, the one of that number first."""
    reader = reading.view("queue")
    number = number_in(q)
    numbered = None if number is None else queue.ticket_by_number(reader, number)
    first = [] if numbered is None else [numbered["ticket"]]
    lines = queue.tickets(reader, [*first, *found])
    idents = [ticket for ticket in dict.fromkeys([*first, *found]) if ticket in lines]
    now, clocks = reading.services.clock.now(), reading.view("sla_board")
    shown = with_clocks([lines[ticket] for ticket in idents], clocks, now, reading.book())
    return dict(zip(idents, shown, strict=True))


def _own_rows(reading: Reading, q: str, found: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same for a requester, who sees own tickets only."""
    lines = requester_tickets.some(
        reading.view("requester_tickets"),
        requester=reading.principal.person,
        tickets=found,
        number=number_in(q),
    )
    numbered = [line["ticket"] for line in lines if line["number"] == number_in(q)]
    by_id: Mapping[str, dict[str, Any]] = {line["ticket"]: line for line in lines}
    idents = dict.fromkeys([*numbered, *found])
    return {ticket: row_resource(by_id[ticket]) for ticket in idents if ticket in by_id}


def _requesters(reading: Reading, q: str, limit: int) -> list[dict[str, Any]]:
    idents = search.requesters(reading.view("search"), reading.principal.workspace, q, limit)
    by_id = people.several(reading.view("people"), "requester", idents)
    return [
        {name: value for name, value in by_id[ident].items() if name != "workspace"}
        for ident in idents
        if ident in by_id
    ]


@router.get(
    "/tickets/{ticket}/similar",
    summary="Tickets like this one, and how they were resolved",
    responses=answers(SimilarTickets),
)
def list_similar_tickets(
    reading: SeesHistory,
    ticket: TicketRef,
    limit: Annotated[int, Query(ge=1, le=20, description="Most finished, and most open ones.")] = 5,
) -> Answer:
    """First those that are finished, then open ones, each the most alike first.

    `score` is the share of this ticket's particular words that the other one has, too, and somewhat
    more for the same category and organisation; at most 1. `words` are the rarest of those.
    """
    ident, _ = reading.ticket(ticket)
    found = search.alike(reading.view("search"), reading.principal.workspace, ident, limit)
    idents = [one.ticket for one in found]
    lines = queue.tickets(reading.view("queue"), idents)
    now, clocks = reading.services.clock.now(), reading.view("sla_board")
    rows = with_clocks([lines[one] for one in idents if one in lines], clocks, now, reading.book())
    by_id = {row["id"]: row for row in rows}
    solved = search.solutions(reading.view("conversation"), idents)
    items = [
        {
            "ticket": by_id[one.ticket],
            "score": one.score,
            "words": one.words,
            "solution": solved.get(one.ticket),
        }
        for one in found
        if one.ticket in by_id
    ]
    return Answer({"items": items}, 200, PRIVATE)
