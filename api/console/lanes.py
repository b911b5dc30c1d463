"""`chronodesk lanes`: show and change into how many lanes the log is divided."""

from typing import Annotated

import typer

from api.console.opening import settings
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, say

lanes = typer.Typer(help="Show and change the lanes of the log.", invoke_without_command=True)

_COLUMNS = ("lane", "new_streams", "last_position", "streams")


@lanes.callback()
def show(context: typer.Context, data_dir: DataDir = None, json_: Json = False) -> None:
    """Show the lanes of the log: whether new streams go there, and what is in them.

    Example: chronodesk lanes --json
    """
    if context.invoked_subcommand is not None:
        return
    from api.wiring.database import log_lanes

    with log_lanes(settings(data_dir)) as log:
        rows = [(lane.lane, lane.open, lane.head, lane.streams) for lane in log.all()]
    if json_:
        print_json([dict(zip(_COLUMNS, row, strict=True)) for row in rows])
        return
    print_table(_COLUMNS, rows)


@lanes.command("set")
def set_(
    count: Annotated[int, typer.Argument(min=1, max=1024, help="Lanes for new streams.")],
    data_dir: DataDir = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let new streams go to so many lanes.

    Each lane is written by one call at a time: more lanes let more servers write at once, and there
    is an order of events within each lane only. Streams that are there stay in their lanes, which
    are read as before. Programs that are running learn of it with their next write.

    Example: chronodesk lanes set 4
    """
    from api.wiring.database import log_lanes

    with log_lanes(settings(data_dir)) as log:
        before = log.all()
        there, now = len(before), sum(lane.open for lane in before)
        say(f"New streams go to {now} of {there} lanes; from now on, to the first {count}.")
        if count > there:
            say(f"Lanes that are added: {count - there}. A lane is never taken away again.")
        say("Streams that are there stay in their lanes. Events have an order within a lane only.")
        if not yes:
            typer.confirm("Go on?", abort=True, err=True)
        log.set(count)
    say("Done. Programs that are running learn of it with their next write.")


@lanes.command()
def fence(data_dir: DataDir = None) -> None:
    """Let every running program read the lanes again before it writes.

    For after a restore: what a program remembers from before it is then not written.

    Example: chronodesk lanes fence
    """
    from api.wiring.database import log_lanes

    with log_lanes(settings(data_dir)) as log:
        log.fence()
    say("Done. Programs that are running read the lanes again before they write.")
