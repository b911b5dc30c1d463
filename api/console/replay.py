"""`chronodesk replay`: each event of a ticket, and the state after it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from itertools import chain
from typing import Annotated, Any

import typer
from rich.text import Text

from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.terminal import fail, out, print_json
from api.services import Services
from commands.ports import EventStore
from domain.ids import TicketId, WorkspaceId, ticket_stream
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.state import Ticket, evolve
from projections.ports import Reader

_ENVELOPE = ("kind", "by", "at")


@record
class Step:
    """An event and what it made of the ticket; `changed` names the fields that differ."""

    recorded: Recorded[Any]
    before: Ticket
    after: Ticket

    @property
    def changed(self) -> frozenset[str]:
        return frozenset(
            name
            for name in _FIELDS
            if name != "version" and getattr(self.before, name) != getattr(self.after, name)
        )


_FIELDS = tuple(field.name for field in fields(Ticket))


def replay(
    ticket: Annotated[
        str, typer.Argument(help="Id, number, or its name in the system it is from.")
    ],
    as_of: Annotated[
        str | None, typer.Option(help="Only what had taken effect at this instant.")
    ] = None,
    at_version: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many events.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone to show, and of --as-of.")] = "UTC",
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Show each event of a ticket and the state after it, with what changed.

    The states are folded from the log, here and now: what you see is what the log says.

    Example: chronodesk replay 42 --as-of 2026-03-01T09:30:00+09:00
    """
    until = None if as_of is None else instant(as_of, zone)
    with services(data_dir, workspace) as opened:
        events = _events(opened, ticket)
    steps = list(_steps(events, until, at_version))
    if not steps:
        fail("The ticket did not exist then: it was opened later.")
    if json_:
        print_json([_plain(step) for step in steps])
        return
    for step in steps:
        _print(step)


def _events(opened: Services, reference: str) -> Sequence[Recorded[Any]]:
    where = WorkspaceId(opened.settings.workspace)
    reference = reference.removeprefix("#")
    idents = chain([reference], _named(opened.reader(where), reference))
    found = next(filter(None, (_load(opened.store, where, ident) for ident in idents)), ())
    if not found:
        fail(f"There is no ticket {reference!r}: no id, no number, no imported name.")
    return found


def _load(store: EventStore, workspace: WorkspaceId, ident: str) -> Sequence[Recorded[Any]]:
    return store.load(workspace, ticket_stream(TicketId(ident)))


def _named(reader: Reader, reference: str) -> Iterator[str]:
    """Ids of tickets with that number, then with that name in the system they come from."""
    if reference.isascii() and reference.isdigit() and len(reference) < len(str(2**63)):
        query = "SELECT ticket FROM read.ticket WHERE number = %(number)s"
        yield from (row["ticket"] for row in reader.fetch(query, {"number": int(reference)}))
    query = "SELECT ticket FROM read.ticket WHERE source_case = %(name)s ORDER BY number LIMIT 1"
    yield from (row["ticket"] for row in reader.fetch(query, {"name": reference}))


def _steps(
    events: Sequence[Recorded[Any]], until: datetime | None, most: int | None
) -> Iterator[Step]:
    """An event never takes effect before the one before it, whatever its own instant says."""
    ticket, effective = Ticket(), None
    for recorded in events[:most]:
        at = recorded.occurred_at
        effective = at if effective is None else max(effective, at)
        if until is not None and effective > until:
            return
        after = evolve(ticket, recorded.event)
        yield Step(recorded=recorded, before=ticket, after=after)
        ticket = after


def _print(step: Step) -> None:
    recorded = step.recorded
    event = recorded.event
    line = Text()
    line.append(f"{recorded.version:>4}  ", style="dim")
    line.append(f"{event.at:%Y-%m-%d %H:%M:%S}Z  ")
    line.append(event.kind.removeprefix("ticket."), style="bold cyan")
    line.append(f"  by {event.by.kind} {event.by.id}", style="dim")
    if recorded.source is not None:
        line.append(f"  ({recorded.source.system}, row {recorded.source.row})", style="dim")
    out.print(line, soft_wrap=True)
    for name, value in _details(event).items():
        out.print(Text(f"        {name}: {_short(value)}", style="dim"), soft_wrap=True)
    state = Text("      = ")
    changed = step.changed
    for name in _FIELDS:
        value = getattr(step.after, name)
        if name == "version" or (name not in changed and not value):
            continue
        was = f" (was {_short(getattr(step.before, name))})" if name in changed else ""
        mark = "*" if name in changed else ""
        style = "bold green" if name in changed else ""
        state.append(f"{mark}{name} {_short(value)}{was}  ", style=style)
    out.print(state, soft_wrap=True)
    out.print()


def _details(event: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in asdict(event).items()
        if name not in _ENVELOPE and value not in (None, "", (), {})
    }


def _short(value: Any, most: int = 160) -> str:
    match value:
        case None | "":
            return "-"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}Z"
        case frozenset() | tuple():
            return ", ".join(sorted(_short(item) for item in value)) or "-"
        case _:
            text = " ".join(str(value).split())
            return text if len(text) <= most else f"{text[: most - 1]}…"


def _plain(step: Step) -> dict[str, Any]:
    recorded = step.recorded
    return {
        "version": recorded.version,
        "event_id": recorded.event_id,
        "kind": recorded.event.kind,
        "by": asdict(recorded.event.by),
        "occurred_at": recorded.occurred_at,
        "recorded_at": recorded.recorded_at,
        "source": None if recorded.source is None else asdict(recorded.source),
        "event": _details(recorded.event),
        "changed": sorted(step.changed),
        "state": {name: _listed(getattr(step.after, name)) for name in _FIELDS},
    }


def _listed(value: Any) -> Any:
    match value:
        case frozenset():
            return sorted((_listed(item) for item in value), key=str)
        case tuple():
            return [_listed(item) for item in value]
        case _ if hasattr(value, "__dataclass_fields__"):
            return asdict(value)
        case _:
            return value
