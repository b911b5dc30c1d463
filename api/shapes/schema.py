"""JSON Schema of shapes, as answers are written: every field, durations in seconds."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema as core

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"


class _AsWritten(GenerateJsonSchema):
    """Pydantic's own, for what `api.answers.dump` writes."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 - pydantic's
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def timedelta_schema(self, schema: core.TimedeltaSchema) -> JsonSchemaValue:
        return {"type": "number", "description": "Seconds."}


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
    by_shape = {shape: found[shape, "serialization"] for shape in adapters}
    return by_shape, {str(name): schema for name, schema in named.items()}
