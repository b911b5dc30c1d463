"""What a step changes about the attributes that figures are grouped by."""

from collections.abc import Mapping
from typing import Any

from projections.kpi.rows import DIMENSIONS, Dimensions
from projections.kpi.steps import What


def changed(before: Dimensions, what: What, given: Mapping[str, Any]) -> dict[str, Any]:
    """Dimension to new value, for those that the step sets."""
    match what:
        case What.TAGGED:
            return {"tags": tuple(sorted({*before.tags, given["tag"]}))}
        case What.UNTAGGED:
            return {"tags": tuple(tag for tag in before.tags if tag != given["tag"])}
        case What.FIELD:
            held = {name: value for name, value in before.fields.items() if name != given["name"]}
            if given["value"] is not None:
                held[given["name"]] = given["value"]
            return {"fields": dict(sorted(held.items()))}
        case _:
            named = {name: given[name] for name in DIMENSIONS if name in given}
            return {**named, "tags": tuple(named["tags"])} if "tags" in named else named
