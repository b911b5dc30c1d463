# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""Whether a schema takes everything that an older one took (backward compatibility)."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_EITHER = ("anyOf", "oneOf")
_LIMITS = (
    "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "multipleOf", "not",
)  # fmt: skip
"""What keeps something out. One that was not there before is too much; for a wider one than before
the rule may be made finer when there is a case."""


def refusals(new: Schema, old: Schema) -> list[str]:
    """What the new schema would refuse of what the old one took, in words; empty: nothing."""
    return list(dict.fromkeys(_Comparison(new, old).of(new, old, "")))


class _Comparison:
    def __init__(self, new: Schema, old: Schema) -> None:
        self._roots = (new, old)
        self._under_way: set[tuple[str, str]] = set()

    def of(self, new: Any, old: Any, at: str) -> Iterator[str]:
        if not new:
            return  # it takes everything
        names = (str(new.get("$ref")), str(old.get("$ref")))
        if "$ref" in new or "$ref" in old:
            if names in self._under_way:
                return  # a schema that contains itself: what is left to compare is being compared
            self._under_way.add(names)
            yield from self.of(self._found(new, 0), self._found(old, 1), at)
            self._under_way.discard(names)
            return
        new, old = _unwrapped(new), _unwrapped(old)
        if "$ref" in new or "$ref" in old:
            yield from self.of(new, old, at)
        elif choices := _choices(old):
            for choice in choices:
                yield from self.of(new, choice, at)
        elif choices := _choices(new):
            found = [list(self.of(choice, old, at)) for choice in choices]
            if all(found):
                yield from min(found, key=len)
        else:
            yield from self._plain(new, old, at or "the event")

    def _plain(self, new: Schema, old: Schema, at: str) -> Iterator[str]:
        if not _types(old) <= _types(new):
            yield f"{at} is {_said(_types(new))} now, and was {_said(_types(old))}"
            return
        allowed, were = _values(new), _values(old)
        if allowed is not None and (were is None or not were <= allowed):
            gone = "others" if were is None else ", ".join(sorted(were - allowed))
            yield f"{at} can no longer be {gone}"
        for limit in _LIMITS:
            if limit in new and new[limit] != old.get(limit):
                yield f"{at} has {limit} {new[limit]} now"
        yield from self._object(new, old, at)
        yield from self._array(new, old, at)

    def _object(self, new: Schema, old: Schema, at: str) -> Iterator[str]:
        for name in sorted({*new.get("required", ())} - {*old.get("required", ())}):
            yield f"{at} must have {name} now: give the new field a default"
        were = old.get("properties", {})
        for name, part in new.get("properties", {}).items():
            if name in were:
                yield from self.of(part, were[name], f"{at}.{name}")
        others, other_were = (s.get("additionalProperties", {}) for s in (new, old))
        if others is False:
            if other_were is not False or {*were} - {*new.get("properties", ())}:
                yield f"{at} may have no other fields now"
        elif isinstance(others, dict) and isinstance(other_were, dict):
            yield from self.of(others, other_were, f"{at}.*")

    def _array(self, new: Schema, old: Schema, at: str) -> Iterator[str]:
        items, were = new.get("items", {}), old.get("items", {})
        if isinstance(items, list) or isinstance(were, list):
            if items != were:
                yield f"{at} has other items now"
        else:
            yield from self.of(items, were, f"{at}[]")

    def _found(self, schema: Schema, root: int) -> Schema:
        if "$ref" not in schema:
            return schema
        found: Any = self._roots[root]
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def _unwrapped(schema: Schema) -> Schema:
    """A reference that stands alone in `allOf`, so that something may stand beside it."""
    match schema.get("allOf"):
        case [{"$ref": _} as alone]:
            return dict(alone)
        case _:
            return schema


def _choices(schema: Schema) -> list[Schema]:
    return [choice for key in _EITHER for choice in schema.get(key, ())]


def _types(schema: Schema) -> frozenset[str]:
    """The types of JSON that it takes."""
    every = {"string", "number", "integer", "boolean", "null", "object", "array"}
    named = schema.get("type", every)
    found = {named} if isinstance(named, str) else {*named}
    return frozenset(found | ({"integer"} if "number" in found else set()))


def _values(schema: Schema) -> frozenset[str] | None:
    """The values that it takes, as text; None: any."""
    if "const" in schema:
        return frozenset({repr(schema["const"])})
    return frozenset(map(repr, schema["enum"])) if "enum" in schema else None


def _said(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
