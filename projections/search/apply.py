"""Takes in the words of tickets and requesters."""

import zlib
from collections.abc import Iterable
from typing import Any

from domain.ids import category_of, ident_of
from domain.people.requester import (
    RequesterAddressAdded,
    RequesterAddressRemoved,
    RequesterRegistered,
    RequesterRenamed,
)
from domain.record import with_changes
from domain.recorded import Recorded
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketOpened,
    TicketRenamed,
    TicketRequesterChanged,
    TicketResolved,
)
from domain.ticket.words import Format
from projections.ports import Key, Rows, Table
from projections.search.rows import (
    COMMON_WORD,
    ERA,
    REQUESTER,
    SAMPLED,
    SUBJECT,
    TICKET,
    CommonWord,
    SearchedRequester,
    SearchedSubject,
    SearchedTicket,
    Terms,
    Where,
    mark_of,
    mark_of_era,
)
from projections.search.words import grams, text_of, words

ROOM = 20_000
"""Letters of a ticket's texts that are indexed; the first ones, which say what it is about."""

OF_ONE = 4_000
"""Letters of one message that are indexed: behind them is what was quoted, or a log file."""


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's or the requester's own row."""
    table = TICKET if category_of(recorded.stream) == "ticket" else REQUESTER
    return [(table, _key(recorded))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Put the row if the event says something, or changes who may find it."""
    if category_of(recorded.stream) == "requester":
        _apply_to_requester(recorded, rows)
        return
    event = recorded.event
    before: SearchedTicket | None = rows.get(TICKET, _key(recorded))
    if isinstance(event, TicketOpened):
        _opened(before, event, recorded, rows)
    elif before is not None:
        after = _changed(before, event, rows)
        if after is not before:
            rows.put(TICKET, after)


def _opened(
    before: SearchedTicket | None, event: TicketOpened, recorded: Recorded[Any], rows: Rows
) -> None:
    workspace, ticket = recorded.workspace, ident_of(recorded.stream)
    terms = Terms() if before is None else Terms(before.terms)
    terms.remove(Where.SUBJECT)
    terms.mark({mark_of(workspace), mark_of_era(workspace, event.number // ERA)})
    terms.add(words(event.subject), Where.SUBJECT)
    row = SearchedTicket(
        workspace=workspace,
        ticket=ticket,
        number=event.number,
        requester=event.requester,
        room=ROOM if before is None else before.room,
        terms=str(terms),
    )
    row = _with_text(row, event.description, event.format, Where.MESSAGE)
    rows.put(TICKET, row)
    _put_subject(workspace, ticket, event.subject, rows)
    if before is None and zlib.crc32(ticket.encode()) % SAMPLED == 0:
        found = Terms(row.terms).words((Where.SUBJECT, Where.MESSAGE))
        for word in ("", *found):
            rows.add(COMMON_WORD, CommonWord(workspace=workspace, word=word, tickets=1))


def _changed(row: SearchedTicket, event: Any, rows: Rows) -> SearchedTicket:
    match event:
        case MessageReceived(body=body):
            return _with_text(row, body, event.format, Where.MESSAGE)
        case ReplySent(body=body):
            return _with_text(row, body, event.format, Where.REPLY)
        case NoteAdded(body=body):
            return _with_text(row, body, event.format, Where.NOTE)
        case TicketResolved(note=note):
            return _with_text(row, note, Format.TEXT, Where.NOTE)
        case TicketRenamed(subject=subject):
            terms = Terms(row.terms)
            terms.remove(Where.SUBJECT)
            terms.add(words(subject), Where.SUBJECT)
            _put_subject(row.workspace, row.ticket, subject, rows)
            return with_changes(row, terms=str(terms))
        case TicketRequesterChanged(requester=requester):
            return with_changes(row, requester=requester)
        case _:
            return row  # nothing was said


def _with_text(row: SearchedTicket, text: str, how: Format, where: Where) -> SearchedTicket:
    """The row with as much of a text as there is room for."""
    plain = text_of(text) if how is Format.HTML else text
    taken = plain[: min(OF_ONE, row.room)]
    if not taken:
        return row
    terms = Terms(row.terms)
    terms.add(words(taken), where)
    return with_changes(row, terms=str(terms), room=row.room - len(taken))


def _put_subject(workspace: str, ticket: str, subject: str, rows: Rows) -> None:
    found = tuple(sorted(grams(subject)))
    rows.put(SUBJECT, SearchedSubject(workspace=workspace, ticket=ticket, grams=found))


def _apply_to_requester(recorded: Recorded[Any], rows: Rows) -> None:
    before: SearchedRequester | None = rows.get(REQUESTER, _key(recorded))
    match recorded.event:
        case RequesterRegistered(name=name, emails=emails, phones=phones):
            _put_requester(recorded, name, (*emails, *phones), rows)
        case RequesterRenamed(name=name) if before:
            _put_requester(recorded, name, before.addresses, rows)
        case RequesterAddressAdded(address=address) if before:
            addresses = (*before.addresses, address)
            _put_requester(recorded, before.name, tuple(dict.fromkeys(addresses)), rows)
        case RequesterAddressRemoved(address=address) if before:
            kept = tuple(held for held in before.addresses if held != address)
            _put_requester(recorded, before.name, kept, rows)
        case _:
            pass  # nothing that they are found by


def _put_requester(
    recorded: Recorded[Any], name: str, addresses: tuple[str, ...], rows: Rows
) -> None:
    ident, terms = ident_of(recorded.stream), Terms()
    terms.mark({mark_of(recorded.workspace)})
    terms.add(words(name), Where.SUBJECT)
    for found in (ident, *addresses):
        terms.add(words(found) | _number(found), Where.MESSAGE)
    rows.put(
        REQUESTER,
        SearchedRequester(
            workspace=recorded.workspace,
            id=ident,
            name=name,
            addresses=addresses,
            terms=str(terms),
        ),
    )


def _number(address: str) -> set[str]:
    """A telephone number without what people put between its digits."""
    digits = "".join(letter for letter in address if letter.isdigit())
    return {digits} if len(digits) > 4 and "@" not in address else set()  # noqa: PLR2004 - an extension


def _key(recorded: Recorded[Any]) -> Key:
    return (recorded.workspace, ident_of(recorded.stream))
