"""`chronodesk import`: bring the history of another system into the log."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from api.console.opening import services
from api.console.options import DataDir, Json, Workspace
from api.console.terminal import Advance, print_json, progress, say


def import_history(
    file: Annotated[Path, typer.Argument(help="CSV or XES, plain or gzip.", exists=True)],
    mapping: Annotated[
        str, typer.Option(help="Name of a ready mapping, or path of a YAML file of your own.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the full report to this file, as JSON.")
    ] = None,
    data_dir: DataDir = None,
    workspace: Workspace = None,
    json_: Json = False,
) -> None:
    """Bring the history of another system into the log.

    Every row is kept as evidence with its original instants; what does not fit our lifecycle is
    kept, counted and reported. The same file again adds nothing, and an interrupted import goes on
    where it stopped. Exit code 1 when rows could not be read.

    Example: chronodesk import incidents.csv.gz --mapping servicenow_incidents --report report.json
    """
    from api.wiring.histories import as_json, as_text, import_file

    with services(data_dir, workspace) as opened, ExitStack() as bars:
        shown: dict[str, Advance] = {}

        def show(now: Any) -> None:
            if now.phase not in shown:
                shown[now.phase] = bars.enter_context(progress(now.phase))
            shown[now.phase](now.done, now.total)

        done = import_file(opened, file, mapping, dry_run=dry_run, on_progress=show)
    if report is not None:
        report.write_text(json.dumps(as_json(done), ensure_ascii=False, indent=2) + "\n")
    if json_:
        print_json(as_json(done))
    else:
        typer.echo(as_text(done))
    if dry_run:
        say("Nothing was written: this was a dry run.")
    if not done.is_complete:
        raise typer.Exit(1)
