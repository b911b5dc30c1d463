"""Conditions on the wire, in JSON.

`{"all": [...]}`, `{"any": [...]}` and `{"none": [...]}`, or a comparison such as
`{"attribute": "priority", "op": "is", "values": ["high"]}`.
"""

from typing import Any

from api.text import clean
from domain.checks import SAFE_INTEGER, VALUE_LIMIT
from domain.conditions import DEEPEST, AllOf, AnyOf, Comparison, Condition, NoneOf, Op, Value

MOST = 100
"""Conditions in one list, and values of one comparison."""

LONGEST_ATTRIBUTE = 100

_GROUPS = [
    {
        "type": "object",
        "properties": {
            name: {"type": "array", "maxItems": MOST, "items": {"type": "object"}},
        },
        "required": [name],
        "additionalProperties": False,
    }
    for name in ("all", "any", "none")
]
_COMPARISON = {
    "type": "object",
    "properties": {
        "attribute": {"type": "string", "maxLength": LONGEST_ATTRIBUTE},
        "op": {"enum": [op.value for op in Op]},
        "values": {
            "type": "array",
            "maxItems": MOST,
            "items": {"type": ["string", "number", "boolean"]},
        },
    },
    "required": ["attribute", "op"],
    "additionalProperties": False,
}

CONDITION_SCHEMA: dict[str, Any] = {"anyOf": [*_GROUPS, _COMPARISON]}
"""What lies in a group is a condition again; described to one depth, as no reader needs more."""


def read_condition(value: object) -> Condition:
    """The condition that a piece of JSON is. Raises ValueError that says where it is none."""
    return value if isinstance(value, AllOf | AnyOf | NoneOf | Comparison) else _read(value, "", 1)


def _read(value: object, at: str, depth: int) -> Condition:
    if not isinstance(value, dict):
        raise ValueError(f"{at or 'it'} must be an object with all, any, none or attribute")  # noqa: TRY004 - pydantic reports ValueError
    if depth > DEEPEST:
        raise ValueError(f"{at} lies deeper than {DEEPEST} conditions in each other")
    match sorted(value):
        case ["all"]:
            return AllOf(all=_list(value["all"], f"{at}all", depth))
        case ["any"]:
            return AnyOf(any=_list(value["any"], f"{at}any", depth))
        case ["none"]:
            return NoneOf(none=_list(value["none"], f"{at}none", depth))
        case ["attribute", "op"] | ["attribute", "op", "values"]:
            return _comparison(value, at)
        case names:
            raise ValueError(
                f"{at or 'it'} has {', '.join(map(str, names)) or 'nothing'}; it takes one of all,"
                " any and none, or attribute, op and values"
            )


def _list(value: object, at: str, depth: int) -> tuple[Condition, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST:
        raise ValueError(f"{at} must be a list of at most {MOST} conditions")
    return tuple(_read(one, f"{at}[{n}].", depth + 1) for n, one in enumerate(value))


def _comparison(value: dict[str, Any], at: str) -> Comparison:
    attribute, op, values = value["attribute"], value["op"], value.get("values", ())
    if not isinstance(attribute, str):
        raise ValueError(f"{at}attribute must be text")  # noqa: TRY004 - pydantic reports ValueError
    if op not in list(Op):
        raise ValueError(f"{at}op must be one of {', '.join(Op)}")
    if not isinstance(values, list | tuple) or len(values) > MOST:
        raise ValueError(f"{at}values must be a list of at most {MOST}")
    if len(attribute) > LONGEST_ATTRIBUTE:
        raise ValueError(f"{at}attribute has more than {LONGEST_ATTRIBUTE} characters")
    read = tuple(_value(one, f"{at}values[{n}]") for n, one in enumerate(values))
    return Comparison(attribute=clean(attribute), op=Op(op), values=read)


def _value(one: object, at: str) -> Value:
    if not isinstance(one, str | int | float | bool):
        raise ValueError(f"{at} must be text, a number, or true or false")  # noqa: TRY004 - as above
    if isinstance(one, str):
        if len(one) > VALUE_LIMIT:
            raise ValueError(f"{at} has more than {VALUE_LIMIT} characters")
        return clean(one)
    if isinstance(one, int) and abs(one) > SAFE_INTEGER:
        raise ValueError(f"{at} must be a whole number of at most {SAFE_INTEGER}")
    return one
