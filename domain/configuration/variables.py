"""Variables in prepared texts: `{{requester.name}}`, `{{requester.name|there}}`, `{{field:site}}`.

Behind the bar stands what is written when there is no value; without it, nothing is.
"""

import re
from collections.abc import Mapping
from html import escape

from domain.checks import is_field_name
from domain.errors import Invalid
from domain.people.agent import Agent
from domain.people.organisation import Organisation
from domain.people.queue import Queue
from domain.people.requester import Requester
from domain.people.team import Team
from domain.record import record
from domain.ticket.state import Ticket
from domain.ticket.words import FieldValue

VARIABLES: Mapping[str, str] = {
    "ticket.number": "The ticket's number.",
    "ticket.subject": "The request in one line.",
    "ticket.status": "Where the ticket stands.",
    "ticket.priority": "How soon it is to be worked on.",
    "ticket.category": "What kind of request it is.",
    "ticket.channel": "How it reached us.",
    "ticket.opened_on": "The day on which it was opened (UTC).",
    "requester.name": "Who asks.",
    "requester.first_name": "The same, as one would greet them.",
    "requester.email": "Their first e-mail address.",
    "organisation.name": "What the requester belongs to.",
    "agent.name": "Who writes this answer.",
    "agent.first_name": "The same, as one would sign.",
    "assignee.name": "Whose ticket it is.",
    "team.name": "The team that the ticket is assigned to.",
    "queue.name": "The queue that the ticket waits in.",
}
"""Every variable, and what it stands for. `field:NAME` stands for any custom field."""

FIELD = "field:"

_PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}")
_HANGUL_OR_HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")


def check_variables(text: str, field: str) -> None:
    """Refuse a text with a variable that nobody knows, or braces that are not closed."""
    for found in _PLACE.finditer(text):
        name = found[1]
        if name in VARIABLES or (
            name.startswith(FIELD) and is_field_name(name.removeprefix(FIELD))
        ):
            continue
        known = [*VARIABLES, f"{FIELD}NAME"]
        raise Invalid(
            f"There is no variable {name[:60]!r}; there are {', '.join(known)}.",
            field=field,
            variable=name[:60],
            known=known,
        )
    rest = _PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Invalid(
            "A variable is written {{name}} or {{name|what else}}, and these braces are not"
            " closed or not opened.",
            field=field,
            known=[*VARIABLES, f"{FIELD}NAME"],
        )


@record
class Scene:
    """Who and what a text is about: a ticket, and the people and places around it."""

    ticket: Ticket
    requester: Requester = Requester()
    organisation: Organisation = Organisation()
    agent: Agent = Agent()
    assignee: Agent = Agent()
    team: Team = Team()
    queue: Queue = Queue()


def render(text: str, scene: Scene, *, as_html: bool = False) -> str:
    """`text` with every variable replaced; what has no value and no default is left empty.

    `as_html`: the text is HTML, in which a value is text all the same.
    """

    def value(found: "re.Match[str]") -> str:
        known = _value(found[1], scene)
        return (escape(known) if as_html else known) or found[2] or ""

    return _PLACE.sub(value, text)


def _value(name: str, scene: Scene) -> str:
    if name.startswith(FIELD):
        return _written(scene.ticket.field(name.removeprefix(FIELD)))
    ticket = scene.ticket
    match name:
        case "ticket.number":
            return str(ticket.number)
        case "ticket.subject":
            return ticket.subject
        case "ticket.status":
            return ticket.status
        case "ticket.priority":
            return ticket.priority
        case "ticket.category":
            return ticket.category or ""
        case "ticket.channel":
            return ticket.channel
        case "ticket.opened_on":
            return f"{ticket.opened_at:%Y-%m-%d}" if ticket.opened_at else ""
        case _:
            return _name(name, scene)


def _name(name: str, scene: Scene) -> str:
    match name:
        case "requester.name":
            return scene.requester.name
        case "requester.first_name":
            return first_name(scene.requester.name)
        case "requester.email":
            return min(scene.requester.emails, default="")
        case "organisation.name":
            return scene.organisation.name
        case "agent.name":
            return scene.agent.name
        case "agent.first_name":
            return first_name(scene.agent.name)
        case "assignee.name":
            return scene.assignee.name
        case "team.name":
            return scene.team.name
        case "queue.name":
            return scene.queue.name
        case _:
            return ""


def first_name(name: str) -> str:
    """How one greets somebody: `Mina` for `Mina Lee`, `민아` for `이 민아`, `이민아` for `이민아`.

    Names in Hangul or Chinese characters begin with the family's.
    """
    words = name.split()
    if not words:
        return ""
    return words[-1] if _HANGUL_OR_HAN.search(name) else words[0]


def _written(value: FieldValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
