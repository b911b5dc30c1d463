"""Counts one ticket: each step changes the ticket's facts and may make a new one.

Pure, and the only place where a figure's raw numbers come from: the projection takes steps one by
one, and after an undo it counts the ticket again from the steps that are left.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from domain.record import record
from domain.ticket.words import Category, Status
from projections.kpi.dimensions import changed
from projections.kpi.rows import DIMENSIONS, FactRow, TicketFacts
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
    Category.ACTIVE: "active_seconds",
    Category.WAITING_REQUESTER: "requester_seconds",
    Category.WAITING_THIRD_PARTY: "third_party_seconds",
    Category.DONE: "done_seconds",
    Category.FINAL: None,
}


def begin(workspace: str, ticket: str, step: Step) -> tuple[TicketFacts, Outcome]:
    """The facts of a ticket that was just opened."""
    given = dict(step.given)
    asked = given.pop("asked")
    queue = given["queue"]
    facts = TicketFacts(
        **{**given, "tags": tuple(given["tags"])},
        workspace=workspace,
        ticket=ticket,
        version=step.version,
        last_at=step.effective_at,
        opened_at=step.at,
        opened_version=step.version,
        first_message_at=step.at if asked else None,
        first_message_version=step.version if asked else None,
        waiting_since=step.at if asked else None,
        waiting_version=step.version if asked else None,
        status=Status.NEW.value,
        status_category=Status.NEW.category.value,
        since=step.effective_at,
        since_version=step.version,
        known_from=step.effective_at,
        known_version=step.version,
        age_from=step.effective_at,
        age_version=step.version,
        status_versions=(step.version,),
        queues=() if queue is None else (queue,),
        revised={},
    )
    return facts, [fact(facts, step, What.OPENED)]


def evolve(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """The ticket's facts after a step, and what there is to be written down about it."""
    after, outcome = _after(facts, step)
    after = replace(after, version=step.version, last_at=step.effective_at)
    return _spelled(facts, after, step, outcome)


def count(
    workspace: str, ticket: str, steps: Iterable[Step]
) -> tuple[TicketFacts | None, dict[FactKey, FactRow]]:
    """Count a ticket from its first step; all of its facts as they are after the last one."""
    facts: TicketFacts | None = None
    known: dict[FactKey, FactRow] = {}
    for step in steps:
        if facts is None:
            if step.what is not What.OPENED:
                continue
            facts, outcome = begin(workspace, ticket, step)
        else:
            facts, outcome = evolve(facts, step)
        for item in outcome:
            if isinstance(item, Patch):
                known[item.key] = replace(known[item.key], **item.says)
            else:
                known[item.what, item.version] = item
    return facts, known


def open_spell(facts: TicketFacts) -> FactRow:
    """The spell that the ticket is in, as a fact without an end."""
    return FactRow(
        **{name: getattr(facts, name) for name in DIMENSIONS},
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
    )


def fact(facts: TicketFacts, step: Step, what: What | str, **says: Any) -> FactRow:
    """A fact that a step made, with the dimensions that hold after it."""
    return FactRow(
        **{name: getattr(facts, name) for name in DIMENSIONS},
        workspace=facts.workspace,
        ticket=facts.ticket,
        what=str(what),
        version=step.version,
        known_version=step.version,
        at=step.at,
        known_from=step.effective_at,
        **{"versions": (step.version,), **says},
    )


