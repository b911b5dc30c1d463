"""Counts one ticket: each step changes the ticket's facts and may make a new one.

Pure, and the only place where a figure's raw numbers come from: the projection takes steps one by
one, and after an undo it counts the ticket again from the steps that are left.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, assert_never

from domain.record import with_changes
from domain.ticket.words import Status
from projections.kpi import moves
from projections.kpi.dimensions import changed
from projections.kpi.facts import FactKey, Outcome, Patch, fact, in_status, open_spell, spent
from projections.kpi.rows import DIMENSIONS, FactRow, TicketFacts
from projections.kpi.steps import Step, What, noted


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
        last_queue=queue,
        revised={},
        steps=noted([step]),
    )
    return facts, [fact(facts, step, What.OPENED)]


def evolve(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """The ticket's facts after a step, and what there is to be written down about it."""
    after, outcome = _after(facts, step)
    spell, ended = _spelled(facts, after, step)
    counted = with_changes(
        after,
        version=step.version,
        last_at=step.effective_at,
        steps=facts.steps | noted([step]),
        **spell,
    )
    return counted, [*outcome, *ended]


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
                known[item.key] = with_changes(known[item.key], **item.says)
            else:
                known[item.what, item.version] = item
    return facts, known


def _after(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    match step.what:
        case What.TOUCHED:
            return moves.touched(facts, step)
        case What.ASSIGNED:
            return moves.assigned(facts, step)
        case What.QUEUED:
            return moves.queued(facts, step)
        case What.ASKED:
            return moves.asked(facts, step), []
        case What.ANSWERED:
            return moves.answered(facts, step)
        case What.STATUS:
            return in_status(facts, Status(step.given["status"]), step), []
        case What.RESOLVED:
            return moves.resolved(facts, step)
        case What.REOPENED:
            return moves.reopened(facts, step)
        case What.CLOSED:
            closed = in_status(with_changes(facts, closed_at=step.at), Status.CLOSED, step)
            return closed, [fact(closed, step, step.what)]
        case What.CANCELLED:
            cancelled = in_status(with_changes(facts, cancelled_at=step.at), Status.CANCELLED, step)
            return cancelled, [fact(cancelled, step, step.what)]
        case What.MERGED:
            merged = in_status(with_changes(facts, merged_at=step.at), Status.MERGED, step)
            return merged, [fact(merged, step, step.what)]
        case What.OPENED | What.CHANGED | What.TAGGED | What.UNTAGGED | What.FIELD:
            # Imported evidence may open a ticket twice: only its attributes count then.
            return with_changes(facts, **changed(facts, step.what, step.given)), []
        case What.SURVEYED:
            surveyed = with_changes(facts, surveys=facts.surveys + 1, survey_version=step.version)
            return surveyed, [fact(surveyed, step, step.what, nth=surveyed.surveys)]
        case What.RATED:
            return moves.rated(facts, step)
        case _:
            assert_never(step.what)


def _spelled(
    before: TicketFacts, after: TicketFacts, step: Step
) -> tuple[dict[str, Any], list[FactRow]]:
    """Begin a new spell where the category or a dimension changed; one of no length is none."""
    if _spell_of(before) == _spell_of(after):
        return {}, []
    begun = {
        **spent(before, step.effective_at),
        "since": step.effective_at,
        "since_version": step.version,
        "known_from": step.effective_at,
        "known_version": step.version,
    }
    if before.since == step.effective_at:
        return begun, []
    ended = open_spell(before, later_at=step.effective_at, later_version=step.version)
    return begun, [ended]


_spell_of = attrgetter("status_category", "age_version", *DIMENSIONS)
