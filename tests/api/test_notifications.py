"""Notifications at the front door: listed, counted, read, and told at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person
from tests.api.live_desk import LiveDesk, running_live
from tests.database import Databases


@pytest.fixture
def live(databases: Databases) -> Iterator[LiveDesk]:
    with databases.fresh(migrated=True) as url, running_live(url) as running:
        yield running


def asked(person: Person, ticket: str, command: str, **body: Any) -> dict[str, str]:
    answer = person.post(f"/tickets/{ticket}/{command}", body)
    assert answer.status_code == 200, answer.text
    return {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}


def listed(person: Person, now: dict[str, str], **query: Any) -> dict[str, Any]:
    answer = person.get("/notifications", headers=now, params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def test_who_is_called_is_told_and_says_what_they_read(live: LiveDesk) -> None:
    desk: Desk = live.desk
    agent, kim = desk.agent, desk.as_(Role.AGENT, "kim")
    opened = agent.opens()
    ticket = opened["id"]
    asked(agent, ticket, "add_note", body="Kim, look.", mentions=["kim"])
    asked(agent, ticket, "assign", agent="kim")
    now = asked(agent, ticket, "add_note", body="And again.")
    page = listed(kim, now)
    assert [item["kind"] for item in page["items"]] == ["note", "assigned", "mention"]
    assert (page["unread"], page["next"]) == (3, None)
    mention = page["items"][2]
    assert mention == {
        "id": mention["id"],
        "kind": "mention",
        "ticket": ticket,
        "number": opened["ticket"]["number"],
        "subject": "Printer is broken",
        "version": mention["version"],
        "text": "Kim, look.",
        "by": {"kind": "agent", "id": "agent"},
        "at": mention["at"],
        "read": False,
    }
    assert listed(agent, now)["items"] == []

    said = kim.post("/notifications/read", {"ids": [mention["id"], "not-mine"]}, match=None)
    assert said.json() == {"unread": 2}
    page = listed(kim, now)
    assert [item["read"] for item in page["items"]] == [False, False, True]
    again = kim.post("/notifications/read", {"ids": [mention["id"]]}, match=None)
    assert again.json() == {"unread": 2}
    assert kim.post("/notifications/read", {"all": True}, match=None).json() == {"unread": 0}
    assert all(item["read"] for item in listed(kim, now)["items"])
    now = asked(agent, ticket, "add_note", body="A third.")
    page = listed(kim, now)
    assert (page["unread"], page["items"][0]["read"]) == (1, False)


def test_pages_go_on_where_the_last_one_ended(live: LiveDesk) -> None:
    agent, kim = live.desk.agent, live.desk.as_(Role.AGENT, "kim")
    ticket, now = agent.opens()["id"], {}
    for n in range(5):
        now = asked(agent, ticket, "add_note", body=f"{n}", mentions=["kim"])
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = listed(kim, now, **query)
        seen += [item["text"] for item in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert seen == ["4", "3", "2", "1", "0"]
    other = agent.get("/notifications", params={"after": query["after"]})
    assert other.json()["type"] == "/problems/bad-cursor", "another person's page"


@pytest.mark.parametrize("body", [{}, {"ids": ["a"], "all": True}, {"all": False}])
def test_what_was_read_is_said_in_one_way(live: LiveDesk, body: dict[str, Any]) -> None:
    answer = live.desk.agent.post("/notifications/read", body, match=None)
    assert answer.status_code == 422


def test_agents_who_look_are_told_at_once_and_nobody_else(live: LiveDesk) -> None:
    desk = live.desk
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    with (
        live.reads(Role.AGENT, "kim") as kim,
        live.reads() as author,
        live.reads(Role.REQUESTER, "mina") as mina,
    ):
        now = asked(agent, ticket, "add_note", body="Kim?", mentions=["kim"])
        got = kim.until("notification", ticket=ticket)
        shown = listed(desk.as_(Role.AGENT, "kim"), now)["items"]
        assert got.data == shown[0]
        asked(agent, ticket, "reply", body="We look at it.")
        kim.until("notification", text="We look at it.")
        author.until("ticket", ticket=ticket)
        mina.until("ticket", ticket=ticket)
        assert author.of("notification") == mina.of("notification") == []
        live.as_described(kim)
