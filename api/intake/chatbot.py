"""A chatbot hands a talk over to people, with all that was said."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.bodies import Body, Instant, Text
from api.intake.reports import Id, Name, OpenReport, Sender, Subject
from commands.take_in import ID_LIMIT
from domain.checks import BODY_LIMIT
from domain.ticket.words import Channel, FieldValue, Priority

_NAME = ID_LIMIT - len("/1000")
"""Characters of a talk's name: with how far it has come behind it, it names the report."""

_SUBJECT = 120
"""Characters of what the visitor wrote first that make a subject."""


class Said(Body):
    """One thing that was said in the talk."""

    by: Annotated[
        Literal["requester", "bot", "agent"], Field(description="Who said it.", examples=["bot"])
    ]
    text: Annotated[Text, Field(description="What.", examples=["How can I help?"])]
    at: Annotated[Instant | None, Field(description="When.")] = None


class HandOver(Body):
    """A talk up to here. Handed over again with more in it, it goes into the same ticket."""

    source: Annotated[Name, Field(description="The chatbot.", examples=["chatbot"])] = "chatbot"
    conversation: Annotated[
        Id, Field(max_length=_NAME, description="Name of the talk.", examples=["talk-81"])
    ]
    requester: Sender
    transcript: Annotated[
        tuple[Said, ...], Field(description="From the beginning.", min_length=1, max_length=1_000)
    ]
    subject: Annotated[
        Subject | None, Field(description="Null: the first that the requester said.")
    ] = None
    reason: Annotated[
        Text, StringConstraints(max_length=1_000), Field(description="Why it is handed over.")
    ] = ""
    queue: Annotated[Text | None, Field(description="Queue id.")] = None
    priority: Annotated[Priority | None, Field(description="Priority.")] = None
    fields: Annotated[
        dict[str, FieldValue],
        Field(default_factory=dict, description="What the bot found out, by name."),
    ]


def report_of(talk: HandOver) -> OpenReport:
    """The talk as a request; its name follows from how far it has come."""
    asked = next((one.text for one in talk.transcript if one.by == "requester"), "")
    first = " ".join((asked or talk.transcript[0].text).split())[:_SUBJECT]
    return OpenReport(
        kind="open",
        source=talk.source,
        external_id=f"{talk.conversation}/{len(talk.transcript)}",
        conversation=talk.conversation,
        requester=talk.requester,
        subject=talk.subject or first or "Chat",
        description=_text(talk),
        channel=Channel.CHAT,
        queue=talk.queue,
        priority=talk.priority,
        language=talk.requester.language,
        tags=("chat",),
        fields=talk.fields,
    )


def _text(talk: HandOver) -> str:
    """A line for each thing said. What does not fit is left out at the beginning, and said so."""
    names = {"requester": talk.requester.name or "Requester", "bot": "Bot", "agent": "Agent"}
    lines = [
        f"[{one.at:%H:%M}] {names[one.by]}: {one.text}"
        if one.at
        else f"{names[one.by]}: {one.text}"
        for one in talk.transcript
    ]
    head = [talk.reason, ""] if talk.reason else []
    dropped = 0
    while sum(map(len, lines)) + len(lines) > BODY_LIMIT - 1_200 and len(lines) > 1:
        lines.pop(0)
        dropped += 1
    left = [f"({dropped} earlier lines left out)"] if dropped else []
    return "\n".join([*head, *left, *lines])[:BODY_LIMIT]
