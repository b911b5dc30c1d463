"""`chronodesk retry`: apply again what a view could not take."""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import fail, say


def retry(
    view: Annotated[str | None, typer.Argument(help="Only this view.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Apply parked events again, after what was wrong with them was mended.

    Exit code 1 when some stay parked; `chronodesk status` says why.

    Example: chronodesk retry queue
    """
    with services(data_dir) as opened:
        known = [projection.name for projection in opened.projections]
        if view is not None and view not in known:
            raise typer.BadParameter(f"There is no view {view}; name one of {', '.join(known)}.")
        done, left = opened.runner.retry(view)
    if left:
        fail(f"{done:,} events were applied, {left:,} stay parked: see `chronodesk status`.")
    say(f"{done:,} events were applied; nothing is parked." if done else "Nothing is parked.")
