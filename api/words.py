"""What the fields of commands mean, once for all commands that have them, with an example each.

`macro.steps` is what `steps` means in commands on a macro; `steps` is what it means in all others.
"""

import types
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin

from domain.record import record


@record
class About:
    """A field's meaning in a sentence, and an example as JSON."""

    text: str
    example: Any


ABOUT: dict[str, About] = {
    "after": About(
        text="Open seconds after the target is used up at which the step comes.", example=3600
    ),
    "agent": About(text="Id of an agent.", example="kim"),
    "applies_to": About(
        text="Which tickets take it: `running`, all of them from `effective_at` on; or "
        "`new_tickets`, those that are opened then or later.",
        example="running",
    ),
    "article": About(text="Knowledge article that answers the request.", example="KB-104"),
    "attachments": About(
        text="Files beside it, each uploaded before.",
        example=[],
    ),
    "before": About(
        text="Open seconds before the target is used up at which the step comes.", example=1800
    ),
    "body": About(
        text="What was written, as it was written.", example="The printer works again. Thank you!"
    ),
    "bot_reply": About(
        text="Whether a public reply by a rule answers the requester.", example="ignored"
    ),
    "calendar": About(text="Id of a calendar.", example="seoul"),
    "canned_response": About(text="Id of a canned response.", example="greeting"),
    "category": About(text="What the request is about.", example="hardware/printer"),
    "channel": About(text="How it reached us.", example="web"),
    "choices": About(
        text="Values of a choice, in their order, with how each reads by language.",
        example=[{"value": "seoul", "label": {"ko": "서울", "en": "Seoul"}}, {"value": "busan"}],
    ),
    "clock": About(text="What is promised.", example="resolution"),
    "code": About(text="How it was resolved.", example="solved"),
    "columns": About(
        text="What is shown of each ticket, in this order: names of a row, or `field:NAME`.",
        example=["number", "subject", "requester", "sla", "field:site"],
    ),
    "comment": About(text="What the requester added to the score.", example="Quick and friendly."),
    "condition": About(
        text="For which tickets: a comparison, or `all`, `any` or `none` of some conditions, up to "
        'five deep in each other; `{"all": []}` is every ticket.',
        example={
            "all": [
                {"attribute": "priority", "op": "is", "values": ["urgent", "high"]},
                {"attribute": "queue", "op": "is_set"},
            ]
        },
    ),
    "counts_resolved": About(
        text="Whether time spent resolved before a reopening counts; for `total_resolution`.",
        example=False,
    ),
    "day": About(text="A day of the calendar's zone.", example="2026-05-05"),
    "description": About(
        text="The request in the requester's words.",
        example="It prints blank pages since this morning.",
    ),
    "direction": About(text="Of sorting.", example="desc"),
    "display_name": About(text="Name, as people read it.", example="Mina Lee"),
    "effective_at": About(text="From when it holds; from now on unless given.", example=None),
    "email": About(text="E-mail address.", example="mina.lee@example.com"),
    "field": About(text="Name of a custom field.", example="site"),
    "fields": About(text="Values of custom fields, by name.", example={"asset": "PRN-0042"}),
    "filter": About(
        text="Parameters of the list of tickets, each with the values of which one must match; `me`"
        " is whoever looks.",
        example={"queue": ["service-desk"], "agent": ["none"], "backlog": ["true"]},
    ),
    "folder": About(text="The folder it lies in; null: in none.", example="First line"),
    "follow_up": About(text="From when the clocks of a follow-up ticket count.", example="fresh"),
    "format": About(text="How it was written; HTML is made safe when it is shown.", example="text"),
    "holidays": About(
        text="Days on which it is closed.", example=[{"day": "2026-05-05", "name": "어린이날"}]
    ),
    "impact": About(text="How much is affected.", example="medium"),
    "into": About(
        text="Id of the ticket it goes into.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"
    ),
    "kind": About(text="What may stand in it.", example="choice"),
    "label": About(text="How it reads, by language.", example={"ko": "지점", "en": "Site"}),
    "language": About(text="Language tag (BCP 47).", example="ko"),
    "level": About(text="Level of support, 0 is the first line.", example=1),
    "mentions": About(
        text="Ids of agents who are told of the note and follow the ticket.", example=["kim"]
    ),
    "macro": About(text="Id of a macro.", example="take-it"),
    "macro.steps": About(
        text="Commands on a ticket in their order, each with its public name as `command` and its "
        "fields. `me` is the agent who applies it, `wake_after` (seconds) stands for `wake_at`, and"
        " the `body` of a reply or a note may hold variables.",
        example=[
            {"command": "assign", "agent": "me"},
            {"command": "reply", "body": "Hello {{requester.first_name|there}}, on it!"},
            {"command": "pend", "reason": "Asked for the serial number", "wake_after": 172800},
        ],
    ),
    "name": About(text="Name, as people read it.", example="Mina Lee"),
    "next_status": About(text="Status after the reply.", example="pending"),
    "note": About(text="What was done, for the next reader.", example="Replaced the toner."),
    "notify": About(text="Whom the step tells.", example=["assignee", "queue_lead"]),
    "on_behalf": About(
        text="When the first response starts of a ticket that an agent opened.",
        example="first_message",
    ),
    "on_change": About(text="What a clock does when another target holds.", example="swap_target"),
    "on_merge": About(
        text="What becomes of the clocks of a ticket that is merged into another.", example="cancel"
    ),
    "on_reopen": About(
        text="What becomes of the total resolution when a ticket is reopened.", example="resume"
    ),
    "openings": About(
        text="Days with hours of their own, in place of those of the weekday or a holiday.",
        example=[{"day": "2026-12-31", "name": "New Year's Eve", "windows": ["09:00-12:00"]}],
    ),
    "options": About(
        text="What help desks disagree on; each has a default.",
        example={"on_change": "swap_target", "on_reopen": "resume"},
    ),
    "order": About(text="Sorts it among its neighbours, the lowest first.", example=10),
    "organisation": About(text="Id of an organisation.", example="acme"),
    "other": About(text="Id of the other ticket.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"),
    "paused_in": About(
        text="Categories of status in which the clock stands still; left out: as is usual for it.",
        example=["waiting-requester"],
    ),
    "policy": About(text="Id of a policy.", example="gold"),
    "priority": About(text="Priority.", example="high"),
    "promises": About(
        text="What is promised, clock by clock.",
        example=[
            {
                "clock": "first_response",
                "targets": {
                    "urgent": {"seconds": 1800, "calendar": "24x7"},
                    "high": {"seconds": 3600, "calendar": "office-hours"},
                },
                "steps": [{"name": "soon", "share": 0.75, "notify": ["assignee"]}],
            }
        ],
    ),
    "queue": About(text="Id of a queue; null takes it out.", example="service-desk"),
    "queues": About(
        text="Ids of the queues for which the handling is promised; none: all others.",
        example=["service-desk"],
    ),
    "rank": About(text="Policies are tried by rank, the lowest first.", example=10),
    "reason": About(
        text="Why, in a sentence. It stays in the history.", example="Still not working."
    ),
    "region": About(text="Region code.", example="KR"),
    "relation": About(text="What this ticket is to the other one.", example="related"),
    "required_to_resolve": About(
        text="Whether no ticket is resolved while it is empty.", example=False
    ),
    "requester": About(text="Id of a requester.", example="mina"),
    "saved_view": About(text="Id of a saved view.", example="unassigned-hardware"),
    "score": About(text="Satisfaction from 1 to 5; 4 and 5 are positive.", example=5),
    "seconds": About(text="Open time that may be used up.", example=14400),
    "share": About(text="Part of the target at which the step comes.", example=0.75),
    "shared": About(text="For everybody who works here, or for its owner alone.", example=True),
    "since": About(text="From when on the past is judged anew.", example="2026-01-01T00:00:00Z"),
    "sort": About(text="What a list of tickets is sorted by.", example="updated_at"),
    "source": About(
        text="Id of the ticket it comes from.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"
    ),
    "steps": About(
        text="What is done before or after it runs out; each comes once.",
        example=[
            {"name": "soon", "share": 0.75, "notify": ["assignee"]},
            {"name": "late", "after": 3600, "level": 2},
        ],
    ),
    "subject": About(
        text="The request in one line.", example="Printer on floor 3 prints blank pages"
    ),
    "tag": About(text="A tag.", example="printer"),
    "tags": About(text="Tags.", example=["printer"]),
    "targets": About(
        text="Targets by priority; a priority without one has no such clock.",
        example={"high": {"seconds": 14400, "calendar": "office-hours"}},
    ),
    "team": About(text="Id of a team.", example="field"),
    "urgency": About(text="How soon it matters.", example="medium"),
    "value": About(text="A value; null empties it.", example="seoul"),
    "version": About(text="The version to take over; 0 is the built-in one.", example=1),
    "wake_at": About(text="Resume by itself at this instant.", example="2030-03-01T09:00:00Z"),
    "weekly": About(
        text="Windows by weekday; a day that is left out is closed. One that ends before it begins "
        "ends on the next day.",
        example={"monday": ["09:00-12:00", "13:00-18:00"], "friday": ["22:00-06:00"]},
    ),
    "windows": About(
        text="Windows of the day, `24:00` is its end; none: closed.",
        example=["09:00-12:00", "13:00-18:00"],
    ),
    "zone": About(text="Time zone (IANA).", example="Asia/Seoul"),
}


def example_of(hint: Any) -> Any:
    """Some value of a type as JSON, for fields that nobody has described."""
    simple = {str: "text", bool: True, int: 1, float: 1.0, timedelta: 3600}
    if hint in simple:
        return simple[hint]
    if hint is datetime:
        return "2030-03-01T09:00:00Z"
    if isinstance(hint, NewType):
        return example_of(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint)).value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if types.NoneType in arguments else example_of(arguments[0])
    if origin in (Annotated, Literal):
        return example_of(arguments[0]) if origin is Annotated else arguments[0]
    if origin is tuple and arguments[-1] is not ...:
        return [example_of(argument) for argument in arguments]
    return {} if origin is dict else []
