"""What people look at, over HTTP by one client, with few tickets and with many.

Two desks are served at the same time and asked in turn, with the route that looks at nothing
between them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from bench.clients import load
from bench.context import Bench
from bench.desk import UNTIL, served, services, token
from bench.figure import Aim, Figure, at_most
from bench.load import Load, median_of, rounds
from bench.tickets import filled, some_tickets

_BARE = "the route that looks at nothing"
_MIDDLE = UNTIL - timedelta(days=180)
_TICKETS = 50  # that are looked at

_P99 = at_most(20, "p99_ms")
_SLOW = at_most(200, "p99_ms")
_GROWTH = at_most(1.5)
_AIMS: Mapping[str, tuple[Aim, ...]] = {
    "queue": (_P99, _GROWTH),
    "ticket": (_P99,),
    "ticket-events": (_P99,),
    "ticket-as-of": (_P99,),
    "queue-as-of": (_SLOW,),
    "kpi-year": (_SLOW,),
}
_WHAT = {
    "queue": "queue page of 50",
    "ticket": "ticket page",
    "ticket-events": "ticket with its whole history",
    "ticket-as-of": "ticket as of an instant",
    "queue-as-of": "queue page of 50 as of an instant half a year earlier",
    "counters": "counters of all views",
    "kpi-year": "all figures over a year by queue and priority",
}

Paths = dict[str, list[str]]


def measure(bench: Bench) -> Iterator[Figure]:
    few, many = filled(bench, bench.scale.few), filled(bench, bench.scale.many)
    secrets, paths = {}, {}
    for url in (few, many):
        with services(url) as opened:
            secrets[url] = token(opened)
        paths[url] = _paths(some_tickets(url, _TICKETS))
    with served(few) as of_few, served(many) as of_many:

        def asked(url: str, port: int, path: list[str]) -> Load:
            requests = [("GET", one, None) for one in path]
            return load(
                port, secrets[url], requests, seconds=bench.scale.seconds, most=bench.scale.pages
            )

        for kind, what in _WHAT.items():
            bench.say(f"pages: {what}")
            done = rounds(
                bench.scale.rounds,
                {
                    "few": partial(asked, few, of_few.port, paths[few][kind]),
                    "bare": partial(asked, few, of_few.port, ["/health"]),
                    "many": partial(asked, many, of_many.port, paths[many][kind]),
                },
            )
            yield Figure(
                name=f"pages.{kind}.few",
                what=f"{what}, {bench.scale.few:,} tickets, p99",
                yardstick=_BARE,
                **_measured(done["few"], done["bare"]),
            )
            yield Figure(
                name=f"pages.{kind}.many",
                what=f"{what}, {bench.scale.many:,} tickets, p99",
                yardstick=f"the same with {bench.scale.few:,} tickets",
                aims=_AIMS.get(kind, ()),
                **_measured(done["many"], done["few"]),
            )


def _measured(ours: Sequence[Load], theirs: Sequence[Load]) -> dict[str, Any]:
    return {
        "unit": "ms",
        "values": [load.p99_ms for load in ours],
        "yardsticks": [load.p99_ms for load in theirs],
        "p50_ms": median_of(ours, "p50_ms"),
        "p99_ms": median_of(ours, "p99_ms"),
        "yardstick_p99_ms": median_of(theirs, "p99_ms"),
    }


def _paths(tickets: list[str]) -> Paths:
    then = urlencode({"as_of": _MIDDLE.isoformat()})
    year = urlencode(
        [
            ("from", (UNTIL - timedelta(days=365)).isoformat()),
            ("until", UNTIL.isoformat()),
            ("by", "queue"),
            ("by", "priority"),
        ]
    )
    return {
        "queue": ["/tickets?limit=50"],
        "ticket": [f"/tickets/{ticket}" for ticket in tickets],
        "ticket-events": [f"/tickets/{ticket}/events?limit=1000" for ticket in tickets],
        "ticket-as-of": [
            f"/tickets/{ticket}?{urlencode({'as_of': UNTIL.isoformat()})}" for ticket in tickets
        ],
        "queue-as-of": [f"/tickets?limit=50&{then}"],
        "counters": ["/views"],
        "kpi-year": [f"/kpi?{year}"],
    }
