"""What a canned response says."""

import pytest

from commands.configuration.canned_response import CreateCannedResponse, RewordCannedResponse
from domain.configuration.canned_response import CannedResponseCreated, CannedResponseReworded
from domain.errors import Invalid
from domain.ids import AgentId, CannedResponseId, canned_response_stream
from tests.given import Given, given, happened

HELLO = CannedResponseId("hello")


def kept() -> Given:
    return given().and_given(
        canned_response_stream(HELLO),
        happened(
            CannedResponseCreated,
            canned_response=HELLO,
            name="Hello",
            folder="Greetings",
            order=0,
            owner=AgentId("kim"),
            shared=True,
            body="Hello {{requester.name}}!",
            language="en",
        ),
    )


def test_it_says_something_else() -> None:
    kept().when(
        RewordCannedResponse(
            canned_response=HELLO, body="{{requester.name}} 님, 안녕하세요!", language="ko"
        )
    ).then(
        happened(
            CannedResponseReworded,
            canned_response=HELLO,
            body="{{requester.name}} 님, 안녕하세요!",
            previous_body="Hello {{requester.name}}!",
            language="ko",
            previous_language="en",
        )
    )
    same = RewordCannedResponse(
        canned_response=HELLO, body="Hello {{requester.name}}!", language="en"
    )
    kept().when(same).then_nothing()


@pytest.mark.parametrize(
    ("body", "language", "field"),
    [
        ("", None, "body"),
        ("x" * 100_001, None, "body"),
        ("Hello {{requester.nickname}}", None, "body"),
        ("Hello", "korean!", "language"),
    ],
)
def test_a_refusal_names_the_field(body: str, language: str | None, field: str) -> None:
    reworded = RewordCannedResponse(canned_response=HELLO, body=body, language=language)
    kept().when(reworded).then_refused(Invalid, field=field)
    new = CreateCannedResponse(
        canned_response=CannedResponseId("new"), display_name="New", body=body, language=language
    )
    given().when(new).then_refused(Invalid, field=field)


def test_an_unknown_variable_is_refused_with_those_that_there_are() -> None:
    reworded = RewordCannedResponse(canned_response=HELLO, body="{{ticket.nummer}}")
    kept().when(reworded).then_refused(
        Invalid, "requester.first_name", field="body", variable="ticket.nummer"
    )
