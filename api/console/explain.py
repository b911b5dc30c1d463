"""`chronodesk sla explain`: why each clock of a ticket stands where it stands."""

from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.text import Text

from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.terminal import fail, out
from api.services import Services
from domain.ids import SLA_BOOK, TicketId, WorkspaceId, ticket_stream
from domain.sla.account import account
from domain.sla.book import Book
from domain.sla.explain import explain as explained
from domain.sla.policy import ClockName
from projections import queue

_LONGEST_NUMBER = 18
"""Digits that a ticket's number can have."""


def explain(
    ticket: Annotated[str, typer.Argument(help="Id or number of a ticket.")],
    as_of: Annotated[
        str | None,
        typer.Option(help="As it was at this instant, by what was known then.", show_default="now"),
    ] = None,
    clock: Annotated[ClockName | None, typer.Option(help="Only this clock.")] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="Time zone to show, and of --as-of.", show_default="the calendar's"),
    ] = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Explain the SLA clocks of a ticket: what judges them, what counted, and when they breached.

    Every stretch of time that counted is listed, so that you can add it up yourself.

    Example: chronodesk sla explain 42

    Example: chronodesk sla explain 42 --clock resolution --as-of 2026-03-01T09:30:00+09:00
    """
    _check_zone(zone)
    until = None if as_of is None else instant(as_of, zone or "UTC")
    with services(data_dir, workspace) as opened:
        home = WorkspaceId(opened.settings.workspace)
        ident = _ticket(opened, home, ticket)
        events = opened.store.load(home, ticket_stream(ident))
        book: Book = opened.handler.states.load(home, SLA_BOOK).state
        at = until or opened.clock.now()
    if not events:
        fail(f"There is no ticket {ticket!r}. Give its number or its id.")
    found = [
        (one, told)
        for one, told in explained(events, book.known_at(at), at, zone)
        if clock in (None, one.name)
    ]
    if json_:
        shown = [{"clock": one, "explanation": told} for one, told in found]
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
        return
    if not found:
        what = "No clocks are" if clock is None else f"No clock {clock.value} is"
        typer.echo(f"{what} promised for ticket {ticket}.")
    for n, (_, told) in enumerate(found):
        if n:
            typer.echo()
        heading, _, rest = account(told).partition("\n")
        out.print(Text(heading, style=_STYLES.get(told.state, "bold")), soft_wrap=True)
        out.print(Text(rest), soft_wrap=True)


_STYLES = {"breached": "bold red", "met": "bold green", "running": "bold cyan"}


def _ticket(opened: Services, home: WorkspaceId, reference: str) -> TicketId:
    """The id for an id or a number. Exits when there is no such number."""
    if not (reference.isascii() and reference.isdigit()):
        return TicketId(reference)
    found = None
    if len(reference) <= _LONGEST_NUMBER:
        found = queue.ticket_by_number(opened.reader(home), int(reference))
    if found is None:
        fail(f"There is no ticket {reference}. Is the view up to date? See: chronodesk status")
    return TicketId(found["ticket"])


def _check_zone(zone: str | None) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        raise typer.BadParameter(f"There is no time zone {zone!r}. Such as: Asia/Seoul") from None
