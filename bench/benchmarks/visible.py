"""From a command over HTTP to the same change in the queue, read with the command's token.

One client. It sends a command, then asks for the queue's first page with the position that the
answer gave; the page is sent once the view has come that far.
"""

import json
import socket
import time
from collections.abc import Iterator
from uuid import uuid4

from bench.clients import answer_of, connect, request
from bench.context import Bench
from bench.desk import REQUESTER, people, served, services, token
from bench.figure import Figure, at_most
from bench.load import Load, median_of

_ENOUGH = 1 << 18  # bytes asked of a socket at once
_TOKEN = b"x-chronodesk-position: "


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    with services(url) as opened:
        people(opened)
        secret = token(opened)
    bench.say("visible: a command, then the queue with its token")
    with served(url) as server, connect(server.port) as connection:
        _pairs(connection, secret, 0.2, with_token=True)
        taken = [
            (
                _pairs(connection, secret, bench.scale.seconds, with_token=True),
                _pairs(connection, secret, bench.scale.seconds, with_token=False),
            )
            for _ in range(bench.scale.rounds)
        ]
    ours, bare = [one for one, _ in taken], [other for _, other in taken]
    yield Figure(
        name="visible",
        what="command until visible in the queue, p99",
        unit="ms",
        values=[load.p99_ms or 0.0 for load in ours],
        yardstick="the same two requests, without waiting for the view",
        yardsticks=[load.p99_ms or 0.0 for load in bare],
        aims=(at_most(100, "p99_ms"),),
        p50_ms=median_of(ours, "p50_ms"),
        p99_ms=median_of(ours, "p99_ms"),
        yardstick_p99_ms=median_of(bare, "p99_ms"),
    )


def _pairs(connection: socket.socket, secret: str, seconds: float, *, with_token: bool) -> Load:
    """A new ticket, then the newest tickets; both together are timed."""
    opening = json.dumps({"requester": REQUESTER, "subject": "Printer is broken"})
    before, after = request("POST", "/tickets", opening, secret)
    latencies: list[float] = []
    begun = time.perf_counter()
    while not latencies or time.perf_counter() - begun < seconds:
        sent = time.perf_counter()
        head, answer = _asked(connection, before + str(uuid4()).encode() + after)
        more = f"X-Chronodesk-Position: {_position(head)}\r\n" if with_token else ""
        reading = request(
            "GET", "/tickets?limit=50&sort=opened_at&direction=desc", None, secret, more
        )
        _, page = _asked(connection, b"".join(reading))
        latencies.append(time.perf_counter() - sent)
        ticket = json.loads(answer)["id"]
        if with_token and ticket not in {item["id"] for item in json.loads(page)["items"]}:
            raise RuntimeError(f"The queue does not show {ticket}.")
    return Load.of(latencies, time.perf_counter() - begun)


def _position(head: bytes) -> str:
    """The token that names the change."""
    place = head.lower().index(_TOKEN) + len(_TOKEN)
    return head[place:].partition(b"\r\n")[0].decode()


def _asked(connection: socket.socket, text: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer."""
    connection.sendall(text)
    received = b""
    while (answer := answer_of(received)) is None:
        received += connection.recv(_ENOUGH)
    status, head, body = answer
    if status not in (200, 201):
        raise RuntimeError(f"Answered {received[:600]!r}")
    return head, received[body:]
