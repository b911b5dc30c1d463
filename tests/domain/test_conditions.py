"""Conditions: what they match, what is wrong with them, how they are said."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import (
    ALWAYS,
    ATTRIBUTES,
    DEEPEST,
    AllOf,
    AnyOf,
    Attributes,
    Comparison,
    Condition,
    NoneOf,
    Op,
    attributes_in,
    attributes_of,
    in_words,
    matches,
    problems,
)
from domain.ids import QueueId
from domain.ticket.state import Ticket
from domain.ticket.words import Priority

TICKET: Attributes = {
    **attributes_of(
        replace(
            Ticket(),
            priority=Priority.URGENT,
            queue=QueueId("billing"),
            category="hardware/printer",
            tags=frozenset({"vip-desk", "paper"}),
            escalation_level=2,
            fields=(("floor", 3), ("open_plan", True), ("note", "a")),
            segment="gold",
        ),
    )
}


def one(attribute: str, op: Op, *values: Any) -> Comparison:
    return Comparison(attribute=attribute, op=op, values=values)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (ALWAYS, True),
        (one("priority", Op.IS, "urgent", "high"), True),
        (one("priority", Op.IS, "high"), False),
        (one("segment", Op.IS, "gold"), True),
        (one("category", Op.BEGINS_WITH, "hardware/"), True),
        (one("category", Op.IS, "hardware"), False),
        (one("tags", Op.IS, "paper"), True),
        (one("tags", Op.BEGINS_WITH, "vip"), True),
        (one("tags", Op.IS, "gold"), False),
        (one("escalation_level", Op.AT_LEAST, 2), True),
        (one("escalation_level", Op.AT_MOST, 1), False),
        (one("field:floor", Op.IS, 3), True),
        (one("field:floor", Op.IS, "3"), False),
        (one("field:floor", Op.AT_LEAST, 2.5), True),
        (one("field:open_plan", Op.IS, True), True),
        (one("field:open_plan", Op.IS, 1), False),
        (one("field:open_plan", Op.AT_LEAST, 0), False),
        (one("field:note", Op.AT_LEAST, 0), False),
        (one("field:none", Op.IS_SET), False),
        (one("agent", Op.IS_SET), False),
        (one("agent", Op.IS, "kim"), False),
        (NoneOf(none=(one("agent", Op.IS_SET),)), True),
        (one("vip", Op.IS, False), True),
        (AllOf(all=(one("queue", Op.IS, "billing"), one("region", Op.IS_SET))), False),
        (AnyOf(any=(one("queue", Op.IS, "billing"), one("region", Op.IS_SET))), True),
    ],
)
def test_what_holds(condition: Condition, expected: bool) -> None:
    assert matches(condition, TICKET) is expected
    assert problems(condition) == []
    assert matches(NoneOf(none=(condition,)), TICKET) is not expected


@pytest.mark.parametrize(
    ("condition", "at", "said"),
    [
        (one("mood", Op.IS, "bad"), "attribute", "There is no attribute 'mood'"),
        (one("field:", Op.IS, "x"), "attribute", "There is no attribute"),
        (one("priority", Op.IS, "blocker"), "values[0]", "never 'blocker'"),
        (one("priority", Op.AT_LEAST, 3), "op", "cannot be compared by at_least"),
        (one("priority", Op.IS), "values", "nothing to compare with"),
        (one("priority", Op.IS_SET, "x"), "values", "without values"),
        (one("queue", Op.IS, ""), "values[0]", "no text"),
        (one("vip", Op.IS, "yes"), "values[0]", "neither true nor false"),
        (one("escalation_level", Op.AT_LEAST, "2"), "values[0]", "no number"),
        (one("field:x", Op.AT_MOST, True), "values[0]", "no number"),
        (
            AllOf(all=(ALWAYS, AnyOf(any=(one("queue", Op.IS, "a"), one("vip", Op.IS, 1))))),
            "all[1].any[1].values[0]",
            "neither true nor false",
        ),
        (AnyOf(any=()), "", "A choice of none"),
        (NoneOf(none=(one("mood", Op.IS_SET),)), "none[0].attribute", "no attribute"),
    ],
)
def test_what_is_wrong_is_named_where_it_is(condition: Condition, at: str, said: str) -> None:
    (problem,) = problems(condition)
    assert problem.at == at
    assert said in problem.message


def test_conditions_are_not_nested_without_end() -> None:
    condition: Condition = one("vip", Op.IS, True)
    for _ in range(DEEPEST - 1):
        condition = NoneOf(none=(condition,))
    assert problems(condition) == []
    assert "deep" in problems(NoneOf(none=(condition,)))[0].message


def test_they_are_said_in_words() -> None:
    condition = AllOf(
        all=(
            one("priority", Op.IS, "urgent", "high"),
            AnyOf(any=(one("field:floor", Op.AT_LEAST, 3), one("vip", Op.IS, True))),
            NoneOf(none=(one("category", Op.BEGINS_WITH, "test/"),)),
        )
    )
    assert in_words(condition) == (
        "priority is urgent or high, and (floor is at least 3, or vip is yes),"
        " and not (category begins with test/)"
    )
    assert in_words(ALWAYS) == "always"
    assert attributes_in(condition) == {"priority", "field:floor", "vip", "category"}


_VALUES = st.text(max_size=3) | st.integers(-3, 3) | st.booleans() | st.floats(allow_nan=False)
_TESTS = st.builds(
    Comparison,
    attribute=st.sampled_from([*ATTRIBUTES, "field:floor", "field:x"]),
    op=st.sampled_from(Op),
    values=st.lists(_VALUES, max_size=3).map(tuple),
)
_CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.builds(AllOf, all=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, any=st.lists(inner, max_size=3).map(tuple)),
        st.builds(NoneOf, none=st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(_CONDITIONS, st.dictionaries(st.sampled_from(ATTRIBUTES), _VALUES | st.none()))
def test_any_condition_can_be_asked_of_any_ticket(
    condition: Condition, attributes: dict[str, Any]
) -> None:
    holds = matches(condition, attributes)
    assert matches(NoneOf(none=(condition,)), attributes) is not holds
    assert matches(AllOf(all=(condition, condition)), attributes) is holds
    assert matches(AnyOf(any=(condition,)), attributes) is holds
    assert in_words(condition)
    assert all(problem.message for problem in problems(condition))
