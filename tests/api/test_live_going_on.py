"""Lost connections, other processes, other logs, slow readers: how a stream goes on, or ends."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from adapters.clock import SetClock
from adapters.postgres.lanes import Lanes
from api.live import crier, live, stream, subscriber, tail
from api.live.reasons import Reset
from api.live.stream import EventStream
from api.live.subscriber import Subscriber
from api.live.telling import Message
from domain.access import Principal, Role
from domain.ids import WorkspaceId
from domain.position import Position
from tests.api.browser import Browser
from tests.api.desk import running_desk
from tests.api.live_desk import LiveDesk, running_live
from tests.api.streams import PATIENCE, Stream, listening
from tests.database import Databases
from tests.projections.postgres import eventually

AGENT, REQUESTER = Role.AGENT, Role.REQUESTER


@pytest.fixture(scope="module")
def running(databases: Databases) -> Iterator[LiveDesk]:
    with databases.fresh(migrated=True) as url, running_live(url) as made:
        yield made


def kinds(reader: Stream, ticket: str) -> list[str]:
    return [k for data in reader.of("ticket") if data["ticket"] == ticket for k in data["kinds"]]


def test_who_comes_back_is_told_what_happened_meanwhile_in_any_process(
    database_url: str,
) -> None:
    with running_live(database_url) as first:
        agent = first.desk.agent
        ticket = agent.opens()["id"]
        with first.reads() as reader:
            agent.post(f"/tickets/{ticket}/add_note", {"body": "One"})
            last = reader.until("ticket", ticket=ticket, version=2).id
        for body in ("Two", "Three"):
            agent.post(f"/tickets/{ticket}/add_note", {"body": body})
        other = agent.opens()["id"]
        # Another process on the same database, which has told nobody anything yet.
        settings: dict[str, Any] = {"worker": False, "stream_seconds": 600}
        with (
            running_desk(database_url, **settings) as second,
            listening(second.app) as url,
            Stream(url, second.token(AGENT), last) as reader,
        ):
            reader.until("ticket", ticket=other)
            assert kinds(reader, ticket) == ["ticket.note_added"] * 2
            assert kinds(reader, other) == ["ticket.opened"]
            agent.post(f"/tickets/{ticket}/add_note", {"body": "Four"})
            reader.until("ticket", ticket=ticket, version=5)
            assert kinds(reader, ticket) == ["ticket.note_added"] * 3
            assert reader.of("reset") == []


def test_nothing_is_told_before_it_can_be_read(database_url: str) -> None:
    with running_live(database_url, worker=False) as running, running.reads() as reader:
        ticket = running.desk.agent.opens()["id"]
        time.sleep(0.5)
        assert reader.got == []
        running.desk.services.worker.start()
        try:
            assert reader.until("ticket", ticket=ticket).data["row"]["subject"]
        finally:
            running.desk.services.worker.stop()


def test_a_command_s_position_is_one_to_begin_with(running: LiveDesk) -> None:
    agent = running.desk.agent
    opened = agent.opens()
    noted = agent.post(f"/tickets/{opened['id']}/add_note", {"body": "Seen already"})
    since = noted.headers["X-Chronodesk-Position"]
    agent.post(f"/tickets/{opened['id']}/add_note", {"body": "News"})
    query = f"?position={since}"
    with Stream(running.url, running.desk.token(AGENT), query=query) as reader:
        reader.until("ticket", ticket=opened["id"], version=3)
        assert kinds(reader, opened["id"]) == ["ticket.note_added"]


def test_who_reads_after_asking_who_they_are_misses_nothing_until_they_listen(
    running: LiveDesk,
) -> None:
    agent = running.desk.agent
    position = agent.get("/me").headers["X-Chronodesk-Position"]
    ticket = agent.opens()["id"]  # before anybody listens, and perhaps after the page has read
    with running.reads() as other:
        agent.post(f"/tickets/{ticket}/add_note", {"body": "One"})
        other.until("ticket", ticket=ticket, version=2)
        with running.reads(position=position) as reader:
            reader.until("ticket", ticket=ticket, version=2)
            assert kinds(reader, ticket) == ["ticket.opened", "ticket.note_added"]


@pytest.mark.parametrize("token", ["nonsense", "A" * 4_000])
def test_a_position_of_nowhere_is_a_reset_and_then_it_goes_on(
    running: LiveDesk, token: str
) -> None:
    with running.reads(position=token) as reader:
        assert reader.until("reset").data == {"reason": "unknown"}
        ticket = running.desk.agent.opens()["id"]
        reader.until("ticket", ticket=ticket)
        running.as_described(reader)


def test_a_position_of_another_desk_is_a_reset(running: LiveDesk) -> None:
    elsewhere = running.desk.fresh_token(AGENT, "agent", workspace=WorkspaceId("elsewhere"))
    with Stream(running.url, elsewhere) as foreign:
        position = foreign.position
    with running.reads(position=position) as reader:
        assert reader.until("reset").data == {"reason": "unknown"}


def test_who_was_away_for_too_long_looks_at_everything_again(
    running: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = running.desk.agent
    with running.reads() as reader:
        position = reader.position
        opened = [agent.opens() for _ in range(5)]
        reader.until("ticket", ticket=opened[-1]["id"])
    monkeypatch.setattr(live, "MOST_REPLAYED", 3)
    with running.reads(position=opened[2]["position"]) as reader:
        assert reader.of("reset") == []
    with running.reads(position=position) as reader:
        assert reader.until("reset").data == {"reason": "too-old"}
        assert reader.of("ticket") == []


def test_a_log_that_was_exchanged_is_a_reset_for_those_who_listen_and_who_come_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "LOOK_AT_LOG", 0.05)
    with running_live(database_url) as running:
        with running.reads() as reader:
            before = reader.position
            Lanes(database_url).fence()
            assert reader.until("reset").data == {"reason": "other-log"}
            ticket = running.desk.agent.opens()["id"]
            reader.until("ticket", ticket=ticket)
        with running.reads(position=before) as reader:
            assert reader.until("reset").data == {"reason": "other-log"}


def test_of_an_import_readers_are_told_to_look_again(
    running: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "MOST_AT_ONCE", 0)
    with running.reads() as reader:
        running.desk.agent.opens()
        assert reader.until("reset").data == {"reason": "too-much"}
        monkeypatch.undo()
        reader.until("ticket", ticket=running.desk.agent.opens()["id"])


def test_a_stream_without_news_lives_and_moves_on(
    running: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "HEARTBEAT", 0.1)
    with running.reads(REQUESTER, "jun") as reader:
        before = reader.position
        running.desk.agent.opens(requester="mina")
        reader.wait(lambda: reader.parser.comments > 2 and reader.position != before)
        assert reader.got == []


def test_who_may_not_look_any_more_is_shown_out(running: LiveDesk) -> None:
    desk = running.desk
    token = desk.fresh_token(AGENT, "kim")
    with Stream(running.url, token) as kim, running.reads(person="lee") as lee:
        ident = token.split("_")[1]
        assert desk.admin.request("DELETE", f"/tokens/{ident}").status_code == 200
        kim.until_over()
        lee.until("ticket", ticket=desk.agent.opens()["id"])
    assert Stream(running.url, token).refused().status_code == 401


def test_a_token_that_runs_out_takes_its_stream_along(
    running: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    clock = SetClock(end - timedelta(microseconds=1))
    monkeypatch.setattr(running.desk.services.live._crier, "_clock", clock)
    token = running.desk.fresh_token(AGENT, "kim", expires_at=end)
    with Stream(running.url, token) as reader:
        time.sleep(3 * crier.LOOK_AT_TOKENS)
        reader.until("ticket", ticket=running.desk.agent.opens()["id"])
        clock.instant = end
        reader.until_over()


def test_a_session_by_cookie_reads_as_well(running: LiveDesk) -> None:
    running.desk.services.sessions.put_account(
        workspace=WorkspaceId("default"),
        email="kim@example.com",
        person="kim",
        role=AGENT,
        name="Kim",
        password="correct horse battery",
    )
    browser = Browser(running.desk)
    browser.sign_in("kim@example.com", "correct horse battery")
    cookie = "; ".join(f"{name}={text}" for name, text in browser.cookies.items())
    with Stream(running.url, Cookie=cookie) as reader:
        reader.until("ticket", ticket=running.desk.agent.opens()["id"])
        browser.request("DELETE", "/session")
        reader.until_over()


def test_one_person_has_so_many_streams_and_no_more(database_url: str) -> None:
    with running_live(database_url, streams_per_person=2, worker=False) as running:
        with running.reads(), running.reads():
            refused = Stream(running.url, running.desk.token(AGENT)).refused()
            problem = refused.json()
            assert refused.status_code == 429
            assert problem["type"] == "/problems/too-many-streams"
            assert problem["limit"] == 2
            with running.reads(person="lee"):
                pass
        hub = running.desk.services.live._hub
        eventually(lambda: not hub.readers())  # the server notices a moment later who has left
        with running.reads():
            pass


def test_an_open_stream_costs_no_requests(database_url: str) -> None:
    with running_live(database_url, rate_per_minute=80) as running:
        agent = running.desk.agent
        since = agent.opens()
        with running.reads(person="lee", position=since["position"]) as reader:
            for n in range(8):
                agent.post(f"/tickets/{since['id']}/add_note", {"body": f"{n}"})
            reader.until("ticket", ticket=since["id"], version=9)
        assert running.desk.as_(AGENT, "lee").get("/me").status_code == 200


def test_metrics_say_how_many_listen_and_how_late_they_hear(running: LiveDesk) -> None:
    with running.reads() as reader:
        reader.until("ticket", ticket=running.desk.agent.opens()["id"])
        eventually(lambda: "chronodesk_live_streams 1.0" in metrics(running))  # others have left
        text = metrics(running)
        count = float(text.split("chronodesk_live_told_seconds_count ")[1].split()[0])
        assert count >= 1
        with running.reads(position="nonsense") as lost:
            lost.until("reset")
        text = metrics(running)
        assert 'chronodesk_live_resets_total{reason="unknown"}' in text


def metrics(running: LiveDesk) -> str:
    answer = running.desk.admin.get("/metrics")
    assert answer.status_code == 200
    return answer.text


def test_a_process_that_stops_ends_its_streams_first(database_url: str) -> None:
    with running_live(database_url) as running, running.reads() as reader:
        running.desk.services.live.end()
        reader.until_over()
        refused = Stream(running.url, running.desk.token(AGENT)).refused()
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]


def test_a_reader_who_takes_nothing_any_more_is_gone(
    running: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SEND_WITHIN", 0.1)
    services, desk = running.desk.services, running.desk
    principal = services.gate.principal(desk.token(AGENT))
    assert principal is not None
    begun: list[Any] = []

    async def never(_: Any) -> None:
        if begun:
            await anyio.sleep_forever()
        begun.append(1)

    async def silent() -> Any:
        await anyio.sleep_forever()

    async def run() -> None:
        with anyio.fail_after(PATIENCE):
            await EventStream(services.live, principal, None, 600)({}, silent, never)

    anyio.run(run)
    eventually(lambda: not services.live._hub.readers())  # those of other tests have left by then


def test_what_waits_for_a_slow_reader_is_never_more_than_so_much() -> None:
    kim = Principal(
        workspace=WorkspaceId("default"), person="kim", role=AGENT, name="Kim", token="t"
    )
    resets: list[Reset] = []

    async def run() -> None:
        reader = Subscriber(kim, lambda place: f"at-{place.position.at(0)}", resets.append)
        reader._most = 20
        for n in range(1, 1_000):
            message = Message(text=b"data: 1\n\n", recorded_at=datetime.now(UTC))
            reader.put([message] * (n % 3), Position.of({0: n}))
            if n % 7 == 0:
                reader.say(b"data: 2\n\n")
            assert len(reader._waiting) <= 20
        chunk = await reader.next()
        assert chunk is not None
        first, *rest = chunk.text.split(b"\n\n")
        number = first.partition(b"\n")[0].removeprefix(b"id: at-")
        assert first == b'id: at-%b\nevent: reset\ndata: {"reason":"slow"}' % number
        after = [b"data: 1"] * sum(n % 3 for n in range(int(number) + 1, 1_000))
        assert [one for one in rest if one == b"data: 1"] == after
        assert set(resets) == {Reset.SLOW}

    anyio.run(run)
