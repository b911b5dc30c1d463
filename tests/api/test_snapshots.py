"""Snapshots are taken where nobody waits, and change nothing."""

from uuid import uuid4

from adapters.postgres.pool import open_pool
from adapters.postgres.snapshots import PostgresSnapshots
from api.snapshots import EVERY, SnapshotKeeper
from commands.add_note import AddNote
from commands.envelope import Request
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, TicketId, ticket_stream
from tests.api.desk import WORKSPACE, Desk


class Watch:
    """Seconds that go on when they are told to."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_long_streams_are_kept_and_old_snapshots_deleted(desk: Desk) -> None:
    ticket = TicketId(desk.agent.opens()["id"])
    stream = ticket_stream(ticket)
    handler = desk.services.handler
    watch = Watch()

    def note(n: int) -> None:
        handler.handle(
            Request(
                workspace=WORKSPACE,
                command=AddNote(ticket=ticket, body=f"Note {n}"),
                command_id=CommandId(uuid4()),
                by=Actor(kind=ActorKind.AGENT, id="kim"),
            )
        )

    with open_pool(desk.services.database_url, 1, role="chronodesk_writer") as pool:
        snapshots = PostgresSnapshots(pool)
        keeper = SnapshotKeeper(snapshots, handler.states, watch, long=5)
        assert keeper.round() == 0
        for n in range(4):
            note(n)
        assert keeper.round() == 0, "it is not time yet"
        watch.seconds = EVERY
        assert keeper.round() == 1
        assert snapshots.has(WORKSPACE, stream)
        for n in range(4, 9):
            note(n)
        watch.seconds = 2 * EVERY
        assert keeper.round() == 1
        kept = snapshots.load(WORKSPACE, [stream])[stream]
        assert kept == handler.states.load(WORKSPACE, stream)
        assert kept.version == 10
        assert snapshots.prune() == 0, "the one before is gone already"
