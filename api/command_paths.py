"""Where each command is asked for, and who may: derived from what it is about.

A command on a ticket is at `/tickets/{ticket}/<name>`. Any other names what it is about in its
first field: one that begins something is posted to the collection (`register_agent` to `/agents`),
the others to the thing (`/agents/{agent}/rename_agent`). The desk is one thing.
"""

from dataclasses import fields

from api.auth.permissions import Permission
from commands.envelope import Command, TicketCommand
from commands.sla.editing import BookCommand
from domain.ids import SLA_BOOK, category_of
from domain.record import record

_BEGINS = ("open_", "register_", "create_")


@record
class _Thing:
    """Where things of a kind are found, and who may change them."""

    collection: str
    permission: Permission
    tag: str = "people"


_THINGS = {
    "requester": _Thing(collection="/requesters", permission=Permission.KEEP_CUSTOMERS),
    "organisation": _Thing(collection="/organisations", permission=Permission.KEEP_CUSTOMERS),
    "agent": _Thing(collection="/agents", permission=Permission.RUN_DESK),
    "team": _Thing(collection="/teams", permission=Permission.RUN_TEAMS),
    "queue": _Thing(collection="/queues", permission=Permission.RUN_TEAMS),
    "calendar": _Thing(collection="/sla/calendars", permission=Permission.RUN_DESK, tag="SLA"),
    "policy": _Thing(collection="/sla/policies", permission=Permission.RUN_DESK, tag="SLA"),
    "saved_view": _Thing(
        collection="/saved-views", permission=Permission.WORK, tag="configuration"
    ),
    "canned_response": _Thing(
        collection="/canned-responses", permission=Permission.WORK, tag="configuration"
    ),
    "macro": _Thing(collection="/macros", permission=Permission.WORK, tag="configuration"),
    "field": _Thing(collection="/fields", permission=Permission.RUN_DESK, tag="configuration"),
}

REQUESTER_MAY: dict[str, frozenset[str]] = {
    "open_ticket": frozenset(
        {"requester", "subject", "description", "channel", "language", "format", "attachments"}
    ),
    "receive_message": frozenset({"requester", "body", "channel", "format", "attachments"}),
    "close": frozenset(),
    "reopen": frozenset({"reason"}),
    "rate": frozenset({"score", "comment"}),
}
"""Commands that a requester may ask for on own tickets, and the fields that are theirs to fill."""


@record
class Place:
    """`thing` is the field that the address carries, None when it carries none.

    `about` is the field that names what the command is about, None when only its answer does.
    `category` is that of the stream that the command is about.
    """

    path: str
    tag: str
    thing: str | None
    about: str | None
    category: str
    creates: bool
    permission: Permission


def place_of(command: type[Command]) -> Place:
    """The place of a command among the routes."""
    permission = Permission.ASK if command.name in REQUESTER_MAY else Permission.WORK
    if issubclass(command, TicketCommand):
        return Place(
            path=f"/tickets/{{ticket}}/{command.name}",
            tag="ticket commands",
            thing="ticket",
            about="ticket",
            category="ticket",
            creates=False,
            permission=permission,
        )
    if command.name == "open_ticket":
        return Place(
            path="/tickets",
            tag="ticket commands",
            thing=None,
            about=None,
            category="ticket",
            creates=True,
            permission=permission,
        )
    of_book = issubclass(command, BookCommand)
    about = next((field.name for field in fields(command)), "")
    if about not in _THINGS:
        return Place(
            path=f"/desk/{command.name}",
            tag="desk",
            thing=None,
            about=None,
            category=category_of(SLA_BOOK) if of_book else "desk",
            creates=False,
            permission=Permission.RUN_DESK,
        )
    creates = command.name.startswith(_BEGINS)
    thing = _THINGS[about]
    return Place(
        path=thing.collection if creates else f"{thing.collection}/{{{about}}}/{command.name}",
        tag=thing.tag,
        thing=None if creates else about,
        about=about,
        category=category_of(SLA_BOOK) if of_book else about,
        creates=creates,
        permission=thing.permission,
    )
