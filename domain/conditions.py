"""A small typed language for conditions on tickets: what policies, routing and views match by.

A condition is data: it can be stored, compared, shown in words and checked before it is used. It
looks at the attributes of a ticket and at nothing else, so that it says the same of the same ticket
wherever it is asked.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.record import record
from domain.ticket.state import Ticket
from domain.ticket.words import Channel, FieldValue, Level, Priority

Value: TypeAlias = str | int | float | bool
Attributes: TypeAlias = Mapping[str, Value | tuple[str, ...] | None]
"""Attribute to value; None: it has none. Custom fields are `field:NAME`."""

FIELD = "field:"
"""Before the name of a custom field, which may hold a value of any kind."""

DEEPEST = 5
"""Of conditions within conditions."""

MOST = 200
"""Comparisons in a condition: it is asked of every ticket that changes."""


class Op(StrEnum):
    """How an attribute is compared with the values."""

    IS = "is"
    """One of the values; of `tags`, one of them is."""
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BEGINS_WITH = "begins_with"
    """The text begins with one of the values: a category with all below it."""
    IS_SET = "is_set"
    """There is a value, whatever it is."""


class Kind(StrEnum):
    """What values an attribute can have."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    FLAG = "flag"
    ANY = "any"


@record
class Comparison:
    """An attribute compared with values, of which any will do."""

    attribute: str
    op: Op
    values: tuple[Value, ...] = ()


@record
class AllOf:
    """Every one of them holds; that of none always does."""

    all: tuple["Condition", ...]


@record
class AnyOf:
    """At least one of them holds."""

    any: tuple["Condition", ...]


@record
class NoneOf:
    """Not one of them holds."""

    none: tuple["Condition", ...]


Condition: TypeAlias = Comparison | AllOf | AnyOf | NoneOf

ALWAYS = AllOf(all=())
"""Holds for every ticket."""

_KINDS: Mapping[str, Kind] = {
    "priority": Kind.TEXT,
    "channel": Kind.TEXT,
    "category": Kind.TEXT,
    "region": Kind.TEXT,
    "organisation": Kind.TEXT,
    "segment": Kind.TEXT,
    "requester": Kind.TEXT,
    "vip": Kind.FLAG,
    "language": Kind.TEXT,
    "queue": Kind.TEXT,
    "team": Kind.TEXT,
    "agent": Kind.TEXT,
    "tags": Kind.TEXTS,
    "impact": Kind.TEXT,
    "urgency": Kind.TEXT,
    "escalation_level": Kind.NUMBER,
}
ATTRIBUTES = tuple(_KINDS)
"""What a comparison may name, besides `field:NAME`."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "priority": tuple(Priority),
    "channel": tuple(Channel),
    "impact": tuple(Level),
    "urgency": tuple(Level),
}
"""Attributes whose values are known beforehand: anything else would never match."""

_OPS: Mapping[Kind, frozenset[Op]] = {
    Kind.TEXT: frozenset({Op.IS, Op.BEGINS_WITH, Op.IS_SET}),
    Kind.TEXTS: frozenset({Op.IS, Op.BEGINS_WITH, Op.IS_SET}),
    Kind.NUMBER: frozenset({Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.IS_SET}),
    Kind.FLAG: frozenset({Op.IS, Op.IS_SET}),
    Kind.ANY: frozenset(Op),
}


@record
class Problem:
    """What is wrong with a condition: `at` leads to the part, such as `all[1].values[0]`."""

    at: str
    message: str


def attributes_of(ticket: Ticket) -> Attributes:
    """What conditions see of a ticket."""
    return {
        "priority": ticket.priority.value,
        "channel": ticket.channel.value,
        "category": ticket.category,
        "region": ticket.region,
        "organisation": ticket.organisation,
        "segment": ticket.segment,
        "requester": ticket.requester,
        "vip": ticket.vip,
        "language": ticket.language,
        "queue": ticket.queue,
        "team": ticket.team,
        "agent": ticket.agent,
        "tags": tuple(sorted(ticket.tags)),
        "impact": None if ticket.impact is None else ticket.impact.value,
        "urgency": None if ticket.urgency is None else ticket.urgency.value,
        "escalation_level": ticket.escalation_level,
        **{f"{FIELD}{name}": value for name, value in ticket.fields},
    }


def matches(condition: Condition, attributes: Attributes) -> bool:
    """Whether the condition holds. An attribute that is not there has no value."""
    match condition:
        case AllOf(all=of):
            return all(matches(one, attributes) for one in of)
        case AnyOf(any=of):
            return any(matches(one, attributes) for one in of)
        case NoneOf(none=of):
            return not any(matches(one, attributes) for one in of)
        case Comparison():
            return _holds(condition, attributes.get(condition.attribute))
        case _:
            assert_never(condition)


def _holds(one: Comparison, value: Value | tuple[str, ...] | FieldValue) -> bool:
    if value is None or value == ():
        return False
    if isinstance(value, tuple):
        return one.op is Op.IS_SET or any(_holds(one, each) for each in value)
    match one.op:
        case Op.IS_SET:
            return True
        case Op.IS:
            return any(_same(value, wanted) for wanted in one.values)
        case Op.BEGINS_WITH:
            return isinstance(value, str) and any(
                value.startswith(wanted) for wanted in one.values if isinstance(wanted, str)
            )
        case Op.AT_LEAST | Op.AT_MOST:
            return _is_number(value) and any(
                value >= wanted if one.op is Op.AT_LEAST else value <= wanted  # type: ignore[operator]
                for wanted in one.values
                if _is_number(wanted)
            )
        case _:
            assert_never(one.op)


def _same(value: object, wanted: Value) -> bool:
    """Equal and of one kind: 1 is not true, and "1" is not 1."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return value == wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def attributes_in(condition: Condition) -> frozenset[str]:
    """The attributes that the condition looks at."""
    return frozenset(one.attribute for _, one in _comparisons(condition, ""))


