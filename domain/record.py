"""The one shape of data in Chronodesk: a frozen, slotted, keyword-only dataclass."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make `cls` an immutable value: equal by content, keywords only, without `__dict__`."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def with_changes(value: T, **changes: Any) -> T:
    """`dataclasses.replace` for wide records that change all the time: several times as fast.

    It copies slot by slot, and does not run `__post_init__`. Raises KeyError for a field that the
    record does not have.
    """
    kind: Any = type(value)
    copy, setters = _copying(kind)
    copied: T = copy(value)
    for name, new in changes.items():
        setters[name](copied, new)
    return copied


_Setter = Callable[[Any, Any], None]


@cache
def _copying(kind: type[Any]) -> tuple[Callable[[Any], Any], dict[str, _Setter]]:
    """A function that copies records of a kind, and what sets each field of a copy.

    The function is written out field by field, as the dataclass's own `__init__` is: a loop over
    the fields would cost more than the copying.
    """
    setters: dict[str, _Setter] = {f.name: getattr(kind, f.name).__set__ for f in fields(kind)}
    lines = [f"    set_{name}(copied, value.{name})" for name in setters]
    source = "\n".join(["def copy(value):", "    copied = new(kind)", *lines, "    return copied"])
    known: dict[str, Any] = {"new": object.__new__, "kind": kind}
    known |= {f"set_{name}": setter for name, setter in setters.items()}
    exec(source, known)  # noqa: S102 - made of the names of fields alone
    return known["copy"], setters
