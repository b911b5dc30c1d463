"""How a route names the shapes of its answers: `responses=answers(Shape)`."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeAlias

Responses: TypeAlias = dict[int | str, dict[str, Any]]
"""What FastAPI takes as `responses`: status to what is said of it."""

JSON = "application/json"
LINES = "application/x-ndjson"
EVENTS = "text/event-stream"


class Audience(StrEnum):
    """Whom an answer goes to: requesters get fewer fields than staff."""

    STAFF = "staff"
    REQUESTERS = "requesters"


class Documented(dict[str, Any]):
    """What is said of one status of an operation; the schema is made when somebody asks for it.

    `to_requesters` are the shapes of what a requester gets, when that is something else.
    `in_pieces`: each item of a stream has one of the shapes, not the answer as a whole.
    """

    def __init__(
        self,
        shapes: tuple[Any, ...],
        *,
        status: int = 200,
        media_type: str = JSON,
        description: str = "",
        to_requesters: tuple[Any, ...] = (),
        in_pieces: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(description=description or HTTPStatus(status).phrase)
        self.status = status
        self.media_type = media_type
        self.shapes = shapes
        self.to_requesters = to_requesters
        self.in_pieces = in_pieces
        self.headers = headers or {}


def answers(
    *shapes: Any,
    status: int = 200,
    description: str = "",
    to_requesters: tuple[Any, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Responses:
    """The answer has one of the shapes, or to a requester one of those if there are any.

    A shape is a record, a pydantic model, or any type that pydantic can describe. `headers`: what
    those say that the answer comes with, besides the usual ones.
    """
    said = Documented(
        shapes,
        status=status,
        description=description,
        to_requesters=to_requesters,
        headers=headers,
    )
    return {status: said}


def streams(
    *shapes: Any, media_type: str, description: str, to_requesters: tuple[Any, ...] = ()
) -> Responses:
    """The answer is a stream, of which each item (a line, an event) has one of the shapes."""
    said = Documented(
        shapes,
        media_type=media_type,
        description=description,
        to_requesters=to_requesters,
        in_pieces=True,
    )
    return {200: said}
