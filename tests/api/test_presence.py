"""Who is on a ticket: told to colleagues at once, to nobody else, and gone when it is over."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from domain.access import Role
from tests.api.desk import Person, running_desk
from tests.api.live_desk import LiveDesk, running_live
from tests.api.streams import Stream, listening
from tests.database import Databases

AGENT, REQUESTER, ANALYST, AUDITOR = Role.AGENT, Role.REQUESTER, Role.ANALYST, Role.AUDITOR


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[str]:
    with databases.fresh(migrated=True) as url:
        yield url


@pytest.fixture(scope="module")
def live(database: str) -> Iterator[LiveDesk]:
    with running_live(database) as running:
        yield running


@pytest.fixture
def ticket(live: LiveDesk) -> str:
    ident: str = live.desk.agent.opens(requester="mina")["id"]
    return ident


def comes(person: Person, ticket: str, activity: str = "viewing", **more: Any) -> list[Any]:
    answer = person.request(
        "PUT", f"/tickets/{ticket}/presence", json={"activity": activity, **more}
    )
    assert answer.status_code == 200, answer.text
    people: list[Any] = answer.json()["people"]
    return people


def goes(person: Person, ticket: str, query: str = "") -> None:
    answer = person.request("DELETE", f"/tickets/{ticket}/presence{query}")
    assert answer.status_code == 200, answer.text


def who(people: list[Any]) -> list[tuple[str, str]]:
    return [(one["person"], one["activity"]) for one in people]


def until(reader: Stream, ticket: str, *people: tuple[str, str]) -> None:
    reader.wait(
        lambda: any(
            data["ticket"] == ticket and who(data["people"]) == [*people]
            for data in reader.of("presence")
        )
    )


def test_colleagues_see_who_comes_what_they_do_and_that_they_leave(
    live: LiveDesk, ticket: str
) -> None:
    kim, lee = live.desk.as_(AGENT, "kim"), live.desk.as_(AGENT, "lee")
    with live.reads(AGENT, "lee") as reader, live.reads(AUDITOR) as auditor:
        assert who(comes(kim, ticket)) == [("kim", "viewing")]
        until(reader, ticket, ("kim", "viewing"))
        assert who(comes(lee, ticket)) == [("kim", "viewing"), ("lee", "viewing")]
        comes(kim, ticket, "typing")
        until(reader, ticket, ("kim", "typing"), ("lee", "viewing"))
        seen = lee.get(f"/tickets/{ticket}/presence").json()["people"]
        assert who(seen) == [("kim", "typing"), ("lee", "viewing")]
        assert seen[0]["name"] == "kim"
        goes(lee, ticket)
        until(reader, ticket, ("kim", "typing"))
        goes(kim, ticket)
        until(reader, ticket)
        until(auditor, ticket)
        live.as_described(reader, auditor)


def test_a_heartbeat_is_told_to_nobody(live: LiveDesk, ticket: str) -> None:
    kim = live.desk.as_(AGENT, "kim")
    with live.reads() as reader:
        for _ in range(5):
            comes(kim, ticket)
        goes(kim, ticket)
        until(reader, ticket)
        assert len(reader.of("presence")) == 2


def test_who_connects_is_told_who_is_where(live: LiveDesk, ticket: str) -> None:
    kim = live.desk.as_(AGENT, "kim")
    comes(kim, ticket)
    with live.reads() as reader:
        until(reader, ticket, ("kim", "viewing"))
    goes(kim, ticket)


def test_a_number_names_the_ticket_as_well(live: LiveDesk) -> None:
    kim, opened = live.desk.as_(AGENT, "kim"), live.desk.agent.opens()
    shown = {"X-Chronodesk-Position": opened["position"]}
    number = opened["ticket"]["number"]
    answer = kim.request(
        "PUT", f"/tickets/{number}/presence", json={"activity": "viewing"}, headers=shown
    )
    assert who(answer.json()["people"]) == [("kim", "viewing")]
    goes(kim, opened["id"])


def test_two_windows_are_one_person(live: LiveDesk, ticket: str) -> None:
    kim = live.desk.as_(AGENT, "kim")
    comes(kim, ticket, window="left")
    assert who(comes(kim, ticket, "typing", window="right")) == [("kim", "typing")]
    goes(kim, ticket, "?window=right")
    assert who(kim.get(f"/tickets/{ticket}/presence").json()["people"]) == [("kim", "viewing")]
    goes(kim, ticket, "?window=left")


def test_requesters_and_analysts_see_nothing_of_it(live: LiveDesk, ticket: str) -> None:
    kim = live.desk.as_(AGENT, "kim")
    comes(kim, ticket)
    with (
        live.reads(REQUESTER, "mina") as mina,
        live.reads(ANALYST) as analyst,
        live.reads() as agent,
    ):
        goes(kim, ticket)
        until(agent, ticket)
        other = live.desk.agent.opens(requester="mina")["id"]
        for reader in (mina, analyst):
            reader.until("ticket", ticket=other)
            assert reader.of("presence") == []
    for role in (REQUESTER, ANALYST):
        person = live.desk.as_(role, "mina")
        assert person.get(f"/tickets/{ticket}/presence").status_code == 403


def test_who_only_looks_after_things_is_not_shown(live: LiveDesk, ticket: str) -> None:
    auditor = live.desk.as_(AUDITOR)
    assert auditor.get(f"/tickets/{ticket}/presence").json() == {"people": []}
    answer = auditor.request("PUT", f"/tickets/{ticket}/presence", json={"activity": "viewing"})
    assert answer.status_code == 403


def test_on_a_ticket_that_is_not_there_nobody_can_be(live: LiveDesk) -> None:
    kim = live.desk.as_(AGENT, "kim")
    for method, body in (("PUT", {"activity": "viewing"}), ("GET", None)):
        answer = kim.request(method, "/tickets/no-such-ticket/presence", json=body)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"activity": "sleeping"}, "activity"),
        ({}, "activity"),
        ({"activity": "viewing", "window": "w" * 65}, "window"),
        ({"activity": "viewing", "person": "lee"}, "person"),
    ],
)
def test_what_makes_no_sense_is_refused(
    live: LiveDesk, ticket: str, body: dict[str, str], field: str
) -> None:
    kim = live.desk.as_(AGENT, "kim")
    answer = kim.request("PUT", f"/tickets/{ticket}/presence", json=body)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


def test_who_says_nothing_any_more_is_gone(live: LiveDesk, database: str, ticket: str) -> None:
    """A closed laptop, or a process that was killed: nobody takes them away."""
    kim, lee = live.desk.as_(AGENT, "kim"), live.desk.as_(AGENT, "lee")
    with live.reads() as reader, psycopg.connect(database, autocommit=True) as connection:
        comes(kim, ticket)
        comes(lee, ticket, "typing")
        until(reader, ticket, ("kim", "viewing"), ("lee", "typing"))
        passed = "UPDATE live.presence SET expires_at = expires_at - interval '{}'"
        connection.execute(passed.format("10 seconds"))
        comes(lee, ticket, "typing")
        assert who(comes(lee, ticket, "typing")) == [("kim", "viewing"), ("lee", "typing")]
        connection.execute(passed.format("16 seconds"))
        until(reader, ticket, ("lee", "typing"))
        goes(lee, ticket)


def test_another_process_knows_it_at_once(live: LiveDesk, database: str, ticket: str) -> None:
    settings: dict[str, Any] = {"worker": False, "stream_seconds": 600}
    kim = live.desk.as_(AGENT, "kim")
    with (
        running_desk(database, **settings) as elsewhere,
        listening(elsewhere.app) as url,
        Stream(url, elsewhere.token(AGENT, "lee")) as reader,
    ):
        comes(kim, ticket)
        until(reader, ticket, ("kim", "viewing"))
        lee = elsewhere.as_(AGENT, "lee")
        assert who(comes(lee, ticket)) == [("kim", "viewing"), ("lee", "viewing")]
        goes(lee, ticket)
        goes(kim, ticket)
        until(reader, ticket)


def test_it_is_nowhere_in_the_log(live: LiveDesk, ticket: str) -> None:
    kim = live.desk.as_(AGENT, "kim")
    before = live.desk.services.feed.head()
    comes(kim, ticket, "typing")
    goes(kim, ticket)
    assert live.desk.services.feed.head() == before
