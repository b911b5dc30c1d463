"""What FastAPI cannot know of the API's description: problems, and what answers look like."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi.routing import APIRoute

from api.auth import cookie, csrf
from api.problems import PROBLEMS
from api.shapes.naming import Audience, Documented
from api.shapes.schema import schemas_of

_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). Some kinds carry more than these fields.",
    "additionalProperties": True,
    "required": ["type", "title", "status", "detail", "instance", "request_id", "what_to_do"],
    "properties": {
        "type": {"type": "string", "enum": [f"/problems/{code}" for code in PROBLEMS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "what_to_do": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "field", "message", "what_to_do"],
                "properties": {
                    name: {"type": "string"} for name in ("in", "field", "message", "what_to_do")
                },
            },
        },
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
}

_ANY = {"description": "Whatever else: a problem.", "content": {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}}  # fmt: skip


_SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": cookie.NAME,
    "description": "Set by POST /api/v1/session with `cookie`. A request that changes something "
    f"carries `csrf` from there, or from GET /api/v1/me, in the header `{csrf.HEADER}`. Over https "
    f"the cookie's name is `__Host-{cookie.NAME}`.",
}


_TO = "x-to-"
"""Before an audience: names the schema of what these get, where that differs."""


def complete(description: dict[str, Any], routes: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """Add the shapes of answers, a problem as every operation's other one, the session's cookie.

    `routes` are those that are described, by the prefix of their paths. Raises ValueError when two
    different schemas bear one name.
    """
    components = description.setdefault("components", {})
    components["securitySchemes"]["session"] = _SESSION
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for item in description["paths"].values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANY
            if "security" in operation:
                operation["security"].append({"session": []})
    documented = list(_documented(description, routes))
    every = {shape for _, one in documented for shape in (*one.shapes, *one.to_requesters)}
    by_shape, named = schemas_of(every)
    for responses, one in documented:
        responses[str(one.status)] = _response(one, by_shape)
    for name, schema in {**named, "Problem": _PROBLEM}.items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"What is sent and what is answered are both called {name}.")
    return description


def _documented(
    description: dict[str, Any], routes: Mapping[str, Iterable[Any]]
) -> Iterator[tuple[dict[str, Any], Documented]]:
    """The responses of each operation, with what is documented of one of them."""
    for prefix, group in routes.items():
        for route in group:
            if not isinstance(route, APIRoute) or not route.include_in_schema:
                continue
            for method in route.methods or ():
                operation = description["paths"][prefix + route.path_format][method.lower()]
                for response in route.responses.values():
                    if isinstance(response, Documented):
                        yield operation["responses"], response


def _response(one: Documented, by_shape: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    """What is said of an answer. Who it goes to is told apart beside the whole schema."""
    to_staff = [by_shape[shape] for shape in one.shapes]
    to_requesters = [by_shape[shape] for shape in one.to_requesters]
    content: dict[str, Any] = {"schema": {"type": "string"}} if one.in_pieces else {}
    content["x-item-schema" if one.in_pieces else "schema"] = _any_of(to_staff + to_requesters)
    if to_requesters:
        content[f"{_TO}{Audience.STAFF}"] = _any_of(to_staff)
        content[f"{_TO}{Audience.REQUESTERS}"] = _any_of(to_requesters)
    response = {"description": one["description"], "content": {one.media_type: content}}
    if one.headers:
        response["headers"] = {
            name: {"description": says, "schema": {"type": "string"}}
            for name, says in one.headers.items()
        }
    return response


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def told_to(audience: Audience, description: dict[str, Any]) -> dict[str, Any]:
    """The description as it is for these alone: each answer has the shapes that they get."""

    def narrowed(part: Any) -> Any:
        match part:
            case dict():
                theirs = part.get(f"{_TO}{audience}")
                kept = {name: narrowed(inner) for name, inner in part.items() if _TO not in name}
                if theirs is not None:
                    kept["x-item-schema" if "x-item-schema" in kept else "schema"] = theirs
                return kept
            case list():
                return [narrowed(inner) for inner in part]
            case _:
                return part

    told: dict[str, Any] = narrowed(description)
    schemas = told["components"]["schemas"]
    kept = reached([told["paths"]], schemas)
    told["components"]["schemas"] = {name: one for name, one in schemas.items() if name in kept}
    return told


def reached(parts: Iterable[Any], schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas that parts of a description have somewhere in them."""
    found: set[str] = set()
    waiting = list(parts)
    while waiting:
        for name in named_in(waiting.pop()) - found:
            found.add(name)
            waiting.append(schemas[name])
    return found


def named_in(part: Any) -> set[str]:
    """The names of the schemas that a part of a description refers to by itself."""
    match part:
        case {"$ref": str(reference)}:
            return {reference.rpartition("/")[2]}
        case dict():
            return set().union(*(named_in(inner) for inner in part.values()))
        case list():
            return set().union(*(named_in(inner) for inner in part))
        case _:
            return set()
