"""Reports that are left at an inbox: each is taken in once or put aside, whatever fails."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest

from adapters.memory_inbox import MemoryDeadLetters, MemoryInbox
from api.intake.arrivals import Unfit, report_in
from api.intake.consuming import TRIES, Consumer
from api.intake.ports import Handed
from api.intake.replaying import chosen, replay
from api.intake.reports import Report
from api.intake.taking import Intake
from api.intake.trust import NotTrusted
from commands.intake_ports import Delivery, Ending, Letter, Refused
from commands.people.queue import CreateQueue
from commands.ports import StoreUnavailable
from domain.access import Principal, Role
from domain.ids import QueueId, WorkspaceId
from domain.intake import IntakeTaken
from projections.publish_ports import TopicUnavailable
from tests.commands.desk import Desk
from tests.given import WORKSPACE
from tests.projections.postgres import eventually
from tests.said import Said

CRM = Principal(workspace=WORKSPACE, person="crm", role=Role.AGENT, name="CRM", token="t1")


class Takes:
    """An Intake in memory that fails as it is told to; it notes what it was asked."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._real = Intake(self.desk.handler, self._no_reader)
        self.fail: Callable[[Report], Exception | None] = lambda _: None
        self.asked: list[str] = []

    @staticmethod
    def _no_reader(_: WorkspaceId) -> Any:
        raise AssertionError("requesters are named by their ids here")

    def take(self, principal: Principal, report: Report, *, by_name: bool = False) -> Handed:
        self.asked.append(report.external_id)
        failure = self.fail(report)
        if failure is not None:
            raise failure
        return self._real.take(principal, report, by_name=by_name)

    def taken(self) -> list[IntakeTaken]:
        events = (one.event for one in self.desk.store.page(0, 0, 10_000))
        return [event for event in events if isinstance(event, IntakeTaken)]


class World:
    def __init__(self) -> None:
        self.inbox, self.letters, self.takes = MemoryInbox(), MemoryDeadLetters(), Takes()
        self.trusted: Principal | None = CRM
        self.consumer = Consumer(
            self.inbox, self.letters, self.takes, self._who, self.takes.desk.clock, threads=4
        )
        self._offset = -1

    def _who(self) -> Principal:
        if self.trusted is None:
            raise NotTrusted("Make a token.")
        return self.trusted

    def leave(self, sent: Any, *, key: str | None = "") -> None:
        self._offset += 1
        if key == "" and isinstance(sent, dict):
            key = f"{sent.get('source')}:{sent.get('conversation')}"
        self.inbox.leave(
            Delivery(
                key=None if key is None else key.encode(),
                value=sent if isinstance(sent, bytes | None) else json.dumps(sent).encode(),
                partition=0,
                offset=self._offset,
                at=datetime.now(UTC),
            )
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        stop = Event()
        thread = Thread(target=self.consumer.run, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def done(self) -> None:
        with self.running():
            eventually(lambda: self.inbox.lag() == 0)

    def dead(self) -> list[Letter]:
        return list(self.letters.letters())


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    made = Said()
    monkeypatch.setattr("api.intake.consuming.log", made)
    return made


def opens(external_id: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "kind": "open",
        "source": "crm",
        "external_id": external_id,
        "conversation": "case 7",
        "requester": {"id": "mina"},
        "subject": "Cannot sign in",
        **more,
    }


def writes(external_id: str, **more: Any) -> dict[str, Any]:
    report = opens(external_id, kind="message", body=f"This is {external_id}.", **more)
    del report["subject"]
    return report


def test_each_report_is_taken_in_once_in_the_order_of_its_conversation(world: World) -> None:
    for talk in ("a", "b", "c"):
        world.leave(opens(f"{talk} 0", conversation=talk))
    for n in range(1, 20):
        for talk in ("a", "b", "c"):
            world.leave(writes(f"{talk} {n}", conversation=talk))
    world.leave(opens("a 0", conversation="a"))
    world.done()
    for talk in ("a", "b", "c"):
        order = [one.external_id for one in world.takes.taken() if one.conversation == talk]
        assert order == [f"{talk} {n}" for n in range(20)]
    assert world.dead() == []


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        (None, "bad-json", ""),
        (b"hello", "bad-json", ""),
        (b'{"kind": "open", "kind": "resolve"}', "bad-json", ""),
        (b"\xff", "bad-json", ""),
        ([1], "invalid", ""),
        (opens(kind="close"), "invalid", ""),
        (opens(subject=""), "invalid", "subject"),
        (opens(colour="red"), "invalid", "colour"),
        (opens(requester={"name": "Nobody"}), "invalid", "requester"),
        (opens(requester={"id": "nobody"}), "not-found", "requester"),
        (opens(queue="nowhere"), "not-found", "queue"),
        (opens(fields={"Bad Name": "x"}), "invalid", "name"),
        (writes("9"), "not-found", "conversation"),
    ],
)
def test_what_is_refused_is_put_aside_with_the_reason(
    world: World, sent: Any, code: str, field: str
) -> None:
    world.leave(sent)
    world.leave(opens("2", conversation="other"))
    world.done()
    (letter,) = world.dead()
    assert (letter.reason.code, letter.reason.field) == (code, field)
    assert letter.reason.message
    assert letter.reason.what_to_do
    assert letter.delivery.offset == 0
    assert [one.external_id for one in world.takes.taken()] == ["2"], "the others go on"


