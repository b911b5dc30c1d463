"""The feed over HTTP: everything once and in order, by pages and as it happens."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from api import feed_stream
from api.feed import FeedCursors, wanted_types
from docs.reference.feed.make import SCHEMAS
from domain.access import Role
from domain.ids import EventId, WorkspaceId
from domain.kinds import EVENT_TYPES, EVENTS
from projections.following import Mark
from tests.api.described import Described
from tests.api.desk import WORKSPACE, Desk, Person, running_desk
from tests.api.live_desk import LiveDesk, running_live
from tests.api.streams import Stream
from tests.database import Databases

AUDITOR = Role.AUDITOR


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running_desk(database_url) as desk:
        yield desk


def auditor(desk: Desk) -> Person:
    return desk.as_(AUDITOR)


def page(person: Person, **query: Any) -> Any:
    answer = person.get("/feed", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def everything(person: Person, **query: Any) -> tuple[list[Any], str]:
    """All events by pages, and the last cursor."""
    events, cursor, more = [], query.pop("after", None), True
    while more:
        found = page(person, **query, **({"after": cursor} if cursor else {}))
        events += found["events"]
        cursor, more = found["next"], found["more"]
    return events, cursor


def test_pages_give_every_event_of_the_log_once_and_in_order(desk: Desk) -> None:
    for _ in range(3):
        desk.agent.opens()
    log = desk.services.feed.page(0, 0, 1_000)
    for limit in (1, 2, 1_000):
        events, cursor = everything(auditor(desk), limit=limit)
        assert [event["id"] for event in events] == [r.event_id for r in log]
        assert [event["position"] for event in events] == [str(n) for n in range(1, len(log) + 1)]
    assert everything(auditor(desk), after=cursor) == ([], cursor)
    opened = desk.agent.opens()
    (event,), _ = everything(auditor(desk), after=cursor)
    assert (event["type"], event["subject"]) == ("ticket.opened", f"ticket:{opened['id']}")
    assert page(auditor(desk), start="now")["events"] == []


def test_an_event_is_what_the_schema_it_names_says(desk: Desk) -> None:
    opened = desk.agent.opens()
    desk.agent.post(f"/tickets/{opened['id']}/reply", {"body": "안녕", "next_status": "pending"})
    events, _ = everything(auditor(desk))
    assert {event["type"] for event in events} >= {"ticket.opened", "ticket.reply_sent"}
    for event in events:
        urn, _, version = event["dataschema"].rpartition(":")
        schema = json.loads((SCHEMAS / f"{urn.rpartition(':')[2]}@{version}.json").read_text())
        assert schema["$id"] == event["dataschema"]
        jsonschema.Draft7Validator(schema).validate(event["data"])
        assert event["data"]["kind"] == event["type"]
        assert event["source"] == f"/chronodesk/{WORKSPACE}"


def test_a_trace_that_a_request_belongs_to_goes_with_its_events(desk: Desk) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    body = {"requester": "mina", "subject": "Printer is broken"}
    assert desk.agent.post("/tickets", body, headers=parent).status_code == 201
    (event,), _ = everything(auditor(desk), type="ticket.opened")
    assert event["correlationid"] == trace
    assert event["traceparent"].startswith(f"00-{trace}-")


def test_only_what_is_wanted_is_given(desk: Desk) -> None:
    opened = desk.agent.opens()
    desk.agent.post(f"/tickets/{opened['id']}/add_note", {"body": "psst"})
    by_kind, _ = everything(auditor(desk), type=["ticket.note_added", "ticket.merged"])
    assert [event["type"] for event in by_kind] == ["ticket.note_added"]
    by_category, _ = everything(auditor(desk), type="ticket", limit=1)
    assert [event["type"] for event in by_category] == ["ticket.opened", "ticket.note_added"]
    refused = auditor(desk).get("/feed", params={"type": "ticket.opend"})
    assert refused.status_code == 422
    assert "ticket.opend" in refused.json()["detail"]


@pytest.mark.parametrize("category", EVENTS)
def test_a_category_means_its_kinds_and_no_others(category: str) -> None:
    kinds = wanted_types([category])
    assert kinds
    assert {kind for kind in EVENT_TYPES if kind.startswith(f"{category}.")} == kinds


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST, Role.REQUESTER, Role.LEAD])
def test_who_may_not_see_everything_may_not_follow_it(desk: Desk, role: Role) -> None:
    assert desk.as_(role).get("/feed").status_code == 403


def test_what_happens_elsewhere_is_not_told_and_not_missed(desk: Desk) -> None:
    elsewhere = Person(desk, desk.fresh_token(AUDITOR, "eve", workspace=WorkspaceId("elsewhere")))
    desk.agent.opens()
    assert everything(elsewhere)[0] == []
    _, cursor = everything(auditor(desk))
    assert elsewhere.get("/feed", params={"after": cursor}).status_code == 400


def test_a_cursor_that_was_changed_is_refused(desk: Desk) -> None:
    _, cursor = everything(auditor(desk))
    refused = auditor(desk).get("/feed", params={"after": cursor[:-2] + "AA"})
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-cursor")


@pytest.mark.parametrize("position", [1, 1_000])
def test_a_cursor_of_a_history_that_was_replaced_is_refused(desk: Desk, position: int) -> None:
    desk.agent.opens()
    other = Mark(position=position, event_id=EventId("6f1c2e7a-0c3d-5b52-9a3e-0d6b5c8c7a11"))
    token = FeedCursors(desk.services.signer, WORKSPACE).seal({0: other})
    for path in ("/feed", "/feed/stream"):
        refused = auditor(desk).get(path, params={"after": token})
        assert (refused.status_code, refused.json()["type"]) == (410, "/problems/other-history")


def test_no_lane_is_left_out_and_each_keeps_its_order(empty_database_url: str) -> None:
    with running_desk(empty_database_url, lanes=3) as desk:
        for _ in range(12):
            desk.agent.opens()
        for limit in (1, 2, 7):
            events, _ = everything(auditor(desk), limit=limit)
            for lane in range(3):
                log = desk.services.feed.page(lane, 0, 100)
                told = [event for event in events if event["lane"] == str(lane)]
                assert [event["id"] for event in told] == [r.event_id for r in log]


# ── As it happens ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def live(databases: Databases) -> Iterator[LiveDesk]:
    """Tests that share it must not mind each other's events."""
    with (
        databases.fresh(migrated=True) as url,
        pytest.MonkeyPatch.context() as patched,
        running_live(url, worker=False, streams_per_person=2) as running,
    ):
        patched.setattr(feed_stream, "CHECK", 0.1)
        patched.setattr(feed_stream, "POLL", 0.02)
        patched.setattr(feed_stream, "HEARTBEAT", 0.1)
        yield running


