"""`chronodesk status`: how far the views are behind the log."""

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, say

SHOWN = 10
"""Streams with a parked event that are listed one by one."""


def status(data_dir: DataDir = None, json_: Json = False) -> None:
    """Show how far each view is behind the log, and which events it could not take.

    Example: chronodesk status --json
    """
    with services(data_dir) as opened:
        lags = opened.runner.lag()
        parked = opened.runner.parked()
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
                    }
                    for lag in lags
                ],
                "parked": [
                    {"projection": p.projection, "stream": p.stream, "reason": p.reason}
                    for p in parked
                ],
            }
        )
        return
    print_table(
        ("view", "version", "lane", "position", "log", "behind", "parked"),
        [
            (lag.projection, lag.version, lag.lane, lag.position, lag.head, lag.events, lag.parked)
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
