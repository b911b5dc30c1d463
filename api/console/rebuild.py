"""`chronodesk rebuild`: build views anew from the log."""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import Advance, fail, progress, say
from projections.rebuild import Rebuilding
from projections.rebuild import rebuild as build_anew


def rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Views to build anew.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Build views anew from the log, beside the old ones, which are read until the swap.

    Example: chronodesk rebuild queue history
    """
    with services(data_dir) as opened:
        known = {projection.name: projection for projection in opened.projections}
        wanted = list(known) if all_ else names or []
        unknown = [name for name in wanted if name not in known]
        if unknown or not wanted:
            raise typer.BadParameter(
                f"Name some of {', '.join(known)}, or give --all."
                + (f" There is no {', '.join(unknown)}." if unknown else "")
            )
        for name in wanted:
            with progress(name) as advance:

                def show(now: Rebuilding, advance: Advance = advance) -> None:
                    advance(now.done, now.total)

                done = build_anew(known[name], opened.feed, opened.rows, show)
            if not done:
                fail(f"{name} was not rebuilt: another process is building it. Try again later.")
            say(f"{name} was built anew.")
