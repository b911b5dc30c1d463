"""From a command over HTTP to the same change before somebody's eyes: asked for, and pushed.

One client sends commands. To see what came of one it asks for the queue's first page with the
position that the answer gave; the page is sent once the view has come that far. Or it does not ask,
and readers of the live stream wait until each of them has been told.
"""

import json
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from bench.clients import answer_of, connect, request
from bench.context import Bench
from bench.desk import REQUESTER, people, served, services, token
from bench.figure import Figure, at_most
from bench.load import Load, counted, median_of, rounds

_ENOUGH = 1 << 18  # bytes asked of a socket at once
_TOKEN = b"x-chronodesk-position: "


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    with services(url) as opened:
        people(opened)
        secret = token(opened)
        more = [token(opened, f"reader{n}") for n in range(bench.scale.readers)]
    bench.say("visible: a command, then the queue with its token; or the live stream")
    with served(url) as server, connect(server.port) as connection:
        seconds = bench.scale.seconds
        _pairs(connection, secret, 0.2, with_token=True)
        works = {
            "asked": lambda: _pairs(connection, secret, seconds, with_token=True),
            "bare": lambda: _pairs(connection, secret, seconds, with_token=False),
            "one": lambda: _pushed(connection, secret, seconds, server.port, [secret]),
            "many": lambda: _pushed(connection, secret, seconds, server.port, more),
        }
        taken = rounds(bench.scale.rounds, works)
    ours, bare = taken["asked"], taken["bare"]
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
    for name, readers in (("one", 1), ("many", len(more))):
        told = taken[name]
        yield Figure(
            name=f"pushed.{name}",
            what=f"command until pushed to {counted(readers, 'reader')}, p99",
            unit="ms",
            values=[load.p99_ms or 0.0 for load in told],
            yardstick="a command, then the queue with its token",
            yardsticks=[load.p99_ms or 0.0 for load in ours],
            aims=(at_most(100, "p99_ms"),),
            p50_ms=median_of(told, "p50_ms"),
            p99_ms=median_of(told, "p99_ms"),
            yardstick_p99_ms=median_of(ours, "p99_ms"),
            more={"readers": readers},
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


def _pushed(
    connection: socket.socket, secret: str, seconds: float, port: int, readers: Sequence[str]
) -> Load:
    """A new ticket, until every reader has been told of it. `readers` are their tokens."""
    opening = json.dumps({"requester": REQUESTER, "subject": "Printer is broken"})
    before, after = request("POST", "/tickets", opening, secret)
    latencies: list[float] = []
    with _reading(port, readers) as streams:
        begun = time.perf_counter()
        while not latencies or time.perf_counter() - begun < seconds:
            sent = time.perf_counter()
            _, answer = _asked(connection, before + str(uuid4()).encode() + after)
            _until_told(streams, json.loads(answer)["id"].encode())
            latencies.append(time.perf_counter() - sent)
        return Load.of(latencies, time.perf_counter() - begun)


@contextmanager
def _reading(port: int, readers: Sequence[str]) -> Iterator[selectors.BaseSelector]:
    """Live streams that have begun, each with what was received of it lately."""
    with ExitStack() as stack, selectors.DefaultSelector() as streams:
        for reader in readers:
            stream = stack.enter_context(connect(port))
            stream.sendall(b"".join(request("GET", "/live", None, reader)))
            received = b""
            while b"retry: " not in received:
                received += stream.recv(_ENOUGH)
            if not received.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"Answered {received[:600]!r}")
            streams.register(stream, selectors.EVENT_READ, bytearray())
        yield streams


def _until_told(streams: selectors.BaseSelector, ticket: bytes) -> None:
    """Wait until all streams name the ticket."""
    left = len(streams.get_map())
    for key in streams.get_map().values():
        left -= ticket in key.data
    while left:
        for key, _ in streams.select():
            known = ticket in key.data
            key.data.extend(key.fileobj.recv(_ENOUGH))  # type: ignore[union-attr]
            left -= not known and ticket in key.data
    for key in streams.get_map().values():
        key.data.clear()


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
