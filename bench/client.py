"""The clients of a measurement, in a process of their own: `python -m bench.client < plan.json`.

Connections are kept alive and requests are as small as HTTP allows, so that what is measured is
the server. The answer is a JSON object with the count, the seconds and the latencies.
"""

import http.client
import json
import sys
import threading
import time
import uuid
from random import Random
from typing import Any

_OK = (200, 201)


def main() -> None:
    """Read the plan, do it, print what came of it."""
    plan = json.load(sys.stdin)
    latencies: list[list[float]] = [[] for _ in range(plan["clients"])]
    begun = time.perf_counter()
    clients = [
        threading.Thread(target=_client, args=(plan, n, latencies[n]))
        for n in range(plan["clients"])
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - begun
    every = sorted(latency for of_client in latencies for latency in of_client)
    if not every:
        sys.exit("No request was answered.")
    print(
        json.dumps(
            {
                "count": len(every),
                "per_second": len(every) / seconds,
                "p50": every[len(every) // 2],
                "p99": every[min(len(every) - 1, len(every) * 99 // 100)],
            }
        )
    )


def _client(plan: dict[str, Any], n: int, latencies: list[float]) -> None:
    rng = Random(n)
    connection = http.client.HTTPConnection("127.0.0.1", plan["port"])
    connection.connect()
    headers = {
        "Authorization": f"Bearer {plan['token']}",
        "Content-Type": "application/json",
        "If-Match": "*",
    }
    end = time.perf_counter() + plan["seconds"]
    while time.perf_counter() < end and len(latencies) < plan.get("most", 10**9):
        method, path, body = _request(plan, rng)
        sent = {**headers, "Idempotency-Key": str(uuid.UUID(int=rng.getrandbits(128), version=4))}
        begun = time.perf_counter()
        connection.request(method, f"/api/v1{path}", body, sent)
        answer = connection.getresponse()
        content = answer.read()
        latencies.append(time.perf_counter() - begun)
        if answer.status not in _OK:
            sys.exit(f"{method} {path}: {answer.status} {content[:300]!r}")
    connection.close()


def _request(plan: dict[str, Any], rng: Random) -> tuple[str, str, str | None]:
    if "get" in plan:
        return "GET", plan["get"], None
    on = f"/tickets/{rng.choice(plan['tickets'])}"
    path, body = rng.choice(
        (
            ("/tickets", {"requester": "mina", "subject": "Printer is broken"}),
            (f"{on}/add_note", {"body": "Called back, nobody there."}),
            (f"{on}/assign", {"agent": rng.choice(("kim", "lee"))}),
            (f"{on}/reply", {"body": "We are looking into it and come back to you."}),
        )
    )
    return "POST", path, json.dumps(body)


if __name__ == "__main__":
    main()
