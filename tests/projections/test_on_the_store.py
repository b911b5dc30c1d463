"""The runtime on the real log: what commands write is what readers see."""

from uuid import uuid4

from adapters.clock import SystemClock
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.add_note import AddNote
from commands.envelope import Command, Request
from commands.handle import Handler
from commands.merge import Merge
from commands.open_ticket import OpenTicket
from commands.people.requester import RegisterRequester
from domain.ids import CommandId, RequesterId, TicketId, ident_of
from projections import PROJECTIONS, conversation, queue
from projections.progress import Progress
from projections.run import Runner
from projections.ticket_filter import TicketFilter
from projections.verify import verify
from tests.projections.log import HOME, KIM
from tests.projections.postgres import running, views_on


def test_a_command_is_seen_by_whoever_waits_for_its_position(database_url: str) -> None:
    with views_on(database_url) as views, open_pool(database_url) as pool:
        store = PostgresStore(pool)
        handler = Handler(store, PostgresNumbers(pool), SystemClock(), COMMANDS)
        progress = Progress(views.store)
        runner = Runner(store, views.store, PROJECTIONS, progress=progress)

        def ask(command: Command) -> TicketId:
            request = Request(
                workspace=HOME, command=command, command_id=CommandId(uuid4()), by=KIM
            )
            outcome = handler.handle(request)
            names = [projection.name for projection in PROJECTIONS]
            assert progress.wait(outcome.position, names, timeout=60)
            return TicketId(ident_of(outcome.stream))

        with running(runner):
            ann = RequesterId("ann")
            ask(RegisterRequester(requester=ann, display_name="Ann"))
            first = ask(OpenTicket(requester=ann, subject="Fire", description="Smoke."))
            second = ask(OpenTicket(requester=ann, subject="Water", description="Drops."))
            ask(AddNote(ticket=first, body="psst"))
            ask(Merge(ticket=first, into=second))
            reader = views.reader()
            assert [r["subject"] for r in queue.page(reader, TicketFilter(backlog=True)).rows] == [
                "Water"
            ]
            said, _ = conversation.timeline(reader, second)
            assert [e["body"] for e in said if e["body"]] == ["Smoke.", "Drops.", "psst"]
        for projection in PROJECTIONS:
            verified = verify(projection, store, views.store)
            assert verified is not None
            assert verified.sound, projection.name