def problems(condition: Condition) -> list[Problem]:
    """What is wrong with it, part by part; empty when it can be used."""
    found = [Problem(at=at, message=message) for at, message in _misshapen(condition, "", 1)]
    comparisons = list(_comparisons(condition, ""))
    if len(comparisons) > MOST:
        message = f"It has {len(comparisons)} comparisons; at most {MOST} are taken."
        return [*found, Problem(at="", message=message)]
    for at, one in comparisons:
        found += [Problem(at=f"{at}{part}", message=message) for part, message in _faults(one)]
    return found


def _misshapen(condition: Condition, at: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        yield at, f"Conditions may lie {DEEPEST} deep in each other; say it with fewer levels."
        return
    if isinstance(condition, AnyOf) and not condition.any:
        yield at, "A choice of none never holds; give it at least one condition, or leave it out."
    for place, inner in _inner(condition, at):
        yield from _misshapen(inner, place, depth + 1)


def _inner(condition: Condition, at: str) -> Iterator[tuple[str, Condition]]:
    match condition:
        case AllOf(all=of):
            yield from ((f"{at}all[{n}].", one) for n, one in enumerate(of))
        case AnyOf(any=of):
            yield from ((f"{at}any[{n}].", one) for n, one in enumerate(of))
        case NoneOf(none=of):
            yield from ((f"{at}none[{n}].", one) for n, one in enumerate(of))
        case Comparison():
            return
        case _:
            assert_never(condition)


def _comparisons(condition: Condition, at: str) -> Iterator[tuple[str, Comparison]]:
    if isinstance(condition, Comparison):
        yield at, condition
    for place, inner in _inner(condition, at):
        yield from _comparisons(inner, place)


def kind_of(attribute: str) -> Kind | None:
    """What values an attribute has; None: there is no such attribute."""
    if attribute.startswith(FIELD) and len(attribute) > len(FIELD):
        return Kind.ANY
    return _KINDS.get(attribute)


def _faults(one: Comparison) -> Iterator[tuple[str, str]]:
    kind = kind_of(one.attribute)
    if kind is None:
        known = ", ".join(ATTRIBUTES)
        yield (
            "attribute",
            f"There is no attribute {one.attribute!r}; there are {known}, field:NAME.",
        )
        return
    if one.op not in _OPS[kind]:
        usable = ", ".join(sorted(_OPS[kind]))
        yield "op", f"{one.attribute} cannot be compared by {one.op}; it can by {usable}."
        return
    if (one.op is Op.IS_SET) is bool(one.values):
        yield (
            "values",
            "Whether there is a value is asked without values."
            if one.values
            else "There is nothing to compare with; give at least one value.",
        )
    for n, value in enumerate(one.values):
        if (wrong := _fault(one, kind, value)) is not None:
            yield f"values[{n}]", wrong


def _fault(one: Comparison, kind: Kind, value: Value) -> str | None:
    wants_number = kind is Kind.NUMBER or one.op in (Op.AT_LEAST, Op.AT_MOST)
    if wants_number and not _is_number(value):
        return f"{value!r} is no number."
    if kind is Kind.FLAG and not isinstance(value, bool):
        return f"{value!r} is neither true nor false."
    is_text = kind in (Kind.TEXT, Kind.TEXTS) or one.op is Op.BEGINS_WITH
    if is_text and not (isinstance(value, str) and value):
        return f"{value!r} is no text, or an empty one."
    words = _WORDS.get(one.attribute)
    if words is not None and one.op is Op.IS and value not in words:
        return f"{one.attribute} is never {value!r}; it is one of {', '.join(words)}."
    return None


def in_words(condition: Condition) -> str:
    """The condition as a reader says it, such as `priority is urgent or high, and queue is vip`."""
    match condition:
        case AllOf(all=()) | NoneOf(none=()):
            return "always"
        case AnyOf(any=()):
            return "never"
        case AllOf(all=of):
            return ", and ".join(_bracketed(one) for one in of)
        case AnyOf(any=of):
            return ", or ".join(_bracketed(one) for one in of)
        case NoneOf(none=of):
            return f"not ({', or '.join(_bracketed(one) for one in of)})"
        case Comparison(op=Op.IS_SET):
            return f"{_named(condition.attribute)} is set"
        case Comparison():
            op = condition.op.replace("_", " ")
            op = op if op in ("is", "begins with") else f"is {op}"
            values = " or ".join(map(_said, condition.values))
            return f"{_named(condition.attribute)} {op} {values}"
        case _:
            assert_never(condition)


def _bracketed(condition: Condition) -> str:
    inner = in_words(condition)
    match condition:
        case AllOf(all=of) | AnyOf(any=of) if len(of) > 1:
            return f"({inner})"
        case _:
            return inner


def _named(attribute: str) -> str:
    return attribute.removeprefix(FIELD).replace("_", " ")


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
