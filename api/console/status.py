"""`chronodesk status`: how far the views are behind the log, and who works on them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from api.console.opening import services
from api.console.options import DataDir, Json
from api.console.terminal import print_json, print_table, say
from api.intake.ports import Consumes
from projections.lease_ports import Holding
from projections.owners import Member, Owner, owner
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
        feed = _feed(opened.publisher, opened.clock.now())
        left = _intake(opened.consumer, feed["error"] if feed else None)
        leases = opened.owners.leases()
        members, group_error = _members(opened.owners.members, feed["error"] if feed else None)
    owners = {
        work: owner(work, leases, members)
        for work in ((lag.projection, lag.version, lag.lane) for lag in lags)
    }
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
                        "worker": _worker(owners[lag.projection, lag.version, lag.lane]),
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
                "group": {
                    "error": group_error,
                    "members": [{"name": m.worker, "lanes": m.lanes} for m in members],
                },
                "feed": feed,
                "intake": left,
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
                _held_by(owners[lag.projection, lag.version, lag.lane]),
            )
            for lag in lags
        ],
    )
    _show(feed)
    _show_intake(left)
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


def _members(
    ask: Callable[[], Sequence[Member]], error: str | None
) -> tuple[Sequence[Member], str | None]:
    """The consumer group of workers that read from Kafka; with a reason when it cannot be told.

    With an `error`, it is not asked again.
    """
    try:
        return ([], error) if error else (ask(), None)
    except TopicUnavailable as away:
        return (), str(away)


def _feed(publisher: Publisher | None, now: datetime) -> dict[str, Any] | None:
    """How far the log is published; None: it is not meant to be."""
    if publisher is None:
        return None
    try:
        lags, error = publisher.lag(now), None
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
                "lag_seconds": round(lag.seconds, 3),
                "publisher": _worker(_publishes(lag.publisher)),
            }
            for lag in lags
        ],
    }


def _intake(consumer: Consumes | None, error: str | None) -> dict[str, Any] | None:
    """What other systems left; None: there is no Kafka. With an `error`, it is not asked again."""
    if consumer is None:
        return None
    waiting = dead = None
    try:
        if error is None:
            waiting = consumer.inbox.lag()
            dead = consumer.letters.open()
    except TopicUnavailable as away:
        error = str(away)
    return {"topic": consumer.inbox.name, "error": error, "waiting": waiting, "dead": dead}


def _show_intake(left: dict[str, Any] | None) -> None:
    if left is None:
        return
    if left["error"]:
        say(f"How many reports wait in {left['topic']} cannot be told now. {left['error']}")
        return
    print_table(
        ("reports left in", "not taken in yet", "dead letters"),
        [(left["topic"], left["waiting"], left["dead"])],
    )
    if left["dead"]:
        say("Why they were refused: chronodesk intake dead.")


def _show(feed: dict[str, Any] | None) -> None:
    if feed is None:
        return
    if feed["error"]:
        say(f"How far {feed['topic']} is published cannot be told now. {feed['error']}")
        return
    print_table(
        ("published on", "lane", "position", "log", "behind", "seconds", "publisher"),
        [
            (
                feed["topic"],
                lane["lane"],
                lane["position"],
                lane["head"],
                lane["lag"],
                f"{lane['lag_seconds']:,.1f}",
                lane["publisher"]["name"] if lane["publisher"] else "-",
            )
            for lane in feed["lanes"]
        ],
    )


def _publishes(holding: Holding | None) -> Owner | None:
    """Who has a lease to publish; nobody, when it is over: then nothing keeps others away."""
    if holding is None or holding.left < 0:
        return None
    return Owner(worker=holding.worker, lease=holding)


def _worker(held: Owner | None) -> dict[str, Any] | None:
    """`by` is a lease with its fence and times, or the consumer group, which has none."""
    if held is None:
        return None
    if held.lease is None:
        return {"name": held.worker, "by": "group"}
    return {
        "name": held.worker,
        "by": "lease",
        "fence": held.lease.fence,
        "age_seconds": round(held.lease.age, 1),
        "left_seconds": round(held.lease.left, 1),
    }


def _held_by(held: Owner | None) -> str:
    if held is None:
        return "-"
    if held.lease is None:
        return f"{held.worker}, from Kafka"
    if held.lease.left < 0:
        return f"{held.worker}, gone for {-held.lease.left:,.0f} s"
    return f"{held.worker}, for {held.lease.age:,.0f} s"
