"""What each kind of step that makes facts does to a ticket's counts."""

from domain.record import with_changes
from domain.ticket.words import Category, Status
from projections.kpi.facts import Outcome, Patch, fact, in_status, seconds, spent, worked
from projections.kpi.rows import TicketFacts
from projections.kpi.steps import Step, What


def touched(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """The first agent touch acknowledges a ticket."""
    if facts.acknowledged_at is not None:
        return facts, []
    after = with_changes(facts, acknowledged_at=step.at)
    return after, [
        fact(
            after,
            step,
            "acknowledged",
            seconds=seconds(facts.opened_at, step.at),
            versions=(facts.opened_version, step.version),
        )
    ]


def assigned(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Reassigned is what another agent, or else another team, had before: giving back is not."""
    agent, team = step.given["agent"], step.given["team"]
    passed = (agent and facts.last_agent and agent != facts.last_agent) or (
        team and facts.last_team and team != facts.last_team
    )
    held = with_changes(
        facts,
        agent=agent,
        team=team,
        last_agent=agent or facts.last_agent,
        last_team=team or facts.last_team,
        reassignments=facts.reassignments + bool(passed),
    )
    if agent or team:
        held = worked(held, step)
    outcome: Outcome = []
    if step.given["human"]:
        held, outcome = touched(held, step)
    if passed:
        outcome.append(fact(held, step, "reassigned", nth=held.reassignments))
    return held, outcome


def queued(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Every move counts; a return is one to a queue that was left for another one."""
    queue = step.given["queue"]
    if queue == facts.queue:
        return facts, []
    back = queue in facts.queues and queue != facts.last_queue
    moved = with_changes(
        facts,
        queue=queue,
        last_queue=queue or facts.last_queue,
        queues=facts.queues if queue is None or queue in facts.queues else (*facts.queues, queue),
        queue_changes=facts.queue_changes + 1,
        queue_returns=facts.queue_returns + back,
    )
    nth = moved.queue_changes
    return moved, [fact(moved, step, "queue_changed", nth=nth, score=int(back))]


def asked(facts: TicketFacts, step: Step) -> TicketFacts:
    """The first message, and the oldest that nobody has answered."""
    first = facts.first_message_at is None
    waits = facts.waiting_since is None
    return with_changes(
        facts,
        first_message_at=step.at if first else facts.first_message_at,
        first_message_version=step.version if first else facts.first_message_version,
        waiting_since=step.at if waits else facts.waiting_since,
        waiting_version=step.version if waits else facts.waiting_version,
    )


def answered(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Only a human's reply answers; the first one after the requester wrote is the response."""
    after = worked(facts, step)
    if not step.given["human"]:
        return after, []
    after, outcome = touched(after, step)
    after = with_changes(after, replies=facts.replies + 1, waiting_since=None, waiting_version=None)
    if facts.first_response_at is None and facts.first_message_at is not None:
        after = with_changes(after, first_response_at=step.at)
        since, version, what = facts.first_message_at, facts.first_message_version, "first_response"
    elif facts.waiting_since is not None:
        since, version, what = facts.waiting_since, facts.waiting_version, "next_response"
    else:
        return after, outcome
    responded = fact(
        after,
        step,
        what,
        seconds=seconds(since, step.at),
        versions=(version, step.version),
    )
    return after, [*outcome, responded]


def resolved(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """Each resolution is a fact; of several, only the last one is the latest."""
    after = with_changes(
        in_status(facts, Status.RESOLVED, step),
        first_resolved_at=facts.first_resolved_at or step.at,
        last_resolved_at=step.at,
        resolutions=facts.resolutions + 1,
        resolved_version=step.version,
        waiting_since=None,
        waiting_version=None,
        survey_version=None,
        rating_version=None,
    )
    sums = spent(facts, step.effective_at)
    made = fact(
        after,
        step,
        step.what,
        seconds=seconds(facts.opened_at, step.at),
        versions=after.status_versions,
        nth=after.resolutions,
        replies=facts.replies,
        reopens=facts.reopens,
        active_seconds=sums["active_seconds"],
        requester_seconds=sums["requester_seconds"],
        third_party_seconds=sums["third_party_seconds"],
    )
    if facts.resolved_version is None:
        return after, [made]
    before = (What.RESOLVED.value, facts.resolved_version)
    return after, [Patch(key=before, says={"latest": False}), made]


def reopened(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """The resolution before it did not last."""
    after = with_changes(
        in_status(facts, Status.OPEN, step),
        reopens=facts.reopens + 1,
        age_from=step.effective_at,
        age_version=step.version,
        closed_at=None,
    )
    outcome: Outcome = [fact(after, step, step.what, nth=after.reopens)]
    if facts.resolved_version is not None and facts.status_category != Category.ACTIVE:
        says = {"later_at": step.at, "later_version": step.version}
        outcome.append(Patch(key=(What.RESOLVED.value, facts.resolved_version), says=says))
    return after, outcome


def rated(facts: TicketFacts, step: Step) -> tuple[TicketFacts, Outcome]:
    """A second rating of the same resolution takes the place of the first one."""
    after = with_changes(
        facts,
        ratings=facts.ratings + 1,
        rating_version=step.version,
        score=step.given["score"],
        survey_version=None,
    )
    outcome: Outcome = [fact(after, step, step.what, score=step.given["score"], nth=after.ratings)]
    if facts.rating_version is not None:
        outcome.append(Patch(key=(What.RATED.value, facts.rating_version), says={"latest": False}))
    if facts.survey_version is not None:
        says = {"later_at": step.at, "later_version": step.version}
        outcome.append(Patch(key=(What.SURVEYED.value, facts.survey_version), says=says))
    return after, outcome
