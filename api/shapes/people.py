"""Directories: requesters, organisations, agents, teams, queues."""

from typing import Any

from api.shapes.deriving import like, shape
from projections import people


@like(people.RequesterRow, without=("workspace",))
class Requester:
    """A person who asks for help."""


@like(people.OrganisationRow, without=("workspace",))
class Organisation:
    """What requesters belong to."""


@like(people.AgentRow, without=("workspace",))
class Agent:
    """A person who works on tickets."""


@like(people.TeamRow, without=("workspace",))
class Team:
    """Agents who share work; a retired team takes none."""


@like(people.QueueRow, without=("workspace",))
class Queue:
    """Where tickets wait; a retired queue takes no new ones."""


ITEMS: dict[str, Any] = {
    "requester": Requester,
    "organisation": Organisation,
    "agent": Agent,
    "team": Team,
    "queue": Queue,
}
"""The shape of one of each category."""


def _page(item: Any) -> type[Any]:
    doc = "A page by name. `next` is the cursor of the next one, null on the last."
    shown = {"items": tuple[item, ...], "next": str | None}
    return shape(f"{item.__name__}Page", doc, __name__, shown)


PAGES: dict[str, Any] = {category: _page(item) for category, item in ITEMS.items()}
"""The shape of a list of each category."""
