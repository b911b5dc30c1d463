"""A digest of a request, to tell a repeat from another request under the same command id."""

import hashlib
import json
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from commands.envelope import Request


def fingerprint(request: Request) -> str:
    """SHA-256 (hex) of who asks for what.

    The version seen is no part of it: a client that repeats a request after a lost answer may
    have read a newer version in between. Nor are fields of a command that are not compared.
    """
    compared = [f.name for f in fields(request.command) if f.compare]
    asked = {
        "command": request.command.name,
        "fields": {name: getattr(request.command, name) for name in compared},
        "by": [request.by.kind, request.by.id],
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
