"""Who is on a ticket in this moment. Not a fact of the desk's life: nothing of it is in the log."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from domain.record import record


class Activity(StrEnum):
    """What somebody does on a ticket."""

    VIEWING = "viewing"
    TYPING = "typing"


@record
class Present:
    """A person on a ticket. `since`: when they came (UTC)."""

    person: str
    name: str
    activity: Activity
    since: datetime


def together(connections: Iterable[Present]) -> list[Present]:
    """One entry per person, whoever came first first.

    Somebody with several windows types if one of them does, and has been there since the first.
    """
    people: dict[str, Present] = {}
    for one in connections:
        known = people.get(one.person)
        if known is None:
            people[one.person] = one
            continue
        types = Activity.TYPING in (known.activity, one.activity)
        people[one.person] = Present(
            person=one.person,
            name=min(known, one, key=lambda present: present.since).name,
            activity=Activity.TYPING if types else Activity.VIEWING,
            since=min(known.since, one.since),
        )
    return sorted(people.values(), key=lambda present: (present.since, present.person))
