"""`chronodesk rebuild`: build views anew from the log, or go back to what they were."""

import json
import time
from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import Advance, complain, fail, progress, say
from projections.rebuild import Phase, Rebuilding, back
from projections.rebuild import rebuild as build_anew

_EVERY = 2.0  # seconds between two lines of JSON within a phase


def rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Views to build anew.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    back_: Annotated[
        bool, typer.Option("--back", help="Go back to what the last rebuild replaced.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=1, help="Processes that read and fold the log.")
    ] = 2,
    data_dir: DataDir = None,
    json_: Json = False,
) -> None:
    """Build views anew from the log, beside the old ones, which are read until the swap.

    The replaced tables are kept until the next rebuild. What an interrupted rebuild left behind is
    removed by the next one. With --json, each line is a JSON object.

    Example: chronodesk rebuild queue history

    Example: chronodesk rebuild --all --processes 4

    Example: chronodesk rebuild queue --back
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
                show = _Lines() if json_ else _Bar(advance)
                if back_:
                    done = back(known[name], opened.feed, opened.rows, show)
                else:
                    done = build_anew(
                        known[name],
                        opened.feed,
                        opened.rows,
                        show,
                        loader=opened.loader(processes),
                    )
            if not done and back_:
                fail(
                    f"{name} was not changed: this program's version of it has no older tables, or"
                    " another process is building it. See chronodesk status."
                )
            if not done:
                fail(f"{name} was not rebuilt: another process is building it. Try again later.")
            parked = sum(of.parked for of in opened.rows.standings() if of.projection == name)
            if json_:
                typer.echo(json.dumps({"view": name, "phase": "done", "parked": parked}))
                continue
            say(f"{name} is what it was before." if back_ else f"{name} was built anew.")
            if parked:
                complain(
                    f"{parked:,} events could not be applied to {name}, or wait for one that could"
                    " not. chronodesk status says why; chronodesk retry tries them again."
                )


class _Pace:
    """Events per second since a phase began."""

    def __init__(self) -> None:
        self.phase: Phase | None = None
        self._begun = 0.0
        self._from = 0

    def __call__(self, now: Rebuilding) -> float:
        if now.phase is not self.phase:
            self.phase, self._begun, self._from = now.phase, time.monotonic(), now.done
        spent = time.monotonic() - self._begun
        return (now.done - self._from) / spent if spent else 0.0


class _Bar:
    """For people: a bar, or lines where there is no terminal."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._pace = _Pace()

    def __call__(self, now: Rebuilding) -> None:
        if now.phase is not self._pace.phase:
            say(
                f"{now.projection}: removing what an interrupted rebuild left behind"
                if now.phase is Phase.CLEAN_UP
                else f"{now.projection}: {now.phase}"
            )
        rate = self._pace(now)
        self._advance(now.done, now.total, f"{rate:,.0f} events/s" if rate else "")


class _Lines:
    """For programs: a line of JSON at each change of phase, and every few seconds."""

    def __init__(self) -> None:
        self._pace = _Pace()
        self._next = 0.0

    def __call__(self, now: Rebuilding) -> None:
        changed = now.phase is not self._pace.phase
        rate = self._pace(now)
        if not changed and now.done < now.total and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        line = {
            "view": now.projection,
            "phase": now.phase,
            "done": now.done,
            "total": now.total,
            "events_per_second": round(rate, 1),
            "eta_seconds": round((now.total - now.done) / rate, 1) if rate else None,
        }
        typer.echo(json.dumps(line))
