"""Commands over HTTP, durable, the whole path, beside bare inserts.

`chronodesk serve` with its worker, in processes of its own: authentication, validation, decision,
append, answer, while the views are kept up to date. The mix opens tickets, adds notes, assigns and
replies, a quarter each, on shared tickets; each request has an idempotency key of its own.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from random import Random

from bench.clients import load
from bench.context import Bench
from bench.desk import AGENTS, REQUESTER, open_ticket, people, served, services, token
from bench.events import event_bytes
from bench.figure import Figure, at_least, at_most
from bench.load import Load, counted, median_of, rounds
from bench.yardsticks import inserts

Asked = tuple[str, str, str | None]

_SHARED = 200
"""Tickets that the commands are about: enough that two rarely meet, few enough to be in memory."""

_CLIENTS_OF_AIMS = 16
_AIMS = (at_least(0.5), at_most(50, "p99_ms"))


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    theirs = bench.url(bench.database())
    inserts.prepare(theirs)
    with services(url) as opened:
        people(opened)
        secret = token(opened)
        tickets = [open_ticket(opened) for _ in range(min(_SHARED, bench.scale.few))]
    kinds = _kinds(tickets)
    mix = list(chain.from_iterable(zip(*kinds.values(), strict=True)))
    most = bench.scale.clients[1]
    with served(url) as server:

        def ours(requests: Sequence[Asked], clients: int) -> Callable[[], Load]:
            seconds = bench.scale.seconds
            return lambda: load(server.port, secret, requests, clients=clients, seconds=seconds)

        for clients in bench.scale.clients[:2]:
            bench.say(f"commands over HTTP, {clients} clients")
            yield _figure("mix", clients, _taken(bench, ours(mix, clients), theirs, clients))
        for kind, requests in kinds.items():
            bench.say(f"commands over HTTP, {most} clients: {kind}")
            yield _figure(kind, most, _taken(bench, ours(requests, most), theirs, most))


def _taken(
    bench: Bench, ours: Callable[[], Load], theirs: str, clients: int
) -> dict[str, list[Load]]:
    bare = partial(inserts.by_psycopg, theirs, clients, bench.scale.seconds, event_bytes())
    return rounds(bench.scale.rounds, {"ours": ours, "bare": bare})


def _figure(kind: str, clients: int, done: Mapping[str, list[Load]]) -> Figure:
    ours, bare = done["ours"], done["bare"]
    generator = median_of(ours, "cpu_us") or 0.0
    return Figure(
        name=f"commands.{kind}.{clients}",
        what=f"commands over HTTP by {counted(clients, 'client')}: {kind}",
        unit="1/s",
        values=[load.per_second for load in ours],
        yardstick=f"{inserts.PSYCOPG}, {counted(clients, 'thread')}",
        yardsticks=[load.per_second for load in bare],
        aims=_AIMS if kind == "mix" and clients == _CLIENTS_OF_AIMS else (),
        p50_ms=median_of(ours, "p50_ms"),
        p99_ms=median_of(ours, "p99_ms"),
        yardstick_p99_ms=median_of(bare, "p99_ms"),
        more={"generator_cpu_us": generator},
    )


def _kinds(tickets: Sequence[str]) -> Mapping[str, list[Asked]]:
    """Requests of each kind, one per ticket, in an order of their own."""
    rng = Random(1)

    def on_each(command: str, **body: str) -> list[Asked]:
        shuffled = rng.sample(tickets, len(tickets))
        return [("POST", f"/tickets/{t}/{command}", json.dumps(body)) for t in shuffled]

    opening = json.dumps({"requester": REQUESTER, "subject": "Printer is broken"})
    assigning = [on_each("assign", agent=agent) for agent in AGENTS]
    return {
        "open": [("POST", "/tickets", opening)] * len(tickets),
        "note": on_each("add_note", body="Called back, nobody there."),
        "assign": [pair[n % 2] for n, pair in enumerate(zip(*assigning, strict=True))],
        "reply": on_each("reply", body="We are looking into it and come back to you."),
    }
