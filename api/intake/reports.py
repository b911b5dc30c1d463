"""What other systems report, as it is on the wire: the same over HTTP and on Kafka.

A report has a name at its source (`external_id`): sent again, it is taken in once. `conversation`
is what belongs together at the source: its reports concern one ticket, in the order in which they
arrive.
"""

from dataclasses import fields
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from api.bodies import Body, Text
from commands.open_ticket import OpenTicket
from commands.take_in import ID_LIMIT, NAME_LIMIT
from domain.checks import SUBJECT_LIMIT
from domain.ticket.words import Channel, FieldValue, Format, Level, Priority

Name = Annotated[Text, StringConstraints(min_length=1, max_length=NAME_LIMIT)]
Id = Annotated[Text, StringConstraints(min_length=1, max_length=ID_LIMIT)]
Subject = Annotated[Text, StringConstraints(min_length=1, max_length=SUBJECT_LIMIT)]


class Sender(Body):
    """Who asks. Known by `id`, else by the first of the others that is given, else registered."""

    id: Annotated[Id | None, Field(description="Requester id at this desk.")] = None
    email: Annotated[
        Text | None, Field(description="E-mail address.", examples=["mina@example.com"])
    ] = None
    phone: Annotated[Text | None, Field(description="Phone number.")] = None
    external_id: Annotated[
        Id | None, Field(description="Name at the source, for who has no address.")
    ] = None
    name: Annotated[
        Name | None, Field(description="For the registration of somebody new.", examples=["Mina"])
    ] = None
    language: Annotated[
        Text | None, Field(description="Likewise: a language tag.", examples=["ko"])
    ] = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "Sender":
        if not any((self.id, self.email, self.phone, self.external_id)):
            raise ValueError("needs an id, an email, a phone or an external_id")
        return self


class _Report(Body):
    source: Annotated[Name, Field(description="The system that reports.", examples=["chatbot"])]
    external_id: Annotated[
        Id, Field(description="Name of this report there.", examples=["talk-81/3"])
    ]
    conversation: Annotated[
        Id | None,
        Field(
            description="Name of what belongs together there; null: the report stands alone.",
            examples=["talk-81"],
        ),
    ] = None


class OpenReport(_Report):
    """Somebody asks for something. A conversation that has a ticket goes on in it."""

    kind: Literal["open"]
    requester: Sender
    subject: Annotated[Subject, Field(description="In a line.", examples=["Cannot sign in"])]
    description: Annotated[Text, Field(description="The request itself.")] = ""
    channel: Annotated[Channel, Field(description="How it came.")] = Channel.API
    format: Annotated[Format, Field(description="Of the description.")] = Format.TEXT
    queue: Annotated[Text | None, Field(description="Queue id.")] = None
    priority: Annotated[Priority | None, Field(description="Or impact and urgency.")] = None
    impact: Annotated[Level | None, Field(description="With urgency.")] = None
    urgency: Annotated[Level | None, Field(description="With impact.")] = None
    category: Annotated[Text | None, Field(description="Category.")] = None
    language: Annotated[Text | None, Field(description="Language tag.")] = None
    region: Annotated[Text | None, Field(description="Region.")] = None
    tags: Annotated[tuple[Text, ...], Field(description="Tags.", max_length=100)] = ()
    fields: Annotated[
        dict[str, FieldValue],
        Field(
            default_factory=dict,
            description="Fields of any name; custom fields keep to their definitions.",
        ),
    ]


OPENING = tuple(
    field.name for field in fields(OpenTicket) if field.name not in {"requester", "attachments"}
)
"""What a report says of the ticket that it opens, by the names that the command has for it."""


class MessageReport(_Report):
    """The requester wrote into a conversation that was opened before."""

    kind: Literal["message"]
    requester: Sender
    body: Annotated[
        Annotated[Text, StringConstraints(min_length=1)], Field(description="What was written.")
    ]
    channel: Annotated[Channel, Field(description="How it came.")] = Channel.API
    format: Annotated[Format, Field(description="Of the body.")] = Format.TEXT


class ResolveReport(_Report):
    """What the conversation was about is over. A ticket that has ended stays as it is."""

    kind: Literal["resolve"]
    code: Annotated[Name, Field(description="How it ended.", examples=["recovered"])] = "recovered"
    note: Annotated[Text, Field(description="What there is to say about it.")] = ""


Report: TypeAlias = OpenReport | MessageReport | ResolveReport
AnyReport = Annotated[Report, Field(discriminator="kind")]

REPORTS: TypeAdapter[Report] = TypeAdapter(AnyReport)


def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **REPORTS.json_schema()}
