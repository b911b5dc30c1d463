"""How a command's request is taken apart, and how its route is found.

Commands are what the desk does all day, and their routes are all alike. FastAPI documents them.
What it does anew for each request (try a hundred routes in turn, solve a tree of dependencies) is
done here by a look into a table and a few lines, with the same answers to what is wrong.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from api.asking import Asking, asking
from api.auth.allow import Allow
from api.command_paths import Place
from api.routing import StrictRequest, StrictRoute, check_request
from domain.access import Principal
from domain.record import record

LONGEST_ID = 200

Ask: TypeAlias = Callable[[Asking, Principal, BaseModel | None, str], Awaitable[Response]]
Receiver: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


def receiver(ask: Ask, place: Place, wire: type[BaseModel], *, needs_body: bool) -> Receiver:
    """What a command's route does with a request: who asks, in which envelope, for what."""
    allow = Allow(place.permission)
    takes_body = bool(wire.model_fields)

    async def receive(request: Request) -> Response:
        has_body = check_request(request, _PARAMETERS, reads_body=takes_body)
        principal = await allow(request)
        headers = request.headers
        envelope = await asking(
            request,
            headers.get("idempotency-key"),
            headers.get("if-match"),
            _dry_run(request.query_params.get("dry_run")),
        )
        thing = _thing(request, place)
        body = None
        if takes_body:
            body = _read(wire, await request.json() if has_body else None, needed=needs_body)
        return await ask(envelope, principal, body, thing)

    return receive


_PARAMETERS = {"dry_run": False}
"""What may stand behind the question mark; not repeatedly."""

_FLAG = TypeAdapter(bool)


def _dry_run(given: str | None) -> bool:
    if given is None:
        return False
    try:
        return _FLAG.validate_python(given)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("query", "dry_run")} for fault in faults]
        ) from None


def _thing(request: Request, place: Place) -> str:
    if place.thing is None:
        return ""
    thing: str = request.path_params[place.thing]
    if len(thing) > LONGEST_ID:
        fault = {
            "type": "string_too_long",
            "loc": ("path", place.thing),
            "msg": f"String should have at most {LONGEST_ID} characters",
        }
        raise RequestValidationError([fault])
    return thing


def _read(wire: type[BaseModel], value: Any, *, needed: bool) -> BaseModel | None:
    if value is None:
        if needed:
            raise RequestValidationError(
                [{"type": "missing", "loc": ("body",), "msg": "Field required"}]
            )
        return None
    try:
        return wire.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from None


@record
class Known:
    """A command's route: `path` is its template, `thing` the name of the parameter in it."""

    path: str
    thing: str | None = None
    receive: Receiver


class DocumentedRoute(StrictRoute):
    """FastAPI documents it by its endpoint's signature; the endpoint's own receiver answers."""

    def get_route_handler(self) -> Receiver:
        """What the endpoint brings."""
        receive: Receiver = self.endpoint.receive  # type: ignore[attr-defined]

        async def strictly(request: Request) -> Response:
            return await receive(StrictRequest(request.scope, request.receive))

        return strictly


class CommandTable(BaseRoute):
    """Finds a command's route by the words of its path, however many commands there are.

    So it does for what else is asked for as often.

    What it does not find is left to the routes behind it, which say what is wrong: 404, 405.
    """

    def __init__(self, prefix: str, routes: Iterable[Known]) -> None:
        """Their paths are under `prefix`."""
        self._known = {
            _shape(prefix + known.path): replace(known, path=prefix + known.path)
            for known in routes
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """FULL for a command that is asked for by POST."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return Match.NONE, {}
        parts = scope["path"].split("/")
        known = self._known.get(tuple(parts))
        if known is not None:
            return Match.FULL, {"route": known, "path_params": {}}
        if len(parts) > _THING and parts[_THING]:
            thing, parts[_THING] = parts[_THING], _ANY
            known = self._known.get(tuple(parts))
            if known is not None:
                return Match.FULL, {"route": known, "path_params": {known.thing: thing}}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        known: Known = scope["route"]
        response = await known.receive(StrictRequest(scope, receive))
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Addresses are made from the routes behind."""
        raise NoMatchFound(name, path_params)


_ANY = "*"
_THING = 4  # of "", "api", "v1", "tickets", <thing>, <command>


def _shape(path: str) -> tuple[str, ...]:
    return tuple(_ANY if part.startswith("{") else part for part in path.split("/"))
