"""A digest of a request, to tell a repeat from another request under the same command id."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from typing import Any

from commands.envelope import Request


def fingerprint(request: Request) -> str:
    """SHA-256 (hex) of who asks for what.

    The version seen is no part of it: a client that repeats a request after a lost answer may
    have read a newer version in between. Nor are fields of a command that are not compared. A
    command that says by itself what was asked is told by that, whoever was found to ask.
    """
    asked = request.command.asked()
    if asked is None:
        return _by_fields(request)
    return _digest({"command": request.command.name, "asked": asked, "version": 2})


def former_fingerprint(request: Request) -> str | None:
    """What `fingerprint` gave before commands said what was asked; None: what it gives now.

    The log has such ones for ever.
    """
    return None if request.command.asked() is None else _by_fields(request)


def said(record: Any) -> dict[str, Any]:
    """The fields of a record that are not at their defaults.

    So a field that a later version adds makes no other request of one that was sent before.
    """
    every = {f.name: (getattr(record, f.name), _default(f)) for f in fields(record)}
    return {name: value for name, (value, default) in every.items() if value != default}


def _by_fields(request: Request) -> str:
    compared = [f.name for f in fields(request.command) if f.compare]
    return _digest(
        {
            "command": request.command.name,
            "fields": {name: getattr(request.command, name) for name in compared},
            "by": [request.by.kind, request.by.id],
        }
    )


def _digest(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
