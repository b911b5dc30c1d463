"""`chronodesk feed`: everything that happens, as it happens."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.text import Text

from api.console.opening import services
from api.console.options import DataDir, Workspace
from api.console.terminal import fail, out
from api.feed import Cursor, cursor_at, read_page, wanted_types
from api.services import Services
from domain.kinds import kind_of
from domain.position import Position
from domain.recorded import Recorded
from projections.following import HoleInTheLog, OtherHistory

PAGE = 500
POLL = 0.5  # seconds between looks when no wake-up arrives


class Format(StrEnum):
    """How an event is shown."""

    JSONL = "jsonl"
    PRETTY = "pretty"


def feed(
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="POSITION",
            help="First position: 1, or 1:80,2:7 for lanes 1 and 2.",
            show_default="what comes next",
        ),
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="A CloudEvent per line, or a line to read.",
            show_default="pretty on a terminal",
        ),
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only this kind (ticket.opened) or category (ticket); repeat."),
    ] = None,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help="End with the last event, instead of waiting.")
    ] = False,
    data_dir: DataDir = None,
    workspace: Workspace = None,
) -> None:
    """Show each event of the log, in its order and without a gap, until Ctrl-C.

    Of all workspaces, unless one is named.

    Example: chronodesk feed --from 1 --type ticket.opened --format jsonl | jq .data.subject
    """
    try:
        kinds = wanted_types(types or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--type") from None
    begin = None if from_ is None else _positions(from_)
    shown = format_ or (Format.PRETTY if out.is_terminal else Format.JSONL)

    def wanted(recorded: Recorded[Any]) -> bool:
        return workspace in (None, recorded.workspace) and kind_of(type(recorded.event)) in kinds

    with services(data_dir) as opened:
        cursor = _cursor(opened, begin)
        try:
            while True:
                page = read_page(opened.feed, cursor, PAGE, wanted)
                for recorded, _ in page.events:
                    _show(opened, recorded, shown)
                sys.stdout.flush()
                cursor = page.cursor
                if not page.more:
                    if no_follow:
                        return
                    reached = {lane: mark.position for lane, mark in cursor.items() if mark}
                    opened.feed.wait(Position.of(reached), POLL)
        except (OtherHistory, HoleInTheLog) as fault:
            fail(str(fault))
        except BrokenPipeError:  # whoever reads has enough, such as `head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _positions(text: str) -> Mapping[int | None, int]:
    """Lane -> first position; no lane: all of them."""
    try:
        if ":" not in text:
            return {None: _counted(text)}
        pairs = (pair.split(":") for pair in text.split(","))
        return {int(lane): _counted(first) for lane, first in pairs}
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no position. Write 1 for the first event, or 0:120,1:80 for two lanes.",
            param_hint="--from",
        ) from None


def _counted(text: str) -> int:
    position = int(text)
    if position < 1:
        raise ValueError("Positions are counted from 1.")
    return position


def _cursor(opened: Services, begin: Mapping[int | None, int] | None) -> Cursor:
    head = dict(opened.feed.head().lanes)
    if begin is None:
        return cursor_at(opened.feed, head)
    everywhere = begin.get(None, 1)
    unknown = sorted(lane for lane in begin if lane is not None and lane not in head)
    if unknown:
        fail(f"There is no lane {unknown[0]}: the log has {len(head)}, counted from 0.")
    last = {lane: begin.get(lane, everywhere) - 1 for lane in head}
    # Of a lane that is not so far yet, what comes next is what was asked for.
    return cursor_at(opened.feed, {lane: min(at, head[lane]) for lane, at in last.items()})


def _show(opened: Services, recorded: Recorded[Any], shown: Format) -> None:
    if shown is Format.JSONL:
        sys.stdout.write(opened.told(recorded).decode() + "\n")
        return
    line = Text()
    line.append(f"{recorded.lane}:{recorded.position:<8} ", style="dim")
    line.append(f"{recorded.occurred_at:%Y-%m-%d %H:%M:%S}Z  ")
    line.append(kind_of(type(recorded.event)), style="bold cyan")
    line.append(f"  {recorded.stream} v{recorded.version}")
    line.append(f"  {recorded.workspace}", style="dim")
    out.print(line, soft_wrap=True)