def follows(live: LiveDesk, person: str, query: str = "", position: str | None = None) -> Stream:
    token = live.desk.token(AUDITOR, person)
    return Stream(live.url, token, position, path="/feed/stream", query=query)


def test_the_stream_tells_all_that_was_and_all_that_comes(live: LiveDesk) -> None:
    before = live.desk.agent.opens()["id"]
    with follows(live, "one") as stream:
        stream.until("message", subject=f"ticket:{before}")
        after = live.desk.agent.opens()["id"]
        stream.until("message", subject=f"ticket:{after}")
        log = live.desk.services.feed.page(0, 0, 1_000)
        told = [event["id"] for event in stream.of("message")]
        assert told == [recorded.event_id for recorded in log][: len(told)]
        described = Described(live.desk.app.openapi())
        for got in stream.got:
            described.check_item("/api/v1/feed/stream", got.data)


def test_a_stream_goes_on_after_the_last_event_that_was_read(live: LiveDesk) -> None:
    with follows(live, "two", "?start=now&type=ticket") as stream:
        first = live.desk.agent.opens()["id"]
        got = stream.until("message", subject=f"ticket:{first}")
        assert stream.of("message") == [got.data], "it began with what came next"
    second = live.desk.agent.opens()["id"]
    with follows(live, "two", "?type=ticket", got.id) as stream:
        stream.until("message", subject=f"ticket:{second}")
        assert [event["subject"] for event in stream.of("message")] == [f"ticket:{second}"]


def test_a_stream_that_was_quiet_can_be_gone_on_from(live: LiveDesk) -> None:
    with follows(live, "three", "?start=now&type=team") as stream:
        begin = stream.position
        live.desk.agent.opens()
        stream.wait(lambda: stream.position != begin and stream.parser.comments)
        assert stream.of("message") == []
    events, _ = everything(auditor(live.desk), after=stream.position)
    assert events == []


def test_a_stream_ends_with_its_token(live: LiveDesk) -> None:
    with follows(live, "four") as stream:
        tokens = live.desk.services.access.tokens(WORKSPACE, live.desk.services.clock.now())
        (token,) = [token for token in tokens if token.person == "four"]
        live.desk.services.sessions.revoke(WORKSPACE, token.id)
        stream.until_over()


def test_one_person_has_only_so_many_streams(live: LiveDesk) -> None:
    with follows(live, "five"), follows(live, "five"):
        refused = follows(live, "five").refused()
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-streams")
    with follows(live, "five"):
        pass


def test_streams_end_when_the_server_is_about_to_stop(database_url: str) -> None:
    with running_live(database_url, worker=False) as live, follows(live, "six") as stream:
        live.desk.services.live.end()
        stream.until_over()
