"""Shapes derived from the records that are shown, so that a new field of these is never forgotten.

@like(state.Ticket, without=("internal",))
class Ticket:
    '''A ticket.'''

    id: str  # shown besides the record's fields
    fields: dict[str, FieldValue]  # shown otherwise than the record holds it
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel
from typing_extensions import TypedDict, is_typeddict

T = TypeVar("T")


def like(
    shown: type[Any], *, without: Iterable[str] = (), only: Iterable[str] | None = None
) -> Callable[[type[T]], type[T]]:
    """A decorator that gives a class the fields of a record, or of another shape, besides its own.

    `only` some of the record's fields, or all `without` some. Raises ValueError for a field that
    the record does not have: it was renamed, or it is gone.
    """
    hints = fields_of(shown)
    left_out, kept = set(without), list(hints if only is None else only)
    unknown = {*left_out, *kept} - set(hints)
    if unknown:
        raise ValueError(f"{shown.__name__} has no field {', '.join(sorted(unknown))}")

    def derive(own: type[T]) -> type[T]:
        theirs = {name: hints[name] for name in kept if name not in left_out}
        more = get_type_hints(own, include_extras=True)
        both = {**more, **theirs, **more}
        return shape(own.__name__, own.__doc__ or shown.__doc__, own.__module__, both)

    return derive


def fields_of(shown: type[Any]) -> dict[str, Any]:
    """The fields of a record or a shape, and their types."""
    hints = get_type_hints(shown, include_extras=True)
    if is_dataclass(shown):
        return {field.name: hints[field.name] for field in fields(shown)}
    if is_typeddict(shown):
        return hints
    if issubclass(shown, BaseModel):
        return {name: hints[name] for name in shown.model_fields}
    raise TypeError(f"{shown.__name__} is neither a record nor a shape")


def shape(name: str, doc: str | None, module: str, hints: dict[str, Any]) -> type[Any]:
    """A shape of these fields. It costs next to nothing until somebody asks for its schema."""
    made = cast("type[Any]", TypedDict(name, hints))  # type: ignore[operator]
    made.__doc__, made.__module__ = doc, module
    return made
