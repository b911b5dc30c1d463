"""`chronodesk what-if`: the past under other calendars and policies, without touching it."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import TypeAdapter, ValidationError

from api.answers import dump
from api.console.opening import services
from api.console.options import DataDir, Json, Workspace, instant
from api.console.terminal import fail, print_table, progress, say
from api.problems import Problem
from api.services import Services
from api.supposing import Changes, supposed
from api.text import place, read_json
from domain.actor import Actor, ActorKind
from domain.errors import Invalid
from domain.ids import SLA_BOOK, WorkspaceId
from projections.what_if import (
    Changed,
    Comparison,
    Counts,
    Period,
    Question,
    Row,
    WrongQuestion,
    question,
)

_EVERYTHING = 10**15
"""Events that a run may read: here nobody else waits for it."""

_CHANGES: TypeAdapter[Any] = TypeAdapter(Changes)
_BY = Actor(kind=ActorKind.RULE, id="what-if", rule_version=1)
_COLUMNS = (
    "clock",
    "value",
    "met before",
    "breached before",
    "attained before",
    "met after",
    "breached after",
    "attained after",
    "running after",
    "cancelled after",
)


def what_if(
    file: Annotated[
        Path, typer.Argument(help="JSON: a list of changes.", exists=True, dir_okay=False)
    ],
    start: Annotated[str, typer.Option("--from", help="First day or instant of the period.")],
    end: Annotated[
        str | None, typer.Option("--to", help="Last day or instant (excluded).", show_default="now")
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of --from and --to.")] = "UTC",
    by: Annotated[
        list[str] | None, typer.Option(help="Dimensions to split by, such as priority,queue.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Most tickets to name of each kind.")] = 20,
    out: Annotated[
        Path | None, typer.Option(help="Write the outcome there as JSON.", dir_okay=False)
    ] = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Say how SLA attainment would have been under other calendars and policies.

    Nothing is written: tickets of the period are judged by what was in force, and as if the changes
    had always been so. FILE has what the commands of the API take, one object per change:
    set_policy, set_calendar, retire_policy or retire_calendar.

    Example: chronodesk what-if faster.json --from 2026-01-01 --to 2026-04-01 --by priority,queue
    """
    changes = _changes(file)
    dimensions = [name for given in by or () for name in given.split(",") if name]
    with services(data_dir, workspace) as opened:
        period = Period(
            start=instant(start, zone),
            end=instant(end, zone) if end else opened.clock.now(),
            zone=zone,
        )
        wanted = _question(opened, changes, period, dimensions, limit)
        home = WorkspaceId(opened.settings.workspace)
        with progress("what-if") as advance:
            done = opened.histories(_EVERYTHING).compare(home, wanted, advance, lambda: False)
    told = done.told(wanted.by, 0, limit)
    if out is not None:
        out.write_bytes(orjson.dumps(orjson.loads(dump(told)), option=orjson.OPT_INDENT_2) + b"\n")
        say(f"The outcome is in {out}.")
    if json_:
        typer.echo(dump(told).decode())
    elif out is None:
        _print(told)


def _changes(file: Path) -> Any:
    try:
        return _CHANGES.validate_python(read_json(file.read_bytes()))
    except Problem as problem:
        fail(f"{file}: {problem.detail}")
    except ValidationError as error:
        faults = error.errors()
        first = faults[0]
        where = place(first["loc"]) or "the whole file"
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        message = first["msg"].removeprefix("Value error, ")
        fail(f"{file}: {where}: {message}.{more}")


def _question(
    opened: Services, changes: Any, period: Period, by: list[str], limit: int
) -> Question:
    home = WorkspaceId(opened.settings.workspace)
    states, now = opened.handler.states, opened.clock.now()
    book = states.load(home, SLA_BOOK).state
    try:
        edits = supposed(changes, book, states, home, _BY, now)
        return question(book, edits, period, now, by=by, keep=limit)
    except Invalid as refused:
        fail(f"{refused.details.get('field', 'changes')}: {refused.message}")
    except WrongQuestion as wrong:
        fail(f"{wrong.field}: {wrong}")


def _print(told: Comparison) -> None:
    if not told.counted:
        typer.echo("No ticket has a clock in that period.")
        return
    print_table(_COLUMNS, [_cells(row) for row in told.clocks])
    for name, rows in told.by.items():
        typer.echo()
        print_table((_COLUMNS[0], name, *_COLUMNS[2:]), [_cells(row) for row in rows])
    _moved("Newly breached", told.newly_breached)
    _moved("Newly saved", told.newly_saved)


def _cells(row: Row) -> list[object]:
    before, after = row.before, row.after
    return [
        row.clock.value,
        row.value,
        before.met,
        before.breached,
        _share(before),
        after.met,
        after.breached,
        _share(after),
        after.running,
        after.cancelled,
    ]


def _share(counts: Counts) -> str | None:
    return None if counts.attainment is None else f"{counts.attainment:.1%}"


def _moved(title: str, changed: Changed) -> None:
    typer.echo()
    typer.echo(f"{title}: {changed.total:,}")
    if changed.items:
        print_table(
            ("ticket", "clock", "before", "after", "breached at"),
            [
                (one.number, one.clock.value, one.before, one.after, one.breached_at)
                for one in changed.items
            ],
        )
        if changed.total > len(changed.items):
            typer.echo(f"and {changed.total - len(changed.items):,} more; see --limit and --out")