@pytest.mark.parametrize("key", [None, "case 7", "crm", "crm:other", ""])
def test_a_key_that_does_not_keep_the_order_is_refused(world: World, key: str | None) -> None:
    sent = opens()
    world.leave(sent | {"source": "erp"} if key == "" else sent, key=key or None)
    world.done()
    (letter,) = world.dead()
    assert letter.reason.field == "key"
    assert "case 7" in letter.reason.message


def test_a_report_that_stands_alone_needs_no_key(world: World) -> None:
    world.leave(opens(conversation=None), key=None)
    world.done()
    assert len(world.takes.taken()) == 1


@pytest.mark.parametrize("error", [StoreUnavailable("away"), TopicUnavailable("away")])
def test_what_is_away_is_waited_for_and_nothing_is_put_aside(
    world: World, said: Said, error: Exception
) -> None:
    left = [3]

    def away(report: Report) -> Exception | None:
        left[0] -= 1
        return error if left[0] > 0 and isinstance(error, StoreUnavailable) else None

    def put(refused: list[Refused], at: datetime) -> None:
        left[0] -= 1
        if left[0] > 0:
            raise error
        MemoryDeadLetters.put(world.letters, refused, at)

    world.takes.fail = away
    if isinstance(error, TopicUnavailable):
        world.letters.put = put  # type: ignore[method-assign, assignment]
        world.leave(b"bad")
    world.leave(opens())
    world.done()
    assert [one.external_id for one in world.takes.taken()] == ["1"]
    assert len(world.dead()) == isinstance(error, TopicUnavailable)
    waits = [one for one in said.lines if "waits" in one["event"]]
    assert waits[0]["level"] == "warning"
    assert waits[0]["error"] == "away"


def test_while_the_database_is_away_it_can_be_stopped_and_the_report_stays(world: World) -> None:
    world.takes.fail = lambda _: StoreUnavailable("away")
    world.leave(opens())
    with world.running():
        eventually(lambda: len(world.takes.asked) > 1)
    assert world.inbox.lag() == 1
    world.takes.fail = lambda _: None
    world.done()
    assert len(world.takes.taken()) == 1


def test_a_report_that_fails_for_no_known_reason_is_put_aside_in_the_end(world: World) -> None:
    poison = "poison"
    world.takes.fail = lambda report: ZeroDivisionError() if report.external_id == poison else None
    world.leave(opens(poison))
    world.leave(opens("2"))
    world.done()
    (letter,) = world.dead()
    assert (letter.reason.code, "ZeroDivisionError" in letter.reason.message) == ("internal", True)
    assert world.takes.asked.count(poison) == TRIES
    assert [one.external_id for one in world.takes.taken()] == ["2"]


def test_a_batch_whose_end_was_not_told_changes_nothing_when_it_comes_again(world: World) -> None:
    world.leave(opens())
    world.leave(b"bad")
    world.done()
    world.inbox._done.clear()
    world.done()
    assert len(world.takes.taken()) == 1
    assert len(world.dead()) == 1


def test_nobody_who_is_trusted_is_a_reason_not_to_begin(world: World) -> None:
    world.trusted = None
    with pytest.raises(NotTrusted):
        world.consumer.run(Event())


def test_a_token_that_ends_is_waited_for(world: World, said: Said) -> None:
    with world.running():
        world.leave(opens())
        eventually(lambda: world.inbox.lag() == 0)
        world.trusted = None
        world.leave(writes("2"))
        eventually(lambda: any("waits" in one["event"] for one in said.lines))
        assert len(world.takes.taken()) == 1
        world.trusted = CRM
        eventually(lambda: world.inbox.lag() == 0)
    assert len(world.takes.taken()) == 2


def test_dead_letters_are_replayed_when_what_was_wrong_is_mended_and_never_twice(
    world: World,
) -> None:
    world.leave(opens(queue="billing"))
    world.leave(writes("2"))
    world.leave(b"bad")
    world.done()
    assert [letter.reason.code for letter in world.dead()] == ["not-found", "not-found", "bad-json"]

    def replayed(**which: Any) -> list[str]:
        letters = chosen(world.letters, **which)
        clock = world.takes.desk.clock
        done = replay(world.letters, letters, world.takes, CRM, clock)
        return [
            one.reason.code if one.reason else one.handed.taken.value if one.handed else ""
            for one in done
        ]

    assert replayed() == ["not-found", "not-found", "bad-json"]
    world.takes.desk.ask(CreateQueue(queue=QueueId("billing"), display_name="Billing"))
    assert replayed(reason="not-found") == ["opened", "wrote"]
    assert replayed() == ["bad-json"], "what is settled is left alone"
    assert replayed(settled=True) == ["opened", "wrote", "bad-json"]
    assert [one.external_id for one in world.takes.taken()] == ["1", "2"], "and is there once"
    endings = [letter.ending for letter in world.dead()]
    assert endings == [Ending.REPLAYED, Ending.REPLAYED, None]
    assert [letter.offset for letter in chosen(world.letters, begin=1, settled=True)] == [1, 2]
    assert [letter.offset for letter in chosen(world.letters, only={2})] == [2]


def test_a_record_of_a_good_report_is_read() -> None:
    delivery = Delivery(
        key=b"crm:case 7",
        value=json.dumps(opens()).encode(),
        partition=0,
        offset=0,
        at=datetime.now(UTC),
    )
    assert report_in(delivery).external_id == "1"
    with pytest.raises(Unfit):
        report_in(Delivery(key=b"", value=b"", partition=0, offset=0, at=delivery.at))
