"""`chronodesk status`: how far the views are behind the log, and who works on them."""

from typing import Any

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, say
from projections.lease_ports import Holding
from projections.publish import Publisher
from projections.publish_ports import TopicUnavailable

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
        feed = _feed(opened.publisher)
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
                "feed": feed,
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
    _show(feed)
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


def _feed(publisher: Publisher | None) -> dict[str, Any] | None:
    """How far the log is published; None: it is not meant to be."""
    if publisher is None:
        return None
    try:
        lags, error = publisher.lag(), None
    except TopicUnavailable as away:
        lags, error = [], str(away)
    return {
        "topic": publisher.topic,
        "error": error,
        "lanes": [
            {
                "lane": lag.lane,
                "position": lag.position,
                "head": lag.head,
                "lag": lag.events,
                "publisher": _worker(lag.publisher),
            }
            for lag in lags
        ],
    }


def _show(feed: dict[str, Any] | None) -> None:
    if feed is None:
        return
    if feed["error"]:
        say(f"How far {feed['topic']} is published cannot be told now. {feed['error']}")
        return
    print_table(
        ("published on", "lane", "position", "log", "behind", "publisher"),
        [
            (
                feed["topic"],
                lane["lane"],
                lane["position"],
                lane["head"],
                lane["lag"],
                lane["publisher"]["name"] if lane["publisher"] else "-",
            )
            for lane in feed["lanes"]
        ],
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
