"""Macros that are there in every test: what they do, whose they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.actor import Actor
from domain.configuration.macro import MacroCreated, MacroStep, StepValue
from domain.happened import Happened
from domain.ids import AgentId, MacroId, StreamId, macro_stream


def macro(
    name: str,
    *steps: Mapping[str, StepValue],
    by: Actor,
    at: datetime,
    shared: bool = True,
) -> dict[StreamId, Sequence[Happened]]:
    """The stream of a macro of these steps; `by` owns it."""
    created = MacroCreated(
        macro=MacroId(name),
        name=name.title(),
        folder=None,
        order=0,
        owner=AgentId(by.id),
        shared=shared,
        steps=tuple(map(MacroStep, steps)),
        by=by,
        at=at,
    )
    return {macro_stream(MacroId(name)): [created]}


def macros(kim: Actor, lee: Actor, at: datetime) -> dict[StreamId, Sequence[Happened]]:
    """Kim shares take, ask-back, solve and note; Lee keeps one for himself."""
    return {
        **macro(
            "take",
            {"command": "assign", "agent": "me"},
            {"command": "tag", "tag": "a"},
            by=kim,
            at=at,
        ),
        **macro(
            "ask-back",
            {"command": "set_field", "field": "site", "value": "x"},
            {"command": "add_note", "body": "Asked {{requester.name}} ({{agent.name}})."},
            {"command": "reply", "body": "Where?", "next_status": "pending", "wake_after": 3600},
            by=kim,
            at=at,
        ),
        **macro(
            "solve",
            {"command": "move_to_queue", "queue": "billing"},
            {"command": "untag", "tag": "a"},
            {"command": "resolve", "code": "fixed"},
            by=kim,
            at=at,
        ),
        **macro("note", {"command": "add_note", "body": "Seen."}, by=kim, at=at),
        **macro("of-lee", {"command": "tag", "tag": "b"}, by=lee, at=at, shared=False),
    }
