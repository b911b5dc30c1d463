"""Pages of a timeline: from either end, of any size, they hold what the whole of it holds."""

from dataclasses import replace
from typing import Any

import pytest

from domain.ids import MessageId, TicketId
from domain.ticket.events import TicketSplit
from projections import conversation
from projections.conversation import Place
from projections.ports import Reader
from tests.projections.log import Log, minute, opened, said, ticket
from tests.projections.plans import Other, nodes
from tests.projections.postgres import Views
from tests.projections.test_conversation import A, B, C, merge, note, unmerge, who

PART = TicketId("part")


def lively() -> Log:
    """Three tickets that were merged, parted and merged, and one that was split off."""
    log = Log()
    for n, name in enumerate((A, B, C)):
        log.write(ticket(name), opened(n + 1, n, description=f"I am {name}"))
        log.write(ticket(name), *(said(f"{name}{k}", 4 + k // 2) for k in range(7)))
        log.write(ticket(name), note(f"note on {name}", 5))
    log.write(ticket(A), TicketSplit(into=PART, messages=(MessageId("a1"),), **who(9)))
    log.write(ticket(PART), replace(opened(4, 9), description="", split_from=A))
    log.write(ticket(PART), said("about the part", 10))
    merge(log, A, C, 11)
    unmerge(log, A, C, 12)
    merge(log, A, B, 13)
    merge(log, B, C, 14)
    log.write(ticket(C), said("the end", 15))
    return log


def pages(reader: Reader, shown: str, limit: int, **how: Any) -> list[list[dict[str, Any]]]:
    """All pages of a timeline; no page but the last is shorter than `limit`."""
    found = []
    after: Place | None = None
    while True:
        page, after = conversation.timeline(reader, shown, limit=limit, after=after, **how)
        found.append(page)
        if after is None:
            return found
        assert len(page) == limit


WAYS: dict[str, dict[str, Any]] = {
    "now": {},
    "as it was": {"as_of": minute(11)},
    "of a version": {"at_version": 4},
    "since a version": {"after_version": 4},
    "between versions": {"after_version": 2, "at_version": 6},
    "public": {"public_only": True},
    "of one requester": {"public_only": True, "foreign": (A,)},
}


@pytest.mark.parametrize("way", WAYS)
def test_pages_from_either_end_hold_the_same_entries(views: Views, way: str) -> None:
    views.catch_up(lively(), (conversation.PROJECTION,))
    reader = views.reader()
    for shown in (A, B, C, PART):
        whole, place = conversation.timeline(reader, shown, limit=500, **WAYS[way])
        assert place is None
        ranks = [(entry["at"], entry["ticket"], entry["version"]) for entry in whole]
        assert ranks == sorted(set(ranks))
        for limit in (1, 2, 3, 5, 8, max(len(whole), 1), 500):
            forth = pages(reader, shown, limit, **WAYS[way])
            back = pages(reader, shown, limit, newest_first=True, **WAYS[way])
            assert [e for page in forth for e in page] == whole, (shown, limit)
            assert [e for page in back for e in page] == whole[::-1], (shown, limit)


def test_what_came_after_a_version_is_the_tickets_own(views: Views) -> None:
    log = lively()
    views.catch_up(log, (conversation.PROJECTION,))
    whole, _ = conversation.timeline(views.reader(), C, limit=500)
    assert {entry["ticket"] for entry in whole} == {A, B, C}
    newest = max(entry["version"] for entry in whole if entry["ticket"] == C)

    def news(version: int) -> list[Any]:
        found, _ = conversation.timeline(views.reader(), C, after_version=version)
        return [(entry["ticket"], entry["body"] or entry["event"]) for entry in found]

    assert news(newest) == []
    assert news(newest - 2) == [(C, "ticket.absorbed"), (C, "the end")]
    log.write(ticket(C), said("one more", 16))
    views.catch_up(log, (conversation.PROJECTION,))
    assert news(newest) == [(C, "one more")]


def test_a_foreign_ticket_says_nothing_but_what_was_split_off_from_it(views: Views) -> None:
    log = lively()
    merge(log, PART, C, 20)
    views.catch_up(log, (conversation.PROJECTION,))
    reader = views.reader()
    assert conversation.speakers(reader, PART) == {A, PART}
    assert conversation.speakers(reader, PART, as_of=minute(8)) == {PART}
    assert conversation.speakers(reader, C) == {A, B, C, PART}
    assert conversation.speakers(reader, C, as_of=minute(12)) == {C}

    def bodies(shown: TicketId, *foreign: str) -> list[str]:
        found, _ = conversation.timeline(reader, shown, public_only=True, foreign=foreign)
        return [entry["body"] for entry in found if entry["body"]]

    assert bodies(PART, A) == ["a1", "about the part"]
    seen = bodies(C, A, PART)
    assert "b1" in seen
    assert not {"a1", "a2", "I am a", "about the part"} & set(seen)


def test_the_newest_page_of_a_long_conversation_is_found_without_reading_all(views: Views) -> None:
    log = Log()
    log.write(ticket(A), opened(), *(said(f"line {n}", n) for n in range(3_000)))
    views.catch_up(log, (conversation.PROJECTION,))
    with views.pool.connection() as connection:
        connection.execute("ANALYZE")
    for how in ({"newest_first": True}, {"after_version": 2_999}, {}):
        with Other(views.url, runs=True) as reader:
            page, _ = conversation.timeline(reader, A, limit=50, **how)
            (plan,) = reader.plans
        assert page
        read = [node for node in nodes(plan) if node.get("Relation Name") == "conversation_entry"]
        assert 1 <= sum(node["Actual Rows"] for node in read) <= 51, how
