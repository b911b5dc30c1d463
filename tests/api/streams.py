"""Readers of the live stream, over real connections to a real server."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import uvicorn
from fastapi import FastAPI

PATIENCE = 60.0
"""Seconds until something that should happen soon counts as never."""


@dataclass(frozen=True)
class Got:
    """An event as a browser would dispatch it; `id` is what it would go on from."""

    event: str
    data: Any
    id: str


@dataclass
class Parser:
    """What the WHATWG's rules make of a stream, in so far as we use them."""

    last_id: str = ""
    retry: int | None = None
    comments: int = 0
    _id: str = ""
    _event: str = ""
    _data: list[str] = field(default_factory=list)

    def line(self, line: str) -> Got | None:
        if not line:
            self.last_id = self._id  # of a block that was cut off, nothing counts
            event, data = self._event or "message", self._data
            self._event, self._data = "", []
            return Got(event, json.loads("\n".join(data)), self.last_id) if data else None
        if line.startswith(":"):
            self.comments += 1
            return None
        name, _, value = line.partition(": ")
        match name:
            case "id":
                self._id = value
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
            case "retry":
                self.retry = int(value)
            case _:
                raise AssertionError(f"no field of an event: {line!r}")
        return None


class Stream:
    """One reader, in a thread of its own, until the block is left or the server ends it."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        position: str | None = None,
        *,
        path: str = "/live",
        query: str = "",
        **headers: str,
    ) -> None:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if position is not None:
            headers["Last-Event-ID"] = position
        self.parser = Parser()
        self.got: list[Got] = []
        self._changed = threading.Condition()
        self._over = False
        self._client = httpx.Client(timeout=PATIENCE, headers=headers)
        self._request = self._client.build_request("GET", f"{url}{path}{query}")
        self._thread = threading.Thread(target=self._read, daemon=True)

    def refused(self) -> httpx.Response:
        """The answer, which is no stream."""
        with self._client:
            response = self._client.send(self._request, stream=True)
            assert response.status_code != 200
            response.read()
            return response

    def __enter__(self) -> Self:
        self.response = self._client.send(self._request, stream=True)
        assert self.response.status_code == 200, self.response.read()
        self._thread.start()
        self.wait(lambda: self.parser.last_id != "")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # the server may have ended it
            wire = self.response.extensions["network_stream"].get_extra_info("socket")
            wire.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self.response.close()
        self._client.close()

    def wait(self, true: Callable[[], Any]) -> Any:
        """What `true` gives once it is something. Fails after PATIENCE."""
        with self._changed:
            done = self._changed.wait_for(lambda: self._over or true(), PATIENCE)
            found = true()
            assert found, f"{'over' if self._over else 'waiting' if done else 'late'}: {self.got}"
            return found

    def until(self, event: str, **data: Any) -> Got:
        """The first event of that name with these data."""

        def found() -> Got | None:
            return next((one for one in self.got if _matches(one, event, data)), None)

        got: Got = self.wait(found)
        return got

    def of(self, event: str) -> list[Any]:
        """The data of all such events until now."""
        return [one.data for one in self.got if one.event == event]

    def until_over(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._over, PATIENCE), "still open"

    @property
    def is_over(self) -> bool:
        return self._over

    @property
    def position(self) -> str:
        return self.parser.last_id

    def _read(self) -> None:
        try:
            for line in self.response.iter_lines():
                with self._changed:
                    got = self.parser.line(line)
                    if got is not None:
                        self.got.append(got)
                    self._changed.notify_all()
        except httpx.HTTPError:
            pass
        finally:
            with self._changed:
                self._over = True
                self._changed.notify_all()


def _matches(got: Got, event: str, data: dict[str, Any]) -> bool:
    return got.event == event and all(got.data.get(name) == it for name, it in data.items())


@contextlib.contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve an application as `chronodesk serve` does, in a thread; the URL of its API."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}/api/v1"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
