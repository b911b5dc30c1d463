"""A webhook of any system, made into reports by a mapping that somebody wrote for it.

A mapping is a YAML file; its name is that of the hook. Texts are templates in which `{/a/b}` is
what the webhook's JSON has at that pointer (RFC 6901).

    source: grafana
    kind: {from: /status, map: {firing: open, resolved: resolve}}
    external_id: "{/ruleId}/{/evalId}/{/status}"
    conversation: "{/ruleId}"
    requester: {external_id: grafana, name: Grafana}
    subject: "{/title}"
    description: "{/message}"
    priority: {from: /severity, map: {critical: urgent}, otherwise: normal}
    fields: {rule: "{/ruleName}"}
"""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.intake.ports import Hooks
from api.intake.reports import REPORTS, Report

_POINTER = re.compile(r"\{(/[^{}]*)\}")
_HOOK = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
_ONLY = {
    "open": "requester subject description channel queue priority category language region tags"
    " fields",
    "message": "requester body channel",
    "resolve": "code note",
}
"""What a report of each kind has, besides its names."""


class WrongMapping(Exception):
    """A mapping cannot be used; the text says which, where and what to do."""


class Unmapped(Exception):
    """A webhook has not what its mapping asks for."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Strict):
    """What stands at a pointer, translated; anything else gives `otherwise`, or is refused."""

    at: str = Field(alias="from", pattern=r"^/")
    map: dict[str, str] = {}
    otherwise: str | None = None


class Hook(_Strict):
    """How a webhook becomes a report. Templates, or choices; a kind alone is always that kind."""

    source: str
    kind: Choice | Literal["open", "message", "resolve"]
    external_id: str
    conversation: str | None = None
    requester: dict[str, str] = {}
    subject: str | None = None
    description: str | None = None
    body: str | None = None
    channel: str | Choice | None = None
    queue: str | Choice | None = None
    priority: str | Choice | None = None
    category: str | Choice | None = None
    language: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    code: str | None = None
    note: str | None = None


def load_hooks(folder: Path | None) -> Hooks:
    """What the mappings in a folder make of webhooks, by the names of their files (`NAME.yaml`).

    Raises WrongMapping for one that is wrong.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise WrongMapping(f"{folder} is no folder. CHRONODESK_INTAKE_HOOKS must name one.")
    paths = sorted(folder.glob("*.yaml"))
    return {path.stem: partial(mapped, _load(path)) for path in paths}


def _load(path: Path) -> Hook:
    if not _HOOK.fullmatch(path.stem):
        raise WrongMapping(f"{path}: name it by small letters, digits and hyphens, at most 50.")
    try:
        return Hook.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongMapping(f"{path}: this is no YAML in UTF-8. {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise WrongMapping(f"{path}: {where}: {first['msg']}. Correct it.") from None


def mapped(hook: Hook, payload: Mapping[str, Any]) -> Report:
    """The report that a webhook's JSON makes.

    Raises Unmapped when something is not there, pydantic's ValidationError when what comes out of
    it is no good report.
    """
    kind = _value("kind", hook.kind, payload)
    report: dict[str, Any] = {"kind": kind}
    for field in ("source", "external_id", "conversation", *_ONLY.get(kind, "").split()):
        found = _value(field, getattr(hook, field), payload)
        if found not in (None, {}, ()):
            report[field] = found
    return REPORTS.validate_python(report)


def _value(field: str, told: Any, payload: Mapping[str, Any]) -> Any:
    match told:
        case Choice():
            return _chosen(field, told, payload)
        case str():
            return _filled(field, told, payload)
        case dict():
            return {k: _filled(f"{field}.{k}", text, payload) for k, text in told.items()}
        case tuple():
            return tuple(_filled(field, text, payload) for text in told)
        case _:
            return told


def _chosen(field: str, choice: Choice, payload: Mapping[str, Any]) -> str:
    try:
        there = _text(_at(payload, choice.at))
    except LookupError:
        there = ""
    found = choice.map.get(there, choice.otherwise)
    if found is None:
        known = ", ".join(choice.map)
        raise Unmapped(field, f"{there!r} at {choice.at} is none of {known}, and has no otherwise.")
    return found


def _filled(field: str, template: str, payload: Mapping[str, Any]) -> str:
    def at(match: re.Match[str]) -> str:
        try:
            return _text(_at(payload, match[1]))
        except LookupError:
            raise Unmapped(field, f"The webhook has nothing at {match[1]}.") from None

    return _POINTER.sub(at, template)


def _at(payload: Any, pointer: str) -> Any:
    """What a JSON pointer points at. Raises LookupError."""
    found = payload
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            if not name.isdecimal():
                raise LookupError(pointer)
            found = found[int(name)]
        elif isinstance(found, Mapping):
            found = found[name]
        else:
            raise LookupError(pointer)  # noqa: TRY004 - what is no object has nothing at any name
    return found


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case _:
            raise LookupError("not a text or a number")
