"""`chronodesk status`: how far the views are behind the log, and who works on them."""

from typing import Any

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, say
from projections.lease_ports import Holding

SHOWN = 10
"""Streams with a parked event that are listed one by one."""


def status(data_dir: DataDir = None, json_: Json = False) -> None:
    """Show how far each view is behind the log, who works on it, and what it could not take.

    Example: chronodesk status --json
    """
    with services(data_dir) as opened:
        lags = opened.runner.lag()
        parked = opened.runner.parked()
        kept = opened.rows.kept()
        held = {(h.projection, h.version, h.lane): h for h in opened.runner.holdings()}
    if json_:
        print_json(
            {
                "views": [
                    {
                        "projection": lag.projection,
                        "version": lag.version,
                        "lane": lag.lane,
                        "position": lag.position,
                        "head": lag.head,
                        "lag": lag.events,
                        "parked": lag.parked,
                        "worker": _worker(held.get((lag.projection, lag.version, lag.lane))),
                    }
                    for lag in lags
                ],
                "parked": [
                    {"projection": p.projection, "stream": p.stream, "reason": p.reason}
                    for p in parked
                ],
                "kept": [
                    {
                        "projection": k.projection,
                        "version": k.version,
                        "since": k.since,
                        "bytes": k.size,
                    }
                    for k in kept
                ],
            }
        )
        return
    print_table(
        ("view", "version", "lane", "position", "log", "behind", "parked", "worker"),
        [
            (
                lag.projection,
                lag.version,
                lag.lane,
                lag.position,
                lag.head,
                lag.events,
                lag.parked,
                _held_by(held.get((lag.projection, lag.version, lag.lane))),
            )
            for lag in lags
        ],
    )
    # An event that follows a parked one of its stream waits for it: only the first has a fault.
    first = {(p.projection, p.workspace, p.stream): p for p in reversed(parked)}
    faults = sorted(first.values(), key=lambda p: (p.projection, p.lane, p.position))
    for p in faults[:SHOWN]:
        say(f"Parked in {p.projection}: {p.stream}, version {p.stream_version}: {p.reason}")
    if len(faults) > SHOWN:
        say(f"... and {len(faults) - SHOWN:,} more streams; --json lists every event.")
    if faults:
        say("When the cause is mended: chronodesk retry, or chronodesk rebuild VIEW.")
    for k in kept:
        say(
            f"Kept from before the last rebuild: {k.projection}, version {k.version},"
            f" {k.size / 2**20:,.1f} MB. To go back: chronodesk rebuild {k.projection} --back."
        )


def _worker(holding: Holding | None) -> dict[str, Any] | None:
    if holding is None:
        return None
    return {
        "name": holding.worker,
        "fence": holding.fence,
        "age_seconds": round(holding.age, 1),
        "left_seconds": round(holding.left, 1),
    }


def _held_by(holding: Holding | None) -> str:
    if holding is None:
        return "-"
    if holding.left < 0:
        return f"{holding.worker}, gone for {-holding.left:,.0f} s"
    return f"{holding.worker}, for {holding.age:,.0f} s"
