"""Variables in prepared texts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.configuration.variables import VARIABLES, Scene, check_variables, first_name, render
from domain.errors import Invalid
from domain.ids import TicketNumber
from domain.people.agent import Agent
from domain.people.organisation import Organisation
from domain.people.queue import Queue
from domain.people.requester import Requester
from domain.people.team import Team
from domain.ticket.state import Ticket
from domain.ticket.words import Priority, Status

SCENE = Scene(
    ticket=Ticket(
        version=3,
        number=TicketNumber(42),
        subject="Printer {{requester.name}} smokes",
        status=Status.OPEN,
        priority=Priority.HIGH,
        category="hardware",
        fields=(("floor", 3.0), ("site", "서울"), ("vip", True)),
        opened_at=datetime(2026, 3, 2, 23, 0, tzinfo=UTC),
    ),
    requester=Requester(name="Mina Lee", emails=frozenset({"mina@b.org", "mina@a.org"})),
    organisation=Organisation(name="Acme"),
    agent=Agent(name="Kim Park"),
    assignee=Agent(name="Lee"),
    team=Team(name="First line"),
    queue=Queue(name="Hardware"),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no variable", "no variable"),
        ("#{{ticket.number}}: {{ ticket.category }}", "#42: hardware"),
        ("{{ticket.status}} {{ticket.priority}} {{ticket.channel}}", "open high web"),
        ("{{ticket.opened_on}}", "2026-03-02"),
        ("{{requester.name}} <{{requester.email}}>", "Mina Lee <mina@a.org>"),
        ("Hello {{requester.first_name|there}}!", "Hello Mina!"),
        ("{{organisation.name}}/{{queue.name}}/{{team.name}}", "Acme/Hardware/First line"),
        ("{{agent.name}} ({{agent.first_name}}), {{assignee.name}}", "Kim Park (Kim), Lee"),
        ("{{field:site}} {{field:floor}} {{field:vip}}", "서울 3 yes"),
        ("{{field:unknown}}|{{field:unknown|none yet}}", "|none yet"),
        ("{{ticket.subject}}", "Printer {{requester.name}} smokes"),
        ("{single} and } are text", "{single} and } are text"),
    ],
)
def test_variables_are_filled_in_once(text: str, said: str) -> None:
    check_variables(text, "body")
    assert render(text, SCENE) == said


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_has_a_value_and_none_where_nothing_is_known(name: str) -> None:
    text = f"{{{{{name}}}}}"
    assert render(text, SCENE)
    nothing = Scene(ticket=Ticket())
    always = {"ticket.number", "ticket.status", "ticket.priority", "ticket.channel"}
    assert bool(render(text, nothing)) == (name in always)
    with_default = f"{{{{{name}|so far nothing}}}}"
    assert (render(with_default, nothing) == "so far nothing") == (name not in always)


@pytest.mark.parametrize(
    "text",
    [
        "{{nobody}}",
        "{{}}",
        "{{field:}}",
        "{{field:Ä}}",
        "{{ticket.number",
        "ticket.number}}",
        "{{{{ticket.number}}}}",
    ],
)
def test_what_nobody_knows_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_variables(text, "body")
    assert refused.value.details["field"] == "body"
    assert refused.value.details["known"] == [*VARIABLES, "field:NAME"]


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Mina Lee", "Mina"),
        ("Mina", "Mina"),
        ("이 민아", "민아"),
        ("이민아", "이민아"),
        ("  ", ""),
        ("王 小明", "小明"),
    ],
)
def test_people_are_greeted_by_their_given_name(name: str, greeted: str) -> None:
    assert first_name(name) == greeted


@given(st.text(alphabet="{}|: abfieldticket.number"))
def test_what_is_taken_is_rendered_without_a_trace_of_braces(text: str) -> None:
    try:
        check_variables(text, "body")
    except Invalid:
        return
    assert "{{" not in render(text, SCENE)
    assert "}}" not in render(text, SCENE)
