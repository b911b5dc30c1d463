"""Whatever is cut off, and wherever one goes on: nothing is missing, and nothing comes twice."""

from collections.abc import Collection

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from api.live import tail
from domain.access import Role
from domain.ids import ident_of
from domain.ticket.events import ReplySent
from tests.api.live_world import PUBLIC, Client, World

TICKETS = st.integers(0, 3)
WHO, WHERE = st.integers(0, 3), st.integers(0, 2)
CUTS = st.none() | st.floats(0, 1)
"""After which part of what is sent the connection breaks."""


def has_got_everything(client: Client, world: World) -> None:
    """Each event since it first came, once, and those of a ticket in their order."""
    assert client.began is not None
    got = [
        (one.data["ticket"], version)
        for one in client.got
        for version in range(
            one.data["version"] - len(one.data["kinds"]) + 1, one.data["version"] + 1
        )
    ]
    happened = [
        (ident_of(recorded.stream), recorded.version)
        for recorded in world.events()
        if recorded.position > client.began.at(recorded.lane)
    ]
    assert sorted(got) == sorted(happened)
    for ident in {ident for ident, _ in got}:
        versions = [version for one, version in got if one == ident]
        assert versions == sorted(versions)


def has_got_what_is_public(client: Client, world: World, given_away: Collection[int]) -> None:
    """Each reply on own tickets once; of tickets `given_away`, nothing that is another's."""
    assert client.began is not None
    told: dict[str, int] = {}
    for one in client.got:
        assert one.event == "ticket"
        assert set(one.data["kinds"]) <= {PUBLIC, "ticket.opened"}
        assert one.data["by"] == {"kind": "agent", "id": None}
        ident, row = one.data["ticket"], one.data["row"]
        assert row is None or row["requester"] == client.principal.person
        if int(ident) not in given_away:
            assert row is not None
            told[ident] = told.get(ident, 0) + one.data["kinds"].count(PUBLIC)
    happened: dict[str, int] = dict.fromkeys(told, 0)
    for recorded in world.events():
        ident, event = ident_of(recorded.stream), recorded.event
        if int(ident) in given_away or recorded.position <= client.began.at(recorded.lane):
            continue
        if isinstance(event, ReplySent) and event.requester == client.principal.person:
            happened[ident] = happened.get(ident, 0) + 1
    assert told == happened


class Readers(RuleBasedStateMachine):
    """Agents and requesters connect, lose their connections and come back, while others work."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.processes = [self.world.process() for _ in range(3)]
        self.agents = [Client(Role.AGENT, "kim"), Client(Role.AGENT, "lee")]
        self.requesters = [Client(Role.REQUESTER, "mina"), Client(Role.REQUESTER, "jun")]
        self.given_away: set[int] = set()

    @property
    def clients(self) -> list[Client]:
        return [*self.agents, *self.requesters]

    @initialize(n=st.integers(0, 4))
    def some_history(self, n: int) -> None:
        """And somebody who reads in each process, so that each goes on at its own pace."""
        for one in range(n):
            self.world.reply(one % 3)
        for process in self.processes:
            Client(Role.ANALYST, "ann").connect(process)

    @rule(done=st.lists(st.tuples(TICKETS, st.booleans()), min_size=1, max_size=5))
    def agents_work(self, done: list[tuple[int, bool]]) -> None:
        for n, replies in done:
            (self.world.reply if replies else self.world.note)(n)

    @rule(n=TICKETS, requester=st.sampled_from(["mina", "jun"]))
    def somebody_else_asks(self, n: int, requester: str) -> None:
        self.world.give(n, requester)
        self.given_away.add(n)

    @rule(lane=st.integers(0, 1), events=st.integers(1, 10))
    def the_views_come_along(self, lane: int, events: int) -> None:
        self.world.show(lane, events)

    @rule(n=WHERE, all_is_seen=st.booleans())
    def a_process_tells(self, n: int, all_is_seen: bool) -> None:
        if all_is_seen:
            self.world.show_all()
        self.processes[n].follow()

    @rule(who=WHO, n=WHERE, cut=CUTS)
    def somebody_connects(self, who: int, n: int, cut: float | None) -> None:
        if not self.clients[who].is_connected:
            self.clients[who].connect(self.processes[n], cut)

    @rule(who=WHO, cut=CUTS)
    def somebody_reads(self, who: int, cut: float | None) -> None:
        self.clients[who].read(cut)

    @rule(who=WHO)
    def a_connection_is_lost(self, who: int) -> None:
        self.clients[who].disconnect()

    @rule(n=WHERE)
    def a_process_is_killed(self, n: int) -> None:
        for client in self.clients:
            if client._process is self.processes[n]:
                client.disconnect()
        self.processes[n] = self.world.process()

    def teardown(self) -> None:
        """In the end all read all, and have got exactly what happened since they first came."""
        try:
            self._read_all()
            for client in filter(_came, self.agents):
                has_got_everything(client, self.world)
            for client in filter(_came, self.requesters):
                has_got_what_is_public(client, self.world, self.given_away)
        finally:
            self.world.close()

    def _read_all(self) -> None:
        self.world.show_all()
        for client in self.clients:
            if client.began is not None and not client.is_connected:
                client.connect(self.processes[0])
        for process in self.processes:
            process.follow()
        for client in self.clients:
            client.read()


def _came(client: Client) -> bool:
    return client.began is not None


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "POLL", 0.0)


def test_readers_come_and_go_while_others_work() -> None:
    steps = settings(max_examples=100, stateful_step_count=50, deadline=None)
    run_state_machine_as_test(Readers, settings=steps)


CLIENTS = [
    (Role.AGENT, "kim"),
    (Role.REQUESTER, "mina"),
    (Role.REQUESTER, "jun"),
]


@pytest.mark.parametrize("goes_on_at", ["the same", "one that begins", "one that is behind"])
@pytest.mark.parametrize(("role", "person"), CLIENTS, ids=[person for _, person in CLIENTS])
def test_a_stream_may_be_cut_anywhere(role: Role, person: str, goes_on_at: str) -> None:
    """After every line, and in the middle of it."""
    world = World()
    for n in range(4):
        world.note(n)
    world.show_all()
    process, whole = world.process(), Client(role, person)
    whole.connect(process)
    beginning = dict(world.seen)
    for n, replies in [(0, True), (0, False), (1, True), (0, True), (2, False), (3, True)]:
        (world.reply if replies else world.note)(n)
    world.show_all()
    process.follow()
    whole.read()
    for n in (1, 1, 0, 2, 3, 2):
        world.reply(n)
    world.show(0, 3)
    world.show(1, 1)
    process.follow()
    whole.read()
    now = dict(world.seen)
    ends = [n + 1 for n, byte in enumerate(whole.text) if byte == ord("\n")]
    for cut in sorted({0, *ends, *(end - 2 for end in ends)}):
        client, place = whole.cut_off(cut), process
        if goes_on_at != "the same":
            place = world.process()
            world.seen = dict(beginning if goes_on_at == "one that is behind" else now)
            Client(Role.ANALYST, "ann").connect(place)
            world.seen = dict(now)
        client.connect(place)
        client.read()
        world.show_all()
        place.follow()
        client.read()
        if role is Role.AGENT:
            has_got_everything(client, world)
        else:
            has_got_what_is_public(client, world, ())
        client.disconnect()
    world.close()
