"""Writes down what the fold of a ticket says: new facts, revised facts, and undone ones."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.ids import event_id, ident_of
from domain.record import with_changes
from domain.recorded import Recorded
from projections.kpi.facts import FactKey, Outcome, Patch, open_spell
from projections.kpi.fold import begin, count, evolve
from projections.kpi.rows import (
    CHANGE,
    OPENED,
    RESOLVED,
    RESPONSE,
    SPELL,
    TICKET,
    FactRow,
    TicketFacts,
)
from projections.kpi.steps import Step, What, meaning, noted, taken
from projections.ports import Key, Rows, Table

_TABLE_OF = {
    "opened": OPENED,
    "acknowledged": RESPONSE,
    "first_response": RESPONSE,
    "next_response": RESPONSE,
    "resolved": RESOLVED,
    "spell": SPELL,
}
"""Where facts of a kind are kept; all others in CHANGE."""


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's row."""
    return [(TICKET, (recorded.workspace, ident_of(recorded.stream)))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Count one more event. A stream that does not begin with an opening has no facts."""
    workspace, ticket = recorded.workspace, ident_of(recorded.stream)
    facts: TicketFacts | None = rows.get(TICKET, (workspace, ticket))
    occurred: datetime = recorded.event.at
    effective_at = occurred if facts is None else max(facts.last_at, occurred)
    if facts is not None and recorded.event.undoes is not None:
        rows.put(TICKET, _undone(facts, recorded, effective_at, rows))
        return
    meant = meaning(recorded.event)
    if meant is None or (facts is None and meant[0] is not What.OPENED):
        if facts is not None and facts.last_at < effective_at:
            rows.put(TICKET, with_changes(facts, last_at=effective_at))
        return
    what, given = meant
    step = Step(
        version=recorded.version, at=occurred, effective_at=effective_at, what=what, given=given
    )
    after, outcome = begin(workspace, ticket, step) if facts is None else evolve(facts, step)
    rows.put(TICKET, _write(after, outcome, step, rows))


def _write(facts: TicketFacts, outcome: Outcome, step: Step, rows: Rows) -> TicketFacts:
    for item in outcome:
        if not isinstance(item, Patch):
            rows.put(_table(item.what), item)
            continue
        facts, before = _closed(facts, item.key, step.version, step.effective_at, rows)
        if before is not None:
            after = with_changes(
                before,
                **item.says,
                known_version=step.version,
                known_from=step.effective_at,
            )
            rows.put(_table(item.key[0]), after)
    return facts


def _closed(
    facts: TicketFacts, key: FactKey, version: int, at: datetime, rows: Rows
) -> tuple[TicketFacts, FactRow | None]:
    """End the time in which a fact was known as it is, and remember that `version` did it."""
    what, made_by = key
    name = f"{what}:{made_by}"
    known_version = facts.revised.get(name, made_by)
    table = _table(what)
    row: FactRow | None = rows.get(
        table, (facts.workspace, facts.ticket, what, made_by, known_version)
    )
    if row is not None:
        rows.put(table, with_changes(row, known_until=at))
    return with_changes(facts, revised={**facts.revised, name: version}), row


def _undone(
    facts: TicketFacts, recorded: Recorded[Any], effective_at: datetime, rows: Rows
) -> TicketFacts:
    """Count the ticket again as if the undone event had not happened, and note the differences."""
    standing = taken(facts)
    gone = next(
        (
            step
            for step in standing
            if event_id(recorded.workspace, recorded.stream, step.version) == recorded.event.undoes
        ),
        None,
    )
    now = with_changes(facts, version=recorded.version, last_at=effective_at)
    if gone is None:
        return now
    _, known = count(facts.workspace, facts.ticket, standing)
    left = [step for step in standing if step is not gone]
    again, known_again = count(facts.workspace, facts.ticket, left)
    if again is None:
        return with_changes(now, steps=noted(left))
    for key in sorted(known.keys() | known_again.keys()):
        if known.get(key) != known_again.get(key):
            now = _revised(now, key, known_again.get(key), effective_at, rows)
    return _respelled(now, again, effective_at, rows)


def _revised(
    now: TicketFacts, key: FactKey, fact: FactRow | None, at: datetime, rows: Rows
) -> TicketFacts:
    revised, _ = _closed(now, key, now.version, at, rows)
    if fact is not None:
        rows.put(_table(key[0]), with_changes(fact, known_version=now.version, known_from=at))
    return revised


def _respelled(now: TicketFacts, again: TicketFacts, at: datetime, rows: Rows) -> TicketFacts:
    """The ticket counted again. If its open spell is another, the old one was known until now."""
    counted = with_changes(again, version=now.version, last_at=now.last_at, revised=now.revised)
    before, after = open_spell(now), open_spell(again)
    known = {"known_version": before.known_version, "known_from": before.known_from}
    if with_changes(after, **known) == before:
        return with_changes(counted, **known)
    if before.at < at:
        rows.put(SPELL, with_changes(before, known_until=at))
    revised = {**now.revised, f"{after.what}:{after.version}": now.version}
    return with_changes(counted, known_version=now.version, known_from=at, revised=revised)


def _table(what: str) -> Table:
    return _TABLE_OF.get(what, CHANGE)
