"""Holds what the API answers against what its OpenAPI description says that it answers."""

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from httpx2 import Response
from starlette.testclient import TestClient

PREFIX = "/api/v1/"
UNDESCRIBED = frozenset({"/api/v1/openapi.json", "/api/v1/docs"})
"""What tells about the API, and is no part of it."""

TELLING = frozenset(
    {"etag", "location", "idempotency-key", "idempotent-replayed", "x-chronodesk-position"}
)
"""Headers that clients go by."""


PROBLEM = {"$ref": "#/components/schemas/Problem"}


class NotAsDescribed(AssertionError):
    """An answer that the description does not allow."""


class Described:
    """An OpenAPI description that answers are held against, each kind of answer compiled once."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._components = _closed(description["components"])
        self._operations: dict[tuple[str, int], list[tuple[list[str], dict[str, Any]]]] = {}
        for path, item in description["paths"].items():
            parts = path.split("/")
            for method, operation in item.items():
                key = (method.upper(), len(parts))
                self._operations.setdefault(key, []).append((parts, operation))
        for found in self._operations.values():
            found.sort(key=lambda one: [part.startswith("{") for part in one[0]])
        self._validators: dict[int, jsonschema_rs.Validator] = {}

    def check(self, method: str, path: str, answer: Response) -> None:
        """Raises NotAsDescribed for what is not described, or otherwise."""
        status, body = answer.status_code, answer.content
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        said = f"{method} {path} answered {status}"
        operation = self._operation(method, path)
        if operation is None:
            if status not in (404, 405):
                raise NotAsDescribed(f"{said}, and no such operation is described.")
            self._hold(said, PROBLEM, [json.loads(body)])
            return
        responses = operation["responses"]
        found = responses.get(str(status), None if status < 400 else responses["default"])
        if found is None:
            raise NotAsDescribed(f"{said}, and only {sorted(responses)} are described.")
        if status < 300:
            unsaid = TELLING & set(answer.headers) - {
                name.lower() for name in found.get("headers", ())
            }
            if unsaid:
                raise NotAsDescribed(f"{said} with {sorted(unsaid)}, which is not described.")
        content = found.get("content", {})
        if not content and not body:
            return
        described = content.get(media_type) or content.get("*/*")
        if described is None:
            raise NotAsDescribed(f"{said} as {media_type}, described are {sorted(content)}.")
        if "x-item-schema" in described:
            lines = body.splitlines() if media_type == "application/x-ndjson" else []
            self._hold(said, described["x-item-schema"], [json.loads(line) for line in lines])
        elif media_type.endswith("json"):
            self._hold(said, described["schema"], [json.loads(body)])

    def check_item(self, path: str, item: Any) -> None:
        """The same for one item of a stream, such as an event's data."""
        operation = self._operation("GET", path)
        assert operation is not None
        content = operation["responses"]["200"]["content"]
        ((_, described),) = content.items()
        self._hold(f"An item of {path}", described["x-item-schema"], [item])

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        parts = path.split("/")
        for template, operation in self._operations.get((method, len(parts)), []):
            if all(
                wanted == given or (wanted.startswith("{") and given)
                for wanted, given in zip(template, parts, strict=True)
            ):
                return operation
        return None

    def _hold(self, said: str, schema: dict[str, Any], bodies: list[Any]) -> None:
        validator = self._validators.get(id(schema))
        if validator is None:
            whole = {**_closed(schema), "components": self._components}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            self._validators[id(schema)] = validator
        for body in bodies:
            for error in validator.iter_errors(body):
                where = "/".join(map(str, error.instance_path))
                raise NotAsDescribed(f"{said}; at {where or 'its top'}: {error.message[:2_000]}")


def _closed(schema: Any) -> Any:
    """The same, but with no other fields than the described ones, so that none is forgotten."""
    match schema:
        case dict():
            closed = {name: _closed(part) for name, part in schema.items()}
            if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
                closed.setdefault("additionalProperties", False)
            return closed
        case list():
            return [_closed(part) for part in schema]
        case _:
            return schema


class DescribedClient(TestClient):
    """A test client that fails where an answer is not as the application describes it."""

    _described: Described | None = None

    def request(self, method: str, url: Any, **more: Any) -> Response:
        response: Response = super().request(method, url, **more)
        path = response.request.url.path
        if path.startswith(PREFIX) and path not in UNDESCRIBED:
            cls = type(self)
            if cls._described is None:  # it is the same for every application of this process
                cls._described = Described(self.app.openapi())  # type: ignore[attr-defined]
            cls._described.check(method.upper(), path, response)
        return response
