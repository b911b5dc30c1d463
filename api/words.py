"""What the fields of commands mean, once for all commands that have them, with an example each."""

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
    "agent": About(text="Id of an agent.", example="kim"),
    "article": About(text="Knowledge article that answers the request.", example="KB-104"),
    "body": About(
        text="What was written, as it was written.", example="The printer works again. Thank you!"
    ),
    "category": About(text="What the request is about.", example="hardware/printer"),
    "channel": About(text="How it reached us.", example="web"),
    "code": About(text="How it was resolved.", example="solved"),
    "comment": About(text="What the requester added to the score.", example="Quick and friendly."),
    "description": About(
        text="The request in the requester's words.",
        example="It prints blank pages since this morning.",
    ),
    "email": About(text="E-mail address.", example="mina.lee@example.com"),
    "fields": About(text="Values of custom fields, by name.", example={"asset": "PRN-0042"}),
    "impact": About(text="How much is affected.", example="medium"),
    "into": About(
        text="Id of the ticket it goes into.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"
    ),
    "language": About(text="Language tag (BCP 47).", example="ko"),
    "level": About(text="Level of support, 0 is the first line.", example=1),
    "name": About(text="Name, as people read it.", example="Mina Lee"),
    "next_status": About(text="Status after the reply.", example="pending"),
    "note": About(text="What was done, for the next reader.", example="Replaced the toner."),
    "organisation": About(text="Id of an organisation.", example="acme"),
    "other": About(text="Id of the other ticket.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"),
    "priority": About(text="Priority.", example="high"),
    "queue": About(text="Id of a queue; null takes it out.", example="service-desk"),
    "reason": About(
        text="Why, in a sentence. It stays in the history.", example="Still not working."
    ),
    "region": About(text="Region code.", example="KR"),
    "relation": About(text="What this ticket is to the other one.", example="related"),
    "requester": About(text="Id of a requester.", example="mina"),
    "score": About(text="Satisfaction from 1 to 5; 4 and 5 are positive.", example=5),
    "source": About(
        text="Id of the ticket it comes from.", example="0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"
    ),
    "subject": About(
        text="The request in one line.", example="Printer on floor 3 prints blank pages"
    ),
    "tag": About(text="A tag.", example="printer"),
    "tags": About(text="Tags.", example=["printer"]),
    "team": About(text="Id of a team.", example="field"),
    "urgency": About(text="How soon it matters.", example="medium"),
    "wake_at": About(text="Resume by itself at this instant.", example="2030-03-01T09:00:00Z"),
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
