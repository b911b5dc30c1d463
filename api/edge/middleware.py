"""The outermost layer, as plain ASGI: what happens to every request, whichever route it takes."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from random import getrandbits
from typing import Any

import structlog
from starlette.requests import Request

from api.answers import problem_response
from api.edge.metrics import Metrics
from api.problems import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}.*"
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        _CONTENT_POLICY,
    ),
]

log = structlog.get_logger("http")


class Edge:
    """Names the request, limits its body, catches what nobody caught, counts and logs."""

    def __init__(
        self, app: App, metrics: Metrics, body_limit: int, longer: Mapping[str, int]
    ) -> None:
        """`body_limit` in bytes; `longer` are paths whose bodies have limits of their own."""
        self._app = app
        self._metrics = metrics
        self._limit = body_limit
        self._longer = longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, ended = time.perf_counter(), None
        headers = dict(scope["headers"])
        state = scope.setdefault("state", {})
        state["request_id"] = _request_id(headers)
        state["trace_id"] = _trace_id(headers)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                if _is_stream(message["headers"]):
                    ended = time.perf_counter()  # how long it stays open is no matter of speed
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", state["request_id"].encode()),
                    *_SECURITY_HEADERS,
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=state["request_id"]):
            try:
                limit = self._longer.get(scope["path"], self._limit)
                body = _Body(receive, limit, headers.get(b"content-length"))
                await self._app(scope, body.receive, answer)
            except Problem as problem:
                await _answer_problem(scope, receive, answer, problem, begun=bool(status))
            except Exception:
                log.exception("failed", method=scope["method"], path=scope["path"])
                failed = Problem("internal", "The request could not be answered.")
                await _answer_problem(scope, receive, answer, failed, begun=bool(status))
            finally:
                self._report(scope, status, (ended or time.perf_counter()) - began)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        self._metrics.answered(method, route, status, seconds)
        log.info(
            "answered",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 1),
            who=getattr(scope["state"].get("principal"), "person", None),
        )


class _Body:
    """The request's body, up to a limit, whether or not its length was announced."""

    def __init__(self, receive: Receive, limit: int, announced: bytes | None) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._announced = announced

    async def receive(self) -> Message:
        announced = self._announced
        if announced is not None and announced.isdigit() and int(announced[:20]) > self._limit:
            raise self._too_large()
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._limit:
            raise self._too_large()
        return message

    def _too_large(self) -> Problem:
        return Problem(
            "too-large",
            f"A body may have {self._limit:,} bytes.",
            headers={"Connection": "close"},
            limit=self._limit,
        )


async def _answer_problem(
    scope: Scope, receive: Receive, send: Send, problem: Problem, *, begun: bool
) -> None:
    """Send a problem document, unless an answer was under way: then only the connection ends."""
    if not begun:
        await problem_response(Request(scope), problem)(scope, receive, send)


def _is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(n == b"content-type" and v.startswith(b"text/event-stream") for n, v in headers)


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    # It names a request to those who look for it, and guards nothing: no call to the system for it.
    return given if _REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"


def _trace_id(headers: dict[bytes, bytes]) -> str | None:
    """The trace that the caller belongs to (W3C Trace Context, level 1), if it says so."""
    found = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    return found[1] if found else None
