"""HTTP clients that cost the machine little: `python -m bench.clients < plan.json`.

A process of its own with one thread. Requests are bytes made before the clock starts, of an answer
only the status line and the length are looked at, and connections are kept alive; so the core that
the clients run on is nearly free for what is measured. The plan is a JSON object:

    port, token
    clients   how many connections, each with one request under way
    seconds   how long; or `most`, how many requests in all, if they are done before
    requests  [[method, path below /api/v1, body or null], ...], taken one after the other

The answer is one JSON object: count, seconds, p50_ms, p99_ms, cpu_us (processor time of this
process per request, in microseconds).
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice, repeat
from typing import Any
from uuid import uuid4

from bench.load import Load

_LENGTH = b"\r\ncontent-length: "
_END = b"\r\n\r\n"
_ENOUGH = 1 << 18  # bytes asked of a socket at once
_PATIENCE = 30.0  # seconds without any answer at all

Asked = Sequence[tuple[str, str, str | None]]


def load(
    port: int,
    token: str,
    requests: Asked,
    *,
    clients: int = 1,
    seconds: float = 60,
    most: int | None = None,
) -> Load:
    """Run clients in a process of their own; what they measured. Raises RuntimeError."""
    plan = {
        "port": port,
        "token": token,
        "requests": list(requests),
        "clients": clients,
        "seconds": seconds,
        "most": most,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.clients"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Load(**json.loads(done.stdout))


def request(
    method: str, path: str, body: str | None, token: str, more: str = ""
) -> tuple[bytes, bytes]:
    """The bytes of a request, before and after its idempotency key."""
    content = (body or "").encode()
    head = (
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"{more}"
    )
    if method == "GET":
        return head.encode(), b"\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nIf-Match: *\r\n"
    return f"{head}Idempotency-Key: ".encode(), _END + content


def answer_of(received: bytes) -> tuple[int, bytes, int] | None:
    """Status, head and where the body begins, once it is all there; None before.

    Raises ValueError for an answer without a length.
    """
    head, end, body = received.partition(_END)
    if not end:
        return None
    _, named, after = head.lower().partition(_LENGTH)
    if not named:
        raise ValueError(f"An answer without a length: {head!r}")
    if len(body) < int(after.partition(b"\r\n")[0]):
        return None
    return int(head[9:12]), head, len(head) + len(_END)


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@dataclass
class _Client:
    connection: socket.socket
    sent: float = 0.0
    received: bytes = field(default=b"")


def main() -> None:
    """Read the plan, do it, print what came of it."""
    plan = json.load(sys.stdin)
    ready = [request(method, path, body, plan["token"]) for method, path, body in plan["requests"]]
    measured = _run(plan, islice(_texts(ready), plan["most"]))
    json.dump(asdict(measured), sys.stdout)


def _texts(ready: Sequence[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Requests without an end; each that writes has a key that no other has."""
    run = str(uuid4())[:24].encode()
    number = 0
    for round_ in repeat(ready):
        for before, after in round_:
            number += 1
            yield before + (after if after == b"\r\n" else run + b"%012x" % number + after)


def _run(plan: dict[str, Any], texts: Iterator[bytes]) -> Load:
    clients = [_Client(connect(plan["port"])) for _ in range(plan["clients"])]
    latencies: list[float] = []
    clock = time.perf_counter
    with selectors.DefaultSelector() as waiting:
        processor, begun = time.process_time(), clock()
        end = begun + plan["seconds"]
        for client in clients:
            waiting.register(client.connection, selectors.EVENT_READ, client)
            _send(client, texts, waiting)
        while waiting.get_map():
            ready = waiting.select(_PATIENCE)
            if not ready:
                sys.exit(f"No answer within {_PATIENCE:.0f} s.")
            for key, _ in ready:
                client = key.data
                client.received += client.connection.recv(_ENOUGH)
                answer = answer_of(client.received)
                if answer is None:
                    continue
                now = clock()
                latencies.append(now - client.sent)
                if answer[0] not in (200, 201):
                    sys.exit(f"Answered {client.received[:600]!r}")
                _send(client, texts if now < end else iter(()), waiting)
        seconds, processor = clock() - begun, time.process_time() - processor
    return replace(Load.of(latencies, seconds), cpu_us=processor / len(latencies) * 1e6)


def _send(client: _Client, texts: Iterator[bytes], waiting: selectors.BaseSelector) -> None:
    """The next request; without one the client is done."""
    text = next(texts, None)
    if text is None:
        waiting.unregister(client.connection)
        return
    client.received = b""
    client.sent = time.perf_counter()
    client.connection.sendall(text)


if __name__ == "__main__":
    main()
