"""How a route names the shapes of its answers: `responses=answers(Shape)`."""

from http import HTTPStatus
from typing import Any, TypeAlias

Responses: TypeAlias = dict[int | str, dict[str, Any]]
"""What FastAPI takes as `responses`: status to what is said of it."""

JSON = "application/json"
LINES = "application/x-ndjson"
EVENTS = "text/event-stream"


class Documented(dict[str, Any]):
    """What is said of one status of an operation; the schema is made when somebody asks for it."""

    def __init__(
        self,
        status: int,
        shapes: tuple[Any, ...],
        media_type: str,
        description: str,
        *,
        in_pieces: bool,
    ) -> None:
        """`in_pieces`: each item of a stream has one of the shapes, not the answer as a whole."""
        super().__init__(description=description)
        self.status = status
        self.shapes = shapes
        self.media_type = media_type
        self.in_pieces = in_pieces


def answers(*shapes: Any, status: int = 200, description: str = "") -> Responses:
    """The answer has one of the shapes; the first one is what staff get.

    A shape is a record, a pydantic model, or any type that pydantic can describe.
    """
    said = description or HTTPStatus(status).phrase
    return {status: Documented(status, shapes, JSON, said, in_pieces=False)}


def streams(*shapes: Any, media_type: str, description: str) -> Responses:
    """The answer is a stream, of which each item (a line, an event) has one of the shapes."""
    return {200: Documented(200, shapes, media_type, description, in_pieces=True)}