def _after(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    match step.what:
        case What.TOUCHED:
            return _touched(facts, step)
        case What.ASSIGNED:
            return _assigned(facts, step)
        case What.QUEUED:
            return _queued(facts, step)
        case What.ASKED:
            return _asked(facts, step), []
        case What.ANSWERED:
            return _answered(facts, step)
        case What.STATUS:
            return _in_status(facts, Status(step.given["status"]), step), []
        case What.RESOLVED:
            return _resolved(facts, step)
        case What.REOPENED:
            return _reopened(facts, step)
        case What.CLOSED:
            closed = _in_status(replace(facts, closed_at=step.at), Status.CLOSED, step)
            return closed, [fact(closed, step, step.what)]
        case What.CANCELLED:
            cancelled = _in_status(replace(facts, cancelled_at=step.at), Status.CANCELLED, step)
            return cancelled, [fact(cancelled, step, step.what)]
        case What.MERGED:
            merged = _in_status(replace(facts, merged_at=step.at), Status.MERGED, step)
            return merged, [fact(merged, step, step.what)]
        case What.OPENED | What.CHANGED | What.TAGGED | What.UNTAGGED | What.FIELD:
            # Imported evidence may open a ticket twice: only its attributes count then.
            return replace(facts, **changed(facts, step.what, step.given)), []
        case What.SURVEYED:
            surveyed = replace(facts, surveys=facts.surveys + 1, survey_version=step.version)
            return surveyed, [fact(surveyed, step, step.what, nth=surveyed.surveys)]
        case What.RATED:
            return _rated(facts, step)
        case _:
            assert_never(step.what)


def _touched(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """The first agent touch acknowledges a ticket."""
    if facts.acknowledged_at is not None:
        return facts, []
    touched = replace(facts, acknowledged_at=step.at)
    return touched, [
        fact(
            touched,
            step,
            "acknowledged",
            seconds=_seconds(facts.opened_at, step.at),
            versions=(facts.opened_version, step.version),
        )
    ]


def _assigned(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Reassigned is what another agent, or else another team, had before: giving back is not."""
    agent, team = step.given["agent"], step.given["team"]
    passed = (agent and facts.last_agent and agent != facts.last_agent) or (
        team and facts.last_team and team != facts.last_team
    )
    held = replace(
        facts,
        agent=agent,
        team=team,
        last_agent=agent or facts.last_agent,
        last_team=team or facts.last_team,
        reassignments=facts.reassignments + bool(passed),
    )
    if agent or team:
        held = _worked(held, step)
    outcome: Outcome = []
    if step.given["human"]:
        held, outcome = _touched(held, step)
    if passed:
        outcome.append(fact(held, step, "reassigned", nth=held.reassignments))
    return held, outcome


def _queued(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    queue = step.given["queue"]
    if queue == facts.queue:
        return facts, []
    back = queue in facts.queues
    moved = replace(
        facts,
        queue=queue,
        queues=facts.queues if queue is None or back else (*facts.queues, queue),
        queue_changes=facts.queue_changes + 1,
        queue_returns=facts.queue_returns + back,
    )
    nth = moved.queue_changes
    return moved, [fact(moved, step, "queue_changed", nth=nth, score=int(back))]


def _asked(facts: TicketFacts, step: Step) -> TicketFacts:
    first = facts.first_message_at is None
    waits = facts.waiting_since is None
    return replace(
        facts,
        first_message_at=step.at if first else facts.first_message_at,
        first_message_version=step.version if first else facts.first_message_version,
        waiting_since=step.at if waits else facts.waiting_since,
        waiting_version=step.version if waits else facts.waiting_version,
    )


def _answered(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Only a human's reply answers; the first one after the requester wrote is the response."""
    worked = _worked(facts, step)
    if not step.given["human"]:
        return worked, []
    touched, outcome = _touched(worked, step)
    answered = replace(touched, replies=facts.replies + 1, waiting_since=None, waiting_version=None)
    if facts.first_response_at is None and facts.first_message_at is not None:
        answered = replace(answered, first_response_at=step.at)
        since, version, what = facts.first_message_at, facts.first_message_version, "first_response"
    elif facts.waiting_since is not None:
        since, version, what = facts.waiting_since, facts.waiting_version, "next_response"
    else:
        return answered, outcome
    responded = fact(
        answered,
        step,
        what,
        seconds=_seconds(since, step.at),
        versions=(version, step.version),
    )
    return answered, [*outcome, responded]


def _resolved(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    resolved = replace(
        _in_status(facts, Status.RESOLVED, step),
        first_resolved_at=facts.first_resolved_at or step.at,
        last_resolved_at=step.at,
        resolutions=facts.resolutions + 1,
        resolved_version=step.version,
        waiting_since=None,
        waiting_version=None,
        survey_version=None,
        rating_version=None,
    )
    spent = _spent(facts, step.effective_at)
    made = fact(
        resolved,
        step,
        step.what,
        seconds=_seconds(facts.opened_at, step.at),
        versions=resolved.status_versions,
        nth=resolved.resolutions,
        replies=facts.replies,
        reopens=facts.reopens,
        active_seconds=spent["active_seconds"],
        requester_seconds=spent["requester_seconds"],
        third_party_seconds=spent["third_party_seconds"],
    )
    if facts.resolved_version is None:
        return resolved, [made]
    before = (What.RESOLVED.value, facts.resolved_version)
    return resolved, [Patch(key=before, says={"latest": False}), made]


def _reopened(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    reopened = replace(
        _in_status(facts, Status.OPEN, step),
        reopens=facts.reopens + 1,
        age_from=step.effective_at,
        age_version=step.version,
        closed_at=None,
    )
    outcome: Outcome = [fact(reopened, step, step.what, nth=reopened.reopens)]
    if facts.resolved_version is not None and facts.status_category != Category.ACTIVE:
        says = {"later_at": step.at, "later_version": step.version}
        outcome.append(Patch(key=(What.RESOLVED.value, facts.resolved_version), says=says))
    return reopened, outcome


def _rated(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """A second rating of the same resolution takes the place of the first one."""
    rated = replace(
        facts,
        ratings=facts.ratings + 1,
        rating_version=step.version,
        score=step.given["score"],
        survey_version=None,
    )
    outcome: Outcome = [fact(rated, step, step.what, score=step.given["score"], nth=rated.ratings)]
    if facts.rating_version is not None:
        outcome.append(Patch(key=(What.RATED.value, facts.rating_version), says={"latest": False}))
    if facts.survey_version is not None:
        says = {"later_at": step.at, "later_version": step.version}
        outcome.append(Patch(key=(What.SURVEYED.value, facts.survey_version), says=says))
    return rated, outcome


def _worked(facts: TicketFacts, step: Step) -> TicketFacts:
    """Work on a new ticket opens it."""
    return _in_status(facts, Status.OPEN, step) if facts.status == Status.NEW else facts


def _in_status(facts: TicketFacts, status: Status, step: Step) -> TicketFacts:
    if facts.status == status:
        return facts
    return replace(
        facts,
        status=status.value,
        status_category=status.category.value,
        status_versions=(*facts.status_versions, step.version),
    )


def _spelled(
    before: TicketFacts, after: TicketFacts, step: Step, outcome: Outcome
) -> tuple[TicketFacts, Outcome]:
    """Begin a new spell where the category or a dimension changed; one of no length is none."""
    if all(getattr(before, name) == getattr(after, name) for name in _SPELL):
        return after, outcome
    begun = replace(
        after,
        **_spent(before, step.effective_at),
        since=step.effective_at,
        since_version=step.version,
        known_from=step.effective_at,
        known_version=step.version,
    )
    if before.since == step.effective_at:
        return begun, outcome
    ended = replace(open_spell(before), later_at=step.effective_at, later_version=step.version)
    return begun, [*outcome, ended]


_SPELL = ("status_category", "age_version", *DIMENSIONS)


def _spent(facts: TicketFacts, until: datetime) -> dict[str, Any]:
    """Seconds in each category of statuses from the opening until an instant of the open spell."""
    spent: dict[str, Any] = {
        name: getattr(facts, name) for name in _SUM_OF.values() if name is not None
    }
    current = _SUM_OF[Category(facts.status_category)]
    if current is not None:
        spent[current] = round(spent[current] + (until - facts.since).total_seconds(), 6)
    return spent


def _seconds(since: datetime | None, until: datetime) -> float:
    return 0.0 if since is None else (until - since).total_seconds()
