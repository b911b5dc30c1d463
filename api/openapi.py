"""What FastAPI cannot know of the API's description: problems, headers, what answers look like."""

from typing import Any

from api.auth import cookie, csrf
from api.problems import PROBLEMS

_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
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


def complete(description: dict[str, Any]) -> dict[str, Any]:
    """Add problem documents as every operation's other answer, and the session's cookie."""
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"]["session"] = _SESSION
    schemas["Problem"] = _PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for item in description["paths"].values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANY
            if "security" in operation:
                operation["security"].append({"session": []})
    return description
