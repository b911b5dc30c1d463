"""Makes facts of a ticket, and the small changes of state that several steps share."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from domain.record import record, with_changes
from domain.ticket.words import Category, Status
from projections.kpi.rows import DIMENSIONS, Dimensions, FactRow, TicketFacts
from projections.kpi.steps import Step, What

FactKey = tuple[str, int]
"""(what, version): names a fact within its ticket."""


@record
class Patch:
    """From now on the fact under `key` also says this."""

    key: FactKey
    says: dict[str, Any]


Outcome = list[FactRow | Patch]

_SUM_OF = {
    Category.ACTIVE.value: "active_seconds",
    Category.WAITING_REQUESTER.value: "requester_seconds",
    Category.WAITING_THIRD_PARTY.value: "third_party_seconds",
    Category.DONE.value: "done_seconds",
    Category.FINAL.value: None,
}


_values_of = attrgetter(*DIMENSIONS)


def dimensions_of(row: Dimensions) -> dict[str, Any]:
    """What a row says about each dimension, by name."""
    return dict(zip(DIMENSIONS, _values_of(row), strict=True))


def fact(facts: TicketFacts, step: Step, what: What | str, **says: Any) -> FactRow:
    """A fact that a step made, with the dimensions that hold after it."""
    return FactRow(
        **dimensions_of(facts),
        workspace=facts.workspace,
        ticket=facts.ticket,
        what=str(what),
        version=step.version,
        known_version=step.version,
        at=step.at,
        known_from=step.effective_at,
        **{"versions": (step.version,), **says},
    )


def open_spell(facts: TicketFacts, **says: Any) -> FactRow:
    """The spell that the ticket is in, as a fact; without an end unless `says` has one."""
    return FactRow(
        **dimensions_of(facts),
        workspace=facts.workspace,
        ticket=facts.ticket,
        what="spell",
        version=facts.since_version,
        known_version=facts.known_version,
        at=facts.since,
        known_from=facts.known_from,
        versions=(facts.since_version,),
        status_category=facts.status_category,
        age_from=facts.age_from,
        age_version=facts.age_version,
        **says,
    )


def worked(facts: TicketFacts, step: Step) -> TicketFacts:
    """Work on a new ticket opens it."""
    return in_status(facts, Status.OPEN, step) if facts.status == Status.NEW else facts


def in_status(facts: TicketFacts, status: Status, step: Step) -> TicketFacts:
    """The ticket in a status, and the step remembered when it was in another one."""
    if facts.status == status:
        return facts
    return with_changes(
        facts,
        status=status.value,
        status_category=status.category.value,
        status_versions=(*facts.status_versions, step.version),
    )


def spent(facts: TicketFacts, until: datetime) -> dict[str, Any]:
    """Seconds in each category of statuses from the opening until an instant of the open spell."""
    spent: dict[str, Any] = {
        name: getattr(facts, name) for name in _SUM_OF.values() if name is not None
    }
    current = _SUM_OF[facts.status_category]
    if current is not None:
        spent[current] = round(spent[current] + (until - facts.since).total_seconds(), 6)
    return spent


def seconds(since: datetime | None, until: datetime) -> float:
    """Never below zero: an imported clock may have run backwards."""
    return 0.0 if since is None else max(0.0, (until - since).total_seconds())
