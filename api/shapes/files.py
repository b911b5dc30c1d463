"""Files: what is sent and answered as it is."""

from typing import Any

from api.shapes.headers import OF_FILE
from api.shapes.naming import Responses

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_HEADERS = {
    name: {"description": says, "schema": {"type": "string"}} for name, says in OF_FILE.items()
}

BINARY: dict[str, Any] = {
    "requestBody": {
        "description": "The file itself, and nothing around it.",
        "required": True,
        "content": {"application/octet-stream": _BYTES},
    }
}
"""Of an operation that takes a file; its content may come under any type."""

FILE: Responses = {
    200: {
        "description": "The file, under its own type.",
        "content": {"*/*": _BYTES},
        "headers": _HEADERS,
    },
    206: {
        "description": "The part that `Range` asked for.",
        "content": {"*/*": _BYTES},
        "headers": _HEADERS,
    },
    304: {"description": "It is what was fetched before: a file never changes."},
}
