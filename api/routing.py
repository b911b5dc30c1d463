"""Routes that take nothing they do not know: no unknown parameter, no sloppy body."""

from collections.abc import Callable, Coroutine
from typing import Any, get_origin

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Answer
from api.problems import Problem
from api.text import clean, read_json


class StrictRequest(Request):
    """A request whose body is read by `read_json`."""

    async def json(self) -> Any:
        if not hasattr(self, "_read"):
            self._read = read_json(await self.body())
        return self._read


class StrictRoute(APIRoute):
    """Checks what FastAPI leaves open before the route's own validation begins."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()
        known = _query_names(self.dependant)
        reads_body = self.body_field is not None

        async def strictly(request: Request) -> Response:
            check_request(request, known, reads_body=reads_body)
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def strict_router(tag: str, route_class: type[APIRoute] = StrictRoute) -> APIRouter:
    """A router for one group of the reference."""
    return APIRouter(tags=[tag], route_class=route_class, default_response_class=Answer)


def check_request(request: Request, known: dict[str, bool], *, reads_body: bool) -> bool:
    """Whether there is a body. Raises Problem for an address or a body that no route takes.

    `known` are the parameters of the query that the route knows: may each come repeatedly?
    """
    _check_address(request, known)
    has_body = _has_body(request)
    if reads_body and has_body:
        _check_content_type(request)
    return has_body


def _query_names(dependant: Dependant) -> dict[str, bool]:
    """The parameters a route knows, with those of its dependencies: may each come repeatedly?"""
    known: dict[str, bool] = {}
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                known[field.alias or name] = get_origin(field.annotation) is list
        else:
            known[parameter.alias] = get_origin(annotation) is list
    for dependency in dependant.dependencies:
        known |= _query_names(dependency)
    return known


def _check_address(request: Request, known: dict[str, bool]) -> None:
    for value in request.path_params.values():
        _check_text("The address", str(value))
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        _check_text(f"The parameter {name[:100]!r}", value)
        if name not in known:
            takes = ", ".join(sorted(known)) or "none at all"
            raise _invalid(name, "unknown parameter", f"Remove it; known are: {takes}.")
        if name in seen and not known[name]:
            raise _invalid(name, "given twice", "Give it once.")
        seen.add(name)


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length")
    return length != "0" if length is not None else "transfer-encoding" in request.headers


def _check_content_type(request: Request) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "application/json":
        raise Problem("not-json", f"It came as {given[:100]!r}." if given else "It has no type.")


def _check_text(what: str, text: str) -> None:
    try:
        clean(text)
    except ValueError as error:
        raise Problem("bad-request", f"{what} {error}.") from None


def _invalid(name: str, message: str, remedy: str) -> Problem:
    error = {"in": "query", "field": name[:100], "message": message, "what_to_do": remedy}
    return Problem("invalid", f"{name[:100]}: {message}. {remedy}", errors=[error])
