"""`chronodesk worker`: keep the views up to date, in processes of its own."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from api.console.beside import VIEWS_ONLY, end_with_input, kept_beside
from api.console.collecting import collect_seldom
from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import say
from api.heartbeat import heartbeat as beating
from api.services import Services
from api.settings import WrongSettings

_NICE = 5
"""How much later than the API a worker gets a core that both want: a request waits for its answer,
a view may be a few milliseconds behind."""


def worker(
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the views.", show_default="cores - 1"),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Publish the log on Kafka, and do nothing else."),
    ] = False,
    intake: Annotated[
        bool,
        typer.Option("--intake", help="Take in reports from Kafka, and do nothing else."),
    ] = False,
    heartbeat: Annotated[
        Path | None,
        typer.Option(help="File that is touched about every second while all goes well."),
    ] = None,
    data_dir: DataDir = None,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", hidden=True, help="End when standard input does.")
    ] = False,
    views_only: Annotated[
        bool, typer.Option("--views-only", hidden=True, help="Leave the timers to others.")
    ] = False,
) -> None:
    """Keep the views up to date and do what comes due, until Ctrl-C.

    Start as many as you like, on as many machines: they share the work, nothing is done twice, and
    what one leaves behind others take over within seconds. With --publish it is the log that they
    share, lane by lane: where to is CHRONODESK_KAFKA__SERVERS. With --intake it is the topic in
    which other systems leave reports.

    Example: CHRONODESK_DATABASE_URL=postgresql://... chronodesk worker --processes 4
    """
    if publish and intake:
        raise typer.BadParameter("Start a worker for each of --publish and --intake.")
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: stop.set())
    with services(data_dir) as opened, ExitStack() as others:
        if until_eof:
            end_with_input(stop.set)
        beat = beating(heartbeat)
        collect_seldom()
        if publish:
            _publish(opened, stop, beat)
            return
        if intake:
            _take_in(opened, stop, beat)
            return
        if not until_eof:
            say("The worker follows the log. Ctrl-C ends it.")
        os.nice(_NICE)  # not before: an embedded PostgreSQL would have inherited it
        # More processes than there is work to be shared would have nothing to do.
        most = len(opened.projections) * len(opened.feed.lanes())
        for _ in range(1, min(processes or _cores() - 1, most)):
            others.enter_context(kept_beside(opened.database_url, "worker", *VIEWS_ONLY))
        if views_only:
            opened.runner.run(stop, beat)
        else:
            opened.worker.run(stop, beat)


def _publish(opened: Services, stop: threading.Event, beat: Callable[[], None]) -> None:
    if opened.publisher is None:
        raise WrongSettings(
            "There is nowhere to publish the log: name brokers by CHRONODESK_KAFKA__SERVERS, such"
            " as kafka-1:9092,kafka-2:9092."
        )
    say(f"The log is published on {opened.publisher.topic}. Ctrl-C ends it.")
    opened.publisher.run(stop, beat)


def _take_in(opened: Services, stop: threading.Event, beat: Callable[[], None]) -> None:
    if opened.consumer is None:
        raise WrongSettings(
            "There is nowhere to take reports from: name brokers by CHRONODESK_KAFKA__SERVERS, such"
            " as kafka-1:9092,kafka-2:9092."
        )
    say(f"Reports are taken in from {opened.consumer.inbox.name}. Ctrl-C ends it.")
    opened.consumer.run(stop, beat)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
