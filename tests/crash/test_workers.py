"""A worker is killed or frozen in the middle of a batch: another one goes on, nothing twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from adapters.clock import SystemClock
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.add_note import AddNote
from commands.envelope import Command, Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.people.requester import RegisterRequester
from domain.ids import CommandId, RequesterId, TicketId, ident_of
from projections.verify import verify
from tests.crash.working import PROJECTIONS
from tests.projections.log import HOME, KIM
from tests.projections.postgres import Views, eventually, views_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ANN = RequesterId("ann")


@pytest.fixture
def views(database_url: str) -> Iterator[Views]:
    with views_on(database_url) as views:
        for projection in PROJECTIONS:
            views.store.prepare(projection, [0])
        yield views


def test_what_a_killed_worker_was_doing_another_one_does(views: Views) -> None:
    write(views, 30)
    with worker(views.url, pause=0.3) as killed:
        in_a_batch(killed)
        os.kill(killed.pid, signal.SIGKILL)
        with worker(views.url) as other:
            eventually(lambda: len(held_by(views, other)) == len(PROJECTIONS))
            eventually(lambda: caught_up(views))
    sound(views)


def test_a_frozen_worker_that_comes_back_doubles_nothing(views: Views) -> None:
    write(views, 30)
    with worker(views.url, pause=0.3) as frozen:
        in_a_batch(frozen)
        os.kill(frozen.pid, signal.SIGSTOP)
        with worker(views.url) as other:
            eventually(lambda: caught_up(views))
            write(views, 5)
            os.kill(frozen.pid, signal.SIGCONT)
            eventually(lambda: len(held_by(views, frozen)) == len(held_by(views, other)) == 1)
            write(views, 5)
            eventually(lambda: caught_up(views))
    sound(views)


def test_a_worker_that_arrives_gets_its_part_and_one_that_goes_leaves_it(views: Views) -> None:
    with worker(views.url) as one:
        eventually(lambda: len(held_by(views, one)) == len(PROJECTIONS))
        with worker(views.url) as two:
            eventually(lambda: len(held_by(views, one)) == len(held_by(views, two)) == 1)
            write(views, 20)
            eventually(lambda: caught_up(views))
        eventually(lambda: len(held_by(views, one)) == len(PROJECTIONS))
    sound(views)


@contextmanager
def worker(url: str, pause: float = 0) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.working", url, str(pause)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def in_a_batch(process: "subprocess.Popen[str]") -> None:
    """Wait until the worker says so, not for the first time: there is something to be doubled."""
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()


def held_by(views: Views, process: "subprocess.Popen[str]") -> list[str]:
    found = PostgresLeases(views.pool).holdings()
    return [h.projection for h in found if h.worker.endswith(f":{process.pid}") and h.left > 0]


def caught_up(views: Views) -> bool:
    head = PostgresStore(views.pool).head()
    reached = [views.store.positions(projection.name) for projection in PROJECTIONS]
    return all(position is not None and head.covered_by(position) for position in reached)


def write(views: Views, tickets: int) -> None:
    """Each ticket is an opening and a note."""
    with open_pool(views.url, 2) as pool:
        handler = Handler(PostgresStore(pool), PostgresNumbers(pool), SystemClock(), COMMANDS)

        def ask(command: Command) -> TicketId:
            request = Request(
                workspace=HOME, command=command, command_id=CommandId(uuid4()), by=KIM
            )
            return TicketId(ident_of(handler.handle(request).stream))

        ask(RegisterRequester(requester=ANN, display_name="Ann"))
        for n in range(tickets):
            ask(AddNote(ticket=ask(OpenTicket(requester=ANN, subject=f"{n}")), body="psst"))


def sound(views: Views) -> None:
    """Every row is what a fold of the log from zero gives."""
    for projection in PROJECTIONS:
        verified = verify(projection, PostgresStore(views.pool), views.store)
        assert verified is not None
        assert verified.sound, verified
