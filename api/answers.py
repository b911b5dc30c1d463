"""JSON answers: snake_case, instants in RFC 3339 UTC, durations in seconds."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.problems import Problem, document

PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
"""Headers of what one person may see and another may not."""

UNKEPT = {"Cache-Control": "no-store"}
"""Headers of what has to do with who is signed in, and may be kept nowhere."""


class Answer(Response):
    """A JSON response. Records, enums and instants are written as they are."""

    media_type = "application/json"

    def __init__(
        self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(dump(content), status_code, headers)


class ProblemAnswer(Response):
    """A problem document."""

    media_type = "application/problem+json"


def dump(content: Any) -> bytes:
    """JSON in UTF-8."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def problem_response(request: Request, problem: Problem) -> ProblemAnswer:
    """The problem document for a request (RFC 9457)."""
    body = document(
        problem.code,
        problem.detail,
        request.scope["path"],
        getattr(request.state, "request_id", ""),
        **problem.details,
    )
    return ProblemAnswer(dump(body), problem.status_code, problem.headers)


def _plain(value: Any) -> Any:
    match value:
        case AbstractSet():
            return sorted(value, key=str)
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return float(value)
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
