"""What a macro may say, and where a refusal finds what is wrong with it."""

from typing import Any

import pytest

from commands.configuration.macro import CreateMacro, RewriteMacro
from commands.configuration.macro_steps import STEPS
from domain.configuration.field import FieldCreated, FieldKind, FieldRetired
from domain.configuration.macro import MacroRewritten, MacroStep
from domain.errors import Invalid, NotFound, Refused
from domain.ids import FIELDS, FieldName, MacroId
from domain.ticket.rules import ALLOWED_FROM
from tests.given import BOT, given, happened

TAKE = MacroId("take")
FIRST = {"command": "assign", "agent": "me"}


def create(*steps: dict[str, Any]) -> CreateMacro:
    return CreateMacro(macro=MacroId("new"), display_name="New", steps=tuple(map(MacroStep, steps)))


GOOD: list[dict[str, Any]] = [
    {"command": "acknowledge"},
    {"command": "assign", "agent": "kim", "team": "first-line"},
    {"command": "assign", "agent": None},
    {"command": "move_to_queue", "queue": "hardware"},
    {"command": "reply", "body": "Hello {{requester.first_name|there}}", "channel": "email"},
    {"command": "reply", "body": "<p>Done.</p>", "format": "html", "next_status": "resolved"},
    {"command": "reply", "body": "Wait", "next_status": "on_hold", "reason": "x", "wake_after": 9},
    {"command": "add_note", "body": "Seen by {{agent.name}}", "mentions": ("me", "lee")},
    {"command": "pend", "reason": "Asked"},
    {"command": "hold", "reason": "Parts", "wake_after": 86400.5},
    {"command": "resume", "reason": "The parts are here"},
    {"command": "resolve", "code": "fixed", "note": "Toner", "article": "KB-1"},
    {"command": "reopen", "reason": "Again"},
    {"command": "close"},
    {"command": "cancel", "reason": "Spam"},
    {"command": "prioritise", "impact": "high", "urgency": "low"},
    {"command": "prioritise", "priority": "urgent", "reason": "Now"},
    {"command": "categorise", "category": "hardware"},
    {"command": "categorise", "category": None},
    {"command": "tag", "tag": "a"},
    {"command": "untag", "tag": "a"},
    {"command": "set_field", "field": "free", "value": 1.5},
    {"command": "rename", "subject": "Printer"},
    {"command": "follow", "agent": "me"},
    {"command": "unfollow", "agent": "lee"},
    {"command": "escalate", "level": 9, "reason": "Loud"},
    {"command": "deescalate", "level": 0, "reason": "Calm"},
]


@pytest.mark.parametrize("step", GOOD, ids=lambda step: str(step)[:60])
def test_a_good_step_is_taken(step: dict[str, Any]) -> None:
    assert given().when(create(FIRST, step)).refusal is None


def test_there_is_a_good_step_of_each_command() -> None:
    assert {step["command"] for step in GOOD} == {command.name for command in STEPS}
    assert {command.name for command in STEPS} <= set(ALLOWED_FROM)


