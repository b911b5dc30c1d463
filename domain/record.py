"""The one shape of data in Chronodesk: a frozen, slotted, keyword-only dataclass."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make `cls` an immutable value: equal by content, keywords only, without `__dict__`."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)
