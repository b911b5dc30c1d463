"""A conversation in pages: from either end, since a version, and no more than one may see."""

from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person

Seen = dict[str, str]


def asked(person: Person, ticket: str, command: str, body: Any) -> Seen:
    """Ask for a change; the header with which a read shows it."""
    answer = person.post(f"/tickets/{ticket}/{command}", body)
    assert answer.status_code == 200, answer.text
    return {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}


def read(person: Person, ticket: str, seen: Seen, limit: int = 100, **query: Any) -> list[Any]:
    """All entries of all pages, in the order in which they come; only the last page is short."""
    entries: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        asked_for = {**query, "limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = person.get(f"/tickets/{ticket}/conversation", params=asked_for, headers=seen)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        entries += page["items"]
        cursor = page["next"]
        assert cursor is None or len(page["items"]) == limit
    return entries


@pytest.fixture
def merged(shared_desk: Desk) -> tuple[str, Seen]:
    """A ticket of mina's into which one of jun's was merged, with a lot between their messages."""
    agent = shared_desk.agent
    mine = agent.opens("mina", description="Mine.")["id"]
    theirs = agent.opens("jun", description="PRIVATE 0")["id"]
    for n in range(1, 8):
        asked(agent, theirs, "reply", {"body": f"PRIVATE {n}"})
        asked(agent, mine, "add_note", {"body": f"inner {n}"})
    asked(agent, mine, "reply", {"body": "Ours."})
    asked(agent, theirs, "merge", {"into": mine})
    tagged = agent.post(f"/tickets/{mine}/tag", {"tag": "toner"}).json()["events"][0]
    asked(agent, mine, "undo", {"event": tagged["id"]})
    return mine, asked(agent, mine, "reply", {"body": "The end."})


def test_pages_from_either_end_hold_the_same(shared_desk: Desk, merged: tuple[str, Seen]) -> None:
    mine, seen = merged
    agent, mina = shared_desk.agent, shared_desk.as_(Role.REQUESTER, "mina")
    for person in (agent, mina):
        whole = read(person, mine, seen, 500)
        for limit in (1, 2, 3, 7, 500):
            forth = read(person, mine, seen, limit, direction="asc")
            back = read(person, mine, seen, limit, direction="desc")
            assert forth == whole == back[::-1]
    assert read(agent, mine, seen, direction="desc")[0]["body"] == "The end."


def test_a_requesters_pages_are_full_whatever_is_kept_from_them(
    shared_desk: Desk, merged: tuple[str, Seen]
) -> None:
    mine, seen = merged
    mina = shared_desk.as_(Role.REQUESTER, "mina")
    first = mina.get(f"/tickets/{mine}/conversation?limit=3", headers=seen)
    assert [entry["body"] for entry in first.json()["items"]] == ["Mine.", "Ours.", "The end."]
    assert first.json()["next"] is None
    assert "PRIVATE 7" in str(read(shared_desk.agent, mine, seen))


def test_what_is_new_since_a_version_comes_alone(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    ticket = agent.opens(description="It smokes.")["id"]
    seen = asked(agent, ticket, "reply", {"body": "Where?"})
    version = max(entry["version"] for entry in read(agent, ticket, seen))
    assert read(agent, ticket, seen, after_version=version) == []
    seen = asked(agent, ticket, "add_note", {"body": "psst"})
    seen = asked(agent, ticket, "reply", {"body": "Hello?"})
    news = read(agent, ticket, seen, 1, after_version=version)
    assert [entry["body"] for entry in news] == ["psst", "Hello?"]
    mina = shared_desk.as_(Role.REQUESTER, "mina")
    assert [e["body"] for e in read(mina, ticket, seen, after_version=version)] == ["Hello?"]


def test_pages_back_as_it_was_at_a_version(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    ticket = agent.opens(description="It smokes.")["id"]
    for n in range(5):
        seen = asked(agent, ticket, "add_note", {"body": f"note {n}"})
    then = read(agent, ticket, seen, 2, direction="desc", at_version=4)
    assert [entry["version"] for entry in then] == [4, 3, 2, 1]


def test_a_cursor_goes_on_in_its_own_direction_alone(
    shared_desk: Desk, merged: tuple[str, Seen]
) -> None:
    mine, seen = merged
    path = f"/tickets/{mine}/conversation"
    page = {"limit": 2, "direction": "desc"}
    cursor = shared_desk.agent.get(path, params=page, headers=seen).json()["next"]
    for other in ({}, {"direction": "asc"}, {"direction": "desc", "after_version": 1}):
        answer = shared_desk.agent.get(path, params={"cursor": cursor, **other}, headers=seen)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")
    assert shared_desk.agent.get(path, params={"direction": "up"}).status_code == 422
