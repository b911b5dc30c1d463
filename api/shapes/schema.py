"""JSON Schema of shapes, as answers are written: every field, durations in seconds."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import (
    CoreModeRef,
    CoreRef,
    DefsRef,
    GenerateJsonSchema,
    JsonSchemaValue,
)
from pydantic_core import core_schema as core

from domain import recorded
from domain.sla import book_events, clock, explanation, policy

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"


NAMES: Mapping[type[Any], str] = {
    policy.Options: "PolicyOptions",
    policy.Promise: "PolicyPromise",
    policy.Step: "PolicyStep",
    policy.Target: "PolicyTarget",
    book_events.Opening: "CalendarOpening",
    clock.Because: "ClockBecause",
    clock.Reached: "ClockReached",
    clock.Reason: "ClockReason",
    explanation.Cause: "ClockCause",
    explanation.Entry: "ClockEntry",
    explanation.Explanation: "ClockExplanation",
    explanation.Line: "ClockLine",
    explanation.Ruling: "ClockRuling",
    explanation.Segment: "ClockSegment",
    explanation.Stop: "ClockStop",
    recorded.Source: "ImportedFrom",
}
"""Of records whose own names say too little to a client, which sees no modules around them."""


class _AsWritten(GenerateJsonSchema):
    """Pydantic's own, for what `api.answers.dump` writes."""

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        reference, mode = core_mode_ref
        name = _BY_ID.get(reference.rpartition(":")[2])  # a type's reference ends with its id
        return super().get_defs_ref(core_mode_ref if name is None else (CoreRef(name), mode))

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 - pydantic's
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def timedelta_schema(self, schema: core.TimedeltaSchema) -> JsonSchemaValue:
        return {"type": "number", "description": "Seconds."}


_BY_ID = {str(id(kind)): name for kind, name in NAMES.items()}


def schemas_of(shapes: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """The schema of each shape, and the named ones that they refer to.

    Raises ValueError when two of these would bear the same name: a client knows them by it.
    """
    adapters = {shape: TypeAdapter[Any](shape) for shape in shapes}
    found, named = _AsWritten(ref_template=REFERENCE).generate_definitions(
        [(shape, "serialization", adapter.core_schema) for shape, adapter in adapters.items()]
    )
    ambiguous = [name for name in named if "__" in name]
    if ambiguous:
        raise ValueError(f"Several shapes bear one name: {', '.join(sorted(ambiguous))}.")
    for name, schema in named.items():
        if "title" in schema:
            schema["title"] = name
    by_shape = {shape: found[shape, "serialization"] for shape in adapters}
    return by_shape, {str(name): schema for name, schema in named.items()}