BAD: list[tuple[dict[str, Any], type[Refused], str]] = [
    ({}, Invalid, "steps[1].command"),
    ({"command": "merge", "into": "x"}, Invalid, "steps[1].command"),
    ({"command": "apply_macro", "macro": "take"}, Invalid, "steps[1].command"),
    ({"command": "assign"}, Invalid, "steps[1].agent"),
    ({"command": "assign", "agent": "nobody"}, NotFound, "steps[1].agent"),
    ({"command": "assign", "agent": "gone"}, Invalid, "steps[1].agent"),
    ({"command": "assign", "agent": "kim", "team": "experts"}, Invalid, "steps[1].team"),
    ({"command": "assign", "agent": 7}, Invalid, "steps[1].agent"),
    ({"command": "assign", "agent": "kim", "ticket": "t"}, Invalid, "steps[1].ticket"),
    ({"command": "move_to_queue", "queue": "gone-queue"}, Invalid, "steps[1].queue"),
    ({"command": "move_to_queue", "queue": "no-queue"}, NotFound, "steps[1].queue"),
    ({"command": "reply", "body": " "}, Invalid, "steps[1].body"),
    ({"command": "reply", "body": "{{nobody}}"}, Invalid, "steps[1].body"),
    ({"command": "reply", "body": "x", "next_status": "merged"}, Invalid, "steps[1].next_status"),
    ({"command": "reply", "body": "x", "wake_after": 5}, Invalid, "steps[1]"),
    ({"command": "reply", "body": "x", "attachments": ()}, Invalid, "steps[1].attachments"),
    ({"command": "add_note", "body": "{{ticket.number"}, Invalid, "steps[1].body"),
    ({"command": "add_note", "body": "x", "mentions": "kim"}, Invalid, "steps[1].mentions"),
    ({"command": "add_note", "body": "x", "mentions": ("gone",)}, Invalid, "steps[1].mentions"),
    ({"command": "hold", "reason": "x", "wake_at": "2030-01-01"}, Invalid, "steps[1].wake_at"),
    ({"command": "hold", "reason": "x", "wake_after": 0}, Invalid, "steps[1].wake_after"),
    ({"command": "hold", "reason": "x", "wake_after": "1"}, Invalid, "steps[1].wake_after"),
    ({"command": "hold", "reason": "x", "wake_after": True}, Invalid, "steps[1].wake_after"),
    ({"command": "resume", "reason": "x", "wake_after": 5}, Invalid, "steps[1].wake_after"),
    ({"command": "prioritise", "priority": "highest"}, Invalid, "steps[1].priority"),
    ({"command": "prioritise", "priority": "high"}, Invalid, "steps[1].reason"),
    ({"command": "tag", "tag": "two words"}, Invalid, "steps[1]"),
    ({"command": "set_field", "field": "No", "value": 1}, Invalid, "steps[1]"),
    ({"command": "set_field", "field": "floor", "value": "x"}, Invalid, "steps[1].value"),
    ({"command": "set_field", "field": "old", "value": "x"}, Invalid, "steps[1].value"),
    ({"command": "escalate", "level": True, "reason": "x"}, Invalid, "steps[1].level"),
    ({"command": "escalate", "level": 10, "reason": "x"}, Invalid, "steps[1].level"),
    ({"command": "escalate", "level": 1.5, "reason": "x"}, Invalid, "steps[1].level"),
]


@pytest.mark.parametrize(("step", "refusal", "field"), BAD, ids=lambda one: str(one)[:60])
def test_a_refusal_names_the_place(
    step: dict[str, Any], refusal: type[Refused], field: str
) -> None:
    values: dict[str, Any] = {"label": {"en": "x"}, "required_to_resolve": True, "order": 0}
    fields = [
        happened(
            FieldCreated,
            field=FieldName(name),
            value_kind=FieldKind.NUMBER,
            choices=(),
            **values,
        )
        for name in ("floor", "old")
    ]
    retired = happened(FieldRetired, field=FieldName("old"))
    there = given().and_given(FIELDS, *fields, retired)
    there.when(create(FIRST, step)).then_refused(refusal, field=field)
    steps = create(FIRST, step).steps
    there.when(RewriteMacro(macro=TAKE, steps=steps)).then_refused(refusal, field=field)


def test_a_macro_has_steps_but_not_too_many() -> None:
    given().when(create()).then_refused(Invalid, field="steps")
    given().when(create(*[FIRST] * 31)).then_refused(Invalid, field="steps")


def test_required_fields_do_not_keep_a_macro_from_being_written() -> None:
    required = happened(
        FieldCreated,
        field=FieldName("site"),
        label={"en": "Site"},
        value_kind=FieldKind.TEXT,
        choices=(),
        required_to_resolve=True,
        order=0,
    )
    resolving = create({"command": "resolve", "code": "fixed"})
    assert given().and_given(FIELDS, required).when(resolving).refusal is None


def test_a_macro_does_something_else() -> None:
    steps = create(FIRST, {"tag": "b", "command": "tag"}).steps
    given().when(RewriteMacro(macro=TAKE, steps=steps)).then(
        happened(
            MacroRewritten,
            macro=TAKE,
            steps=steps,
            previous=(MacroStep(FIRST), MacroStep({"command": "tag", "tag": "a"})),
        )
    )
    same = create(FIRST, {"tag": "a", "command": "tag"}).steps
    given().when(RewriteMacro(macro=TAKE, steps=same)).then_nothing()


def test_a_rule_writes_no_macro_that_only_an_agent_can_apply() -> None:
    acknowledging = create({"command": "acknowledge"})
    given().when(acknowledging, by=BOT).then_refused(Invalid, field="steps[0]")
