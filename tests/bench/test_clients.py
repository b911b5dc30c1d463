"""The clients send what they were told to, and notice what is not answered as it should be."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.clients import answer_of, load


@contextmanager
def desk(status: int = 200) -> Iterator[tuple[int, list[tuple[str, str, str | None, bytes]]]]:
    """A server that notes what it is asked; its port, and the notes."""
    noted: list[tuple[str, str, str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            noted.append((self.command, self.path, self.headers["Idempotency-Key"], body))
            self.send_response(status)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        do_GET = do_POST = _answer  # noqa: N815 - as the base class calls them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, noted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_clients_send_each_request_in_turn_with_a_key_of_its_own() -> None:
    asked = [("POST", "/tickets", '{"a": 1}'), ("GET", "/views", None)]
    with desk() as (port, noted):
        measured = load(port, "secret", asked, clients=2, most=20)
    assert measured.count == len(noted) == 20
    posted = [one for one in noted if one[0] == "POST"]
    assert {(path, body) for _, path, _, body in posted} == {("/api/v1/tickets", b'{"a": 1}')}
    keys = {key for _, _, key, _ in posted}
    assert len(keys) == len(posted) == 10
    assert all(
        re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key or "") for key in keys
    )
    assert {one[1:] for one in noted if one[0] == "GET"} == {("/api/v1/views", None, b"")}


def test_clients_stop_after_the_time_they_were_given() -> None:
    with desk() as (port, noted):
        measured = load(port, "secret", [("GET", "/views", None)], clients=3, seconds=1)
    assert measured.count == len(noted) >= 3
    assert 1 <= measured.seconds < 30
    assert (measured.cpu_us or 0) > 0


def test_a_refused_request_ends_the_measurement() -> None:
    with desk(status=503) as (port, _), pytest.raises(RuntimeError, match="503"):
        load(port, "secret", [("GET", "/views", None)], most=1)


def test_an_answer_is_taken_when_all_of_it_is_there() -> None:
    whole = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nETag: x\r\n\r\nhello"
    for end in range(len(whole)):
        assert answer_of(whole[:end]) is None
    answer = answer_of(whole)
    assert answer is not None
    assert (answer[0], whole[answer[2] :]) == (201, b"hello")
